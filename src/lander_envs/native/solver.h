// The discrete solver: velocities, then positions, of hull and legs over one step.
#pragma once

#include "sleep.h"
#include "toi.h"

namespace LANDER_NAMESPACE {

/// What pushes the hull during a step, beside gravity.
struct Load {
    Vec2f force;
    float torque;
};

/// The order in which Box2D meets bodies and joints: a depth-first search from the newest body that
/// is awake. It decides the order of the contacts, and so the bits.
struct IslandOrder {
    int bodies[body_count];
    int joints[joint_count];
};

LANDER_FN IslandOrder island_order(const World& world) {
    if (world.bodies[2].awake) {
        return {{2, 0, 1}, {1, 0}};
    }
    if (world.bodies[1].awake) {
        return {{1, 0, 2}, {0, 1}};
    }
    return {{0, 1, 2}, {1, 0}};
}

/// Everything the solver works on; lives for one step.
struct Island {
    IslandOrder order;
    Velocity<float> velocities[body_count];
    Position<float> positions[body_count];
    JointConstraint<float> joints[joint_count];
    JointImpulse<float> joint_impulses[joint_count];
    ContactConstraint<float> contacts[contact_capacity];
    int contact_index[contact_capacity];  // in World::contacts
    int contact_count;
};

LANDER_FN bool takes_part(const Contact& contact) { return contact.enabled && contact.touching; }

/// Lists the touching contacts: body by body in the island's order, newest first.
LANDER_FN void gather_contacts(const World& world, Island& island) {
    island.contact_count = 0;
    for (int body : island.order.bodies) {
        for (int i = world.contact_count - 1; i >= 0; --i) {
            if (world.contacts[i].body == body && takes_part(world.contacts[i])) {
                island.contact_index[island.contact_count++] = i;
            }
        }
    }
}

/// Gravity and the load act for the whole step. (The damping of Box2D bodies is zero here.)
LANDER_FN void integrate_velocities(const World& world, float gravity, const Load& load,
                                    Island& island) {
    for (int i = 0; i < body_count; ++i) {
        const Body& body = world.bodies[i];
        const MassData& m = mass(i);
        const Vec2f force = i == hull ? load.force : Vec2f{0.0F, 0.0F};
        const float torque = i == hull ? load.torque : 0.0F;
        const Vec2f acceleration = Vec2f{0.0F, gravity} + m.inverse_mass * force;
        island.velocities[i] = {body.velocity + time_step * acceleration,
                                body.spin + time_step * m.inverse_inertia * torque};
        island.positions[i] = {body.center, body.angle};
    }
}

template <class Trace>
LANDER_FN void prepare_contacts(World& world, Island& island, Trace& trace) {
    for (int k = 0; k < island.contact_count; ++k) {
        const Contact& contact = world.contacts[island.contact_index[k]];
        const Position<float>& body = island.positions[contact.body];
        island.contacts[k] = prepare_contact(contact, body.c, body.a);
        if (contact.manifold.count == 2 && !island.contacts[k].has_two) {
            trace.event(Event::one_point_fallback);
        }
    }
}

LANDER_FN void warm_start_contacts(World& world, Island& island) {
    for (int k = 0; k < island.contact_count; ++k) {
        const Contact& contact = world.contacts[island.contact_index[k]];
        recall_impulses(island.contacts[k], contact.manifold);
        warm_start_contact(island.contacts[k], island.velocities[contact.body]);
    }
}

template <class Trace>
LANDER_FN void prepare_joints(World& world, Island& island, Trace& trace) {
    for (int k : island.order.joints) {
        Joint& joint = world.joints[k];
        const JointSpec& spec = joint_spec(k);
        const int leg = first_leg + k;
        const float hull_angle = island.positions[hull].a;
        const float leg_angle = island.positions[leg].a;
        if (update_limit(joint, spec, hull_angle, leg_angle)) {
            trace.event(Event::limit_change);
        }
        island.joints[k] = prepare_joint<float>(
            spec, hull_angle, leg_angle, joint.limit == Limit::lower, joint.limit == Limit::upper);
        island.joint_impulses[k] = {joint.impulse, joint.angular_impulse, joint.motor_impulse};
        warm_start_joint(island.joints[k], island.joint_impulses[k], island.velocities[hull],
                         island.velocities[leg]);
    }
}

LANDER_FN void solve_velocities(const World& world, Island& island) {
    for (int i = 0; i < velocity_iterations; ++i) {
        for (int k : island.order.joints) {
            solve_joint(island.joints[k], island.joint_impulses[k], island.velocities[hull],
                        island.velocities[first_leg + k]);
        }
        for (int k = 0; k < island.contact_count; ++k) {
            const int body = world.contacts[island.contact_index[k]].body;
            solve_contact(island.contacts[k], island.velocities[body]);
        }
    }
}

LANDER_FN void store_all_impulses(World& world, const Island& island) {
    for (int k = 0; k < joint_count; ++k) {
        const JointImpulse<float>& impulse = island.joint_impulses[k];
        world.joints[k].impulse = impulse.linear;
        world.joints[k].angular_impulse = impulse.angular;
        world.joints[k].motor_impulse = impulse.motor;
    }
    for (int k = 0; k < island.contact_count; ++k) {
        store_impulses(island.contacts[k], world.contacts[island.contact_index[k]].manifold);
    }
}

/// Moves a body by its velocity for a time, but not too far: a velocity that is too large is cut.
template <class Trace>
LANDER_FN void integrate_position(Position<float>& body, Velocity<float>& velocity, float duration,
                                  Trace& trace) {
    const Vec2f translation = duration * velocity.v;
    if (dot(translation, translation) > max_translation * max_translation) {
        velocity.v = (max_translation / length(translation)) * velocity.v;
        trace.event(Event::speed_clamped);
    }
    const float turn = duration * velocity.w;
    if (turn * turn > max_rotation * max_rotation) {
        velocity.w *= max_rotation / magnitude(turn);
        trace.event(Event::speed_clamped);
    }
    body.c = body.c + duration * velocity.v;
    body.a += duration * velocity.w;
}

/// Pushes contacts and joints back into place. True if all errors became small.
LANDER_FN bool solve_positions(const World& world, Island& island) {
    for (int i = 0; i < position_iterations; ++i) {
        float deepest = 0.0F;
        for (int k = 0; k < island.contact_count; ++k) {
            const Contact& contact = world.contacts[island.contact_index[k]];
            deepest = minimum(deepest, solve_contact_position(contact, correction_rate,
                                                              island.positions[contact.body]));
        }
        bool joints_fine = true;
        for (int k : island.order.joints) {
            const bool fine =
                solve_joint_position(island.joints[k], joint_spec(k), island.positions[hull],
                                     island.positions[first_leg + k]);
            joints_fine = joints_fine && fine;
        }
        if (deepest >= contact_tolerance && joints_fine) {
            return true;
        }
    }
    return false;
}

LANDER_FN void store_bodies(World& world, const Island& island) {
    for (int i = 0; i < body_count; ++i) {
        Body& body = world.bodies[i];
        body.center = island.positions[i].c;
        body.angle = island.positions[i].a;
        body.velocity = island.velocities[i].v;
        body.spin = island.velocities[i].w;
        update_pose(body, i);
    }
}

template <class Trace>
LANDER_FN void report_contacts(const World& world, const Island& island, Trace& trace) {
    for (int k = 0; k < island.contact_count; ++k) {
        trace.post_solve(world.contacts[island.contact_index[k]], island.contacts[k]);
    }
}

/// One step of the discrete solver. Contacts are warm-started before the joints are prepared,
/// joints are solved before contacts, contacts are pushed apart before joints are closed.
template <class Trace>
LANDER_FN void solve_island(World& world, float gravity, const Load& load, Sweep sweeps[body_count],
                            Trace& trace) {
    Island island;
    island.order = island_order(world);
    for (int i = 0; i < body_count; ++i) {
        wake(world.bodies[i]);
        sweeps[i].c0 = world.bodies[i].center;
        sweeps[i].a0 = world.bodies[i].angle;
    }
    gather_contacts(world, island);
    integrate_velocities(world, gravity, load, island);
    prepare_contacts(world, island, trace);
    warm_start_contacts(world, island);
    prepare_joints(world, island, trace);
    solve_velocities(world, island);
    store_all_impulses(world, island);
    for (int i = 0; i < body_count; ++i) {
        integrate_position(island.positions[i], island.velocities[i], time_step, trace);
    }
    const bool solved = solve_positions(world, island);
    if (!solved) {
        trace.event(Event::positions_unsolved);
    }
    store_bodies(world, island);
    report_contacts(world, island, trace);
    consider_sleep(world, solved, trace);
}

}  // namespace LANDER_NAMESPACE
