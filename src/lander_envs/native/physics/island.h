// Island: the bodies, joints and contacts of several worlds, one world a lane.
//
// `gather` copies the worlds into lanes, the solver (solver.h) solves them, `scatter` copies the
// results back. Lanes never mix: each world gets the bytes that it gets alone.
#pragma once

#include "physics/sleep.h"

namespace LANDER_NAMESPACE {

/// A world's step as the solver takes it: one lane.
template <class Trace>
struct LaneStep {
    World* world;
    WorldStep* step;
    float gravity;
    Trace* trace;
};

/// Order of bodies and joints in the island: Box2D's depth-first search from the newest body that
/// is awake. The order of the joints is part of the bits.
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

/// True for a contact that the solver solves.
LANDER_FN bool is_solved(const Contact& contact) { return contact.enabled && contact.touching; }

/// Touching contacts of one body. A slot holds one contact in each lane that has one; slots are
/// solved one after the other, newest contacts first. Contacts of different bodies are independent,
/// because the moon does not move.
template <class F>
struct BodyContacts {
    int slots;
    LaneManifold<F> manifolds[edge_count];
    ContactConstraint<F> constraints[edge_count];
    u8 index[edge_count][Lanes<F>::width];  // in World::contacts
};

/// Everything that the solver works on, for one step.
template <class F>
struct Island {
    IslandOrder order;
    F gravity;
    Vec2<F> force;  // on the hull
    F torque;       // on the hull
    Velocity<F> velocities[body_count];
    Position<F> positions[body_count];
    Pose<F> starts[body_count], poses[body_count];  // at the start and at the end of the step
    Bounds<F> fat_boxes[body_count];
    JointConstraint<F> joints[joint_count];
    JointImpulse<F> joint_impulses[joint_count];
    Mask<F> at_lower[joint_count], at_upper[joint_count];
    BodyContacts<F> contacts[body_count];
};

// --- Gather: from worlds to lanes

template <class F>
LANDER_FN void gather_bodies(World& world, int lane, Island<F>& island) {
    for (int i = 0; i < body_count; ++i) {
        Body& body = world.bodies[i];
        wake(body);
        put(island.fat_boxes[i].lower, lane, body.fat_box.lower);
        put(island.fat_boxes[i].upper, lane, body.fat_box.upper);
        put(island.positions[i].c, lane, body.center);
        put(island.positions[i].a, lane, body.angle);
        put(island.velocities[i].v, lane, body.velocity);
        put(island.velocities[i].w, lane, body.spin);
    }
}

template <class F, class Trace>
LANDER_FN void gather_joints(World& world, int lane, Island<F>& island, Trace& trace) {
    for (int k = 0; k < joint_count; ++k) {
        Joint& joint = world.joints[k];
        if (update_limit(joint, joint_spec(k), world.bodies[hull].angle,
                         world.bodies[first_leg + k].angle)) {
            trace.event(Event::limit_change);
        }
        put(island.at_lower[k], lane, joint.limit == Limit::lower);
        put(island.at_upper[k], lane, joint.limit == Limit::upper);
        put(island.joint_impulses[k].linear, lane, joint.impulse);
        put(island.joint_impulses[k].angular, lane, joint.angular_impulse);
        put(island.joint_impulses[k].motor, lane, joint.motor_impulse);
    }
}

/// Opens a slot, empty in all lanes, if the body does not have it yet.
template <class F>
LANDER_FN void open_slot(BodyContacts<F>& contacts, int slot) {
    if (slot == contacts.slots) {
        contacts.manifolds[slot] = LaneManifold<F>{};
        ++contacts.slots;
    }
}

template <class F>
LANDER_FN void gather_contacts(const World& world, int lane, Island<F>& island) {
    int slots[body_count] = {};
    for (int i = world.contact_count - 1; i >= 0; --i) {
        const Contact& contact = world.contacts[i];
        if (!is_solved(contact)) {
            continue;
        }
        BodyContacts<F>& contacts = island.contacts[contact.body];
        const int slot = slots[contact.body]++;
        open_slot(contacts, slot);
        put(contacts.manifolds[slot], lane, contact);
        contacts.index[slot][lane] = static_cast<u8>(i);
    }
}

template <class F>
LANDER_FN void update_poses(const Position<F> positions[body_count], Pose<F> poses[body_count]) {
    for (int i = 0; i < body_count; ++i) {
        poses[i] = pose_of(positions[i].c, positions[i].a, spread<F>(mass(i).local_center));
    }
}

/// Copies worlds into lanes. Lanes beyond `count` copy the first world; `scatter` ignores them.
template <class F, class Trace>
LANDER_FN void gather(const LaneStep<Trace>* steps, int count, Island<F>& island) {
    island.order = island_order(*steps[0].world);
    for (BodyContacts<F>& contacts : island.contacts) {
        contacts.slots = 0;
    }
    for (int lane = 0; lane < Lanes<F>::width; ++lane) {
        const LaneStep<Trace>& lane_step = steps[lane < count ? lane : 0];
        put(island.gravity, lane, lane_step.gravity);
        put(island.force, lane, lane_step.step->load.force);
        put(island.torque, lane, lane_step.step->load.torque);
        gather_bodies(*lane_step.world, lane, island);
        gather_joints(*lane_step.world, lane, island, *lane_step.trace);
        gather_contacts(*lane_step.world, lane, island);
    }
    update_poses(island.positions, island.starts);
}

/// Calls `visit(body, slot)` for all slots, in the island's order of bodies.
template <class F, class Visit>
LANDER_FN void for_each_slot(const Island<F>& island, const Visit& visit) {
    for (int body : island.order.bodies) {
        for (int slot = 0; slot < island.contacts[body].slots; ++slot) {
            visit(body, slot);
        }
    }
}

// --- Scatter: from lanes to worlds

/// Writes the motions of the bodies; before scatter_bodies, which overwrites their starts.
template <class F, class Trace>
LANDER_FN void scatter_steps(const Island<F>& island, const LaneStep<Trace>* steps, int count) {
    for (int i = 0; i < body_count; ++i) {
        const Bounds<F> swept =
            around(box_of(polygon(i), island.starts[i]), box_of(polygon(i), island.poses[i]));
        const Mask<F> left_box = negate(contains(island.fat_boxes[i], swept));
        for (int lane = 0; lane < count; ++lane) {
            BodyStep& body_step = steps[lane].step->bodies[i];
            const Body& body = steps[lane].world->bodies[i];
            body_step.sweep.c0 = body.center;
            body_step.sweep.a0 = body.angle;
            body_step.start = get(island.starts[i], lane);
            body_step.left_box = get(left_box, lane);
        }
    }
}

template <class F>
LANDER_FN void scatter_impulses(const Island<F>& island, int lane, World& world) {
    for (int k = 0; k < joint_count; ++k) {
        const JointImpulse<F>& impulse = island.joint_impulses[k];
        world.joints[k].impulse = get(impulse.linear, lane);
        world.joints[k].angular_impulse = get(impulse.angular, lane);
        world.joints[k].motor_impulse = get(impulse.motor, lane);
    }
    for_each_slot(island, [&](int body, int slot) {
        const BodyContacts<F>& contacts = island.contacts[body];
        if (get(contacts.manifolds[slot].present, lane)) {
            store_impulses(contacts.constraints[slot], lane,
                           world.contacts[contacts.index[slot][lane]].manifold);
        }
    });
}

template <class F>
LANDER_FN void scatter_bodies(const Island<F>& island, int lane, World& world) {
    for (int i = 0; i < body_count; ++i) {
        Body& body = world.bodies[i];
        body.center = get(island.positions[i].c, lane);
        body.angle = get(island.positions[i].a, lane);
        body.velocity = get(island.velocities[i].v, lane);
        body.spin = get(island.velocities[i].w, lane);
        body.pose = get(island.poses[i], lane);
    }
}

template <class F, class Trace>
LANDER_FN void report_contacts(const Island<F>& island, int lane, const World& world,
                               Trace& trace) {
    for_each_slot(island, [&](int body, int slot) {
        const BodyContacts<F>& contacts = island.contacts[body];
        if (get(contacts.manifolds[slot].present, lane)) {
            trace.post_solve(world.contacts[contacts.index[slot][lane]], contacts.constraints[slot],
                             lane);
        }
    });
}

/// Copies the results back to the worlds, and updates sleep.
template <class F, class Trace>
LANDER_FN void scatter(const Island<F>& island, Mask<F> solved, const LaneStep<Trace>* steps,
                       int count) {
    scatter_steps(island, steps, count);
    for (int lane = 0; lane < count; ++lane) {
        World& world = *steps[lane].world;
        Trace& trace = *steps[lane].trace;
        scatter_impulses(island, lane, world);
        scatter_bodies(island, lane, world);
        report_contacts(island, lane, world, trace);
        if (!get(solved, lane)) {
            trace.event(Event::positions_unsolved);
        }
        update_sleep(world, get(solved, lane), trace);
    }
}

}  // namespace LANDER_NAMESPACE
