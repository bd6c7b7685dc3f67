// The discrete solver: velocities, then positions, of hull and legs over one step.
//
// It works on a block of worlds at once, one a lane. Each world is gathered into the lanes, solved
// beside its neighbours without touching them, and put back: the result is that of a block of one.
#pragma once

#include "sleep.h"
#include "toi.h"

namespace LANDER_NAMESPACE {

/// What pushes the hull during a step, beside gravity.
struct Load {
    Vec2f force;
    float torque;
};

/// A body's way through a step, as far as the solver knows it.
struct Course {
    Sweep sweep;    // its start; the end follows when impacts are looked for
    Posef start;    // the pose there
    bool left_box;  // whether the way to the end leaves the fat box
};

/// One world's place in a block.
template <class Trace>
struct Job {
    World* world;
    float gravity;
    Load load;
    Course* courses;  // of the three bodies, to be filled in
    Trace* trace;
};

/// The order in which Box2D meets bodies and joints: a depth-first search from the newest body that
/// is awake. It decides the order of joints, and so the bits.
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

LANDER_FN bool takes_part(const Contact& contact) { return contact.enabled && contact.touching; }

/// The touching contacts of one body. Contacts of different bodies never meet, because the moon
/// does not move; within a body they are solved slot by slot, newest first.
template <class F>
struct BodyContacts {
    int slots;
    Touch<F> touches[edge_count];
    ContactConstraint<F> constraints[edge_count];
    u8 index[edge_count][Lanes<F>::width];  // in World::contacts
};

/// Everything the solver works on; lives for one step.
template <class F>
struct Island {
    IslandOrder order;
    F gravity;
    Vec2<F> force;  // on the hull
    F torque;
    Velocity<F> velocities[body_count];
    Position<F> positions[body_count];
    Pose<F> starts[body_count], poses[body_count];  // at the start, at the end
    Bounds<F> fat_boxes[body_count];
    JointConstraint<F> joints[joint_count];
    JointImpulse<F> joint_impulses[joint_count];
    Mask<F> at_lower[joint_count], at_upper[joint_count];
    BodyContacts<F> contacts[body_count];
};

// --- From worlds to lanes

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

/// Makes room for a contact in the body's next slot of this lane, empty in the other lanes.
template <class F>
LANDER_FN void open_slot(BodyContacts<F>& contacts, int slot) {
    if (slot == contacts.slots) {
        contacts.touches[slot] = Touch<F>{};
        ++contacts.slots;
    }
}

template <class F>
LANDER_FN void gather_contacts(const World& world, int lane, Island<F>& island) {
    int slots[body_count] = {};
    for (int i = world.contact_count - 1; i >= 0; --i) {
        const Contact& contact = world.contacts[i];
        if (!takes_part(contact)) {
            continue;
        }
        BodyContacts<F>& contacts = island.contacts[contact.body];
        const int slot = slots[contact.body]++;
        open_slot(contacts, slot);
        put(contacts.touches[slot], lane, contact);
        contacts.index[slot][lane] = static_cast<u8>(i);
    }
}

template <class F>
LANDER_FN void update_poses(const Position<F> positions[body_count], Pose<F> poses[body_count]) {
    for (int i = 0; i < body_count; ++i) {
        poses[i] = pose_of(positions[i].c, positions[i].a, spread<F>(mass(i).local_center));
    }
}

/// Fills the lanes; those to spare take the first world's numbers and are never put back.
template <class F, class Trace>
LANDER_FN void gather(const Job<Trace>* jobs, int count, Island<F>& island) {
    island.order = island_order(*jobs[0].world);
    for (BodyContacts<F>& contacts : island.contacts) {
        contacts.slots = 0;
    }
    for (int lane = 0; lane < Lanes<F>::width; ++lane) {
        const Job<Trace>& job = jobs[lane < count ? lane : 0];
        put(island.gravity, lane, job.gravity);
        put(island.force, lane, job.load.force);
        put(island.torque, lane, job.load.torque);
        gather_bodies(*job.world, lane, island);
        gather_joints(*job.world, lane, island, *job.trace);
        gather_contacts(*job.world, lane, island);
    }
    update_poses(island.positions, island.starts);
}

/// Calls `visit(body, slot)` for all slots: body by body in the island's order, newest first.
template <class F, class Visit>
LANDER_FN void for_each_slot(const Island<F>& island, const Visit& visit) {
    for (int body : island.order.bodies) {
        for (int slot = 0; slot < island.contacts[body].slots; ++slot) {
            visit(body, slot);
        }
    }
}

// --- Velocities

/// Gravity and the load act for the whole step. (The damping of Box2D bodies is zero here.)
template <class F>
LANDER_FN void integrate_velocities(Island<F>& island) {
    const F zero(0.0F);
    for (int i = 0; i < body_count; ++i) {
        const MassData& m = mass(i);
        Velocity<F>& velocity = island.velocities[i];
        const Vec2<F> force = i == hull ? island.force : Vec2<F>{zero, zero};
        const F torque = i == hull ? island.torque : zero;
        const Vec2<F> acceleration = Vec2<F>{zero, island.gravity} + F(m.inverse_mass) * force;
        velocity.v = velocity.v + F(time_step) * acceleration;
        velocity.w = velocity.w + F(time_step * m.inverse_inertia) * torque;
    }
}

template <class F, class Trace>
LANDER_FN void prepare_contacts(const Job<Trace>* jobs, int count, Island<F>& island) {
    for_each_slot(island, [&](int body, int slot) {
        BodyContacts<F>& contacts = island.contacts[body];
        const Touch<F>& touch = contacts.touches[slot];
        ContactConstraint<F>& constraint = contacts.constraints[slot];
        constraint =
            prepare_contact(touch, mass(body), island.positions[body].c, island.starts[body]);
        for (int lane = 0; lane < count; ++lane) {
            if (!get(touch.present, lane)) {
                continue;
            }
            recall_impulses(constraint, lane,
                            jobs[lane].world->contacts[contacts.index[slot][lane]].manifold);
            if (get(touch.has_second, lane) && !get(constraint.has_two, lane)) {
                jobs[lane].trace->event(Event::one_point_fallback);
            }
        }
    });
}

template <class F>
LANDER_FN void warm_start_contacts(Island<F>& island) {
    for_each_slot(island, [&](int body, int slot) {
        warm_start_contact(island.contacts[body].constraints[slot], island.velocities[body]);
    });
}

template <class F>
LANDER_FN void prepare_joints(Island<F>& island) {
    for (int k : island.order.joints) {
        const int leg = first_leg + k;
        island.joints[k] = prepare_joint(joint_spec(k), island.starts[hull].q, island.starts[leg].q,
                                         island.at_lower[k], island.at_upper[k]);
        warm_start_joint(island.joints[k], island.joint_impulses[k], island.velocities[hull],
                         island.velocities[leg]);
    }
}

template <class F>
LANDER_FN void solve_contacts(BodyContacts<F>& contacts, Velocity<F>& body) {
    for (int slot = 0; slot < contacts.slots; ++slot) {
        solve_contact(contacts.constraints[slot], body);
    }
}

/// The iterations. What they change most is copied first, so that it can stay in registers.
template <class F>
LANDER_FN void solve_velocities(Island<F>& island) {
    const int first = island.order.joints[0], second = island.order.joints[1];
    const JointConstraint<F> first_joint = island.joints[first];
    const JointConstraint<F> second_joint = island.joints[second];
    JointImpulse<F> first_impulse = island.joint_impulses[first];
    JointImpulse<F> second_impulse = island.joint_impulses[second];
    Velocity<F> body = island.velocities[hull];
    Velocity<F> first_velocity = island.velocities[first_leg + first];
    Velocity<F> second_velocity = island.velocities[first_leg + second];
    for (int i = 0; i < velocity_iterations; ++i) {
        solve_joint(first_joint, first_impulse, body, first_velocity);
        solve_joint(second_joint, second_impulse, body, second_velocity);
        solve_contacts(island.contacts[hull], body);
        solve_contacts(island.contacts[first_leg + first], first_velocity);
        solve_contacts(island.contacts[first_leg + second], second_velocity);
    }
    island.joint_impulses[first] = first_impulse;
    island.joint_impulses[second] = second_impulse;
    island.velocities[hull] = body;
    island.velocities[first_leg + first] = first_velocity;
    island.velocities[first_leg + second] = second_velocity;
}

// --- Positions

/// Where a velocity was cut.
template <class F>
struct Cut {
    Mask<F> translation, rotation;
};

/// Moves a body by its velocity for a time, but not too far: a velocity that is too large is cut.
template <class F>
LANDER_FN Cut<F> integrate_position(Position<F>& body, Velocity<F>& velocity, F duration) {
    const Vec2<F> translation = duration * velocity.v;
    const F turn = duration * velocity.w;
    const Cut<F> cut{dot(translation, translation) > F(max_translation * max_translation),
                     turn * turn > F(max_rotation * max_rotation)};
    if (any(cut.translation)) {
        const Vec2<F> slower = (F(max_translation) / length(translation)) * velocity.v;
        velocity.v = select(cut.translation, slower, velocity.v);
    }
    if (any(cut.rotation)) {
        const F slower = velocity.w * (F(max_rotation) / magnitude(turn));
        velocity.w = select(cut.rotation, slower, velocity.w);
    }
    body.c = body.c + duration * velocity.v;
    body.a = body.a + duration * velocity.w;
    return cut;
}

template <class Trace>
LANDER_FN void report_cut(bool translation, bool rotation, Trace& trace) {
    if (translation) {
        trace.event(Event::speed_clamped);
    }
    if (rotation) {
        trace.event(Event::speed_clamped);
    }
}

template <class F, class Trace>
LANDER_FN void integrate_positions(const Job<Trace>* jobs, int count, Island<F>& island) {
    for (int i = 0; i < body_count; ++i) {
        const Cut<F> cut =
            integrate_position(island.positions[i], island.velocities[i], F(time_step));
        if (any(either(cut.translation, cut.rotation))) {
            for (int lane = 0; lane < count; ++lane) {
                report_cut(get(cut.translation, lane), get(cut.rotation, lane), *jobs[lane].trace);
            }
        }
    }
}

/// One iteration of position correction. True where all errors are small.
template <class F>
LANDER_FN Mask<F> correct_positions(Island<F>& island, Mask<F> active) {
    F deepest(0.0F);
    for_each_slot(island, [&](int body, int slot) {
        const Touch<F>& touch = island.contacts[body].touches[slot];
        const Mask<F> here = both(active, touch.present);
        deepest = minimum(deepest, solve_contact_position(touch, mass(body), correction_rate, here,
                                                          island.positions[body]));
    });
    Mask<F> fine = deepest >= F(contact_tolerance);
    for (int k : island.order.joints) {
        Position<F>& body = island.positions[hull];
        Position<F>& leg = island.positions[first_leg + k];
        Position<F> moved_body = body, moved_leg = leg;
        fine = both(fine,
                    solve_joint_position(island.joints[k], joint_spec(k), moved_body, moved_leg));
        body = select(active, moved_body, body);
        leg = select(active, moved_leg, leg);
    }
    return fine;
}

/// Pushes contacts and joints back into place. True where all errors became small.
template <class F>
LANDER_FN Mask<F> solve_positions(Island<F>& island) {
    Mask<F> unsolved(true);
    for (int i = 0; i < position_iterations && any(unsolved); ++i) {
        unsolved = both(unsolved, negate(correct_positions(island, unsolved)));
    }
    return negate(unsolved);
}

// --- From lanes to worlds

/// Notes where the bodies started, before the worlds are told where they are now.
template <class F, class Trace>
LANDER_FN void note_courses(const Island<F>& island, const Job<Trace>* jobs, int count) {
    for (int i = 0; i < body_count; ++i) {
        const Bounds<F> swept =
            around(box_of(polygon(i), island.starts[i]), box_of(polygon(i), island.poses[i]));
        const Mask<F> left_box = negate(contains(island.fat_boxes[i], swept));
        for (int lane = 0; lane < count; ++lane) {
            Course& course = jobs[lane].courses[i];
            const Body& body = jobs[lane].world->bodies[i];
            course.sweep.c0 = body.center;
            course.sweep.a0 = body.angle;
            course.start = get(island.starts[i], lane);
            course.left_box = get(left_box, lane);
        }
    }
}

template <class F>
LANDER_FN void put_back_impulses(const Island<F>& island, int lane, World& world) {
    for (int k = 0; k < joint_count; ++k) {
        const JointImpulse<F>& impulse = island.joint_impulses[k];
        world.joints[k].impulse = get(impulse.linear, lane);
        world.joints[k].angular_impulse = get(impulse.angular, lane);
        world.joints[k].motor_impulse = get(impulse.motor, lane);
    }
    for_each_slot(island, [&](int body, int slot) {
        const BodyContacts<F>& contacts = island.contacts[body];
        if (get(contacts.touches[slot].present, lane)) {
            store_impulses(contacts.constraints[slot], lane,
                           world.contacts[contacts.index[slot][lane]].manifold);
        }
    });
}

template <class F>
LANDER_FN void put_back_bodies(const Island<F>& island, int lane, World& world) {
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
        if (get(contacts.touches[slot].present, lane)) {
            trace.post_solve(world.contacts[contacts.index[slot][lane]], contacts.constraints[slot],
                             lane);
        }
    });
}

template <class F, class Trace>
LANDER_FN void put_back(const Island<F>& island, Mask<F> solved, const Job<Trace>* jobs,
                        int count) {
    for (int lane = 0; lane < count; ++lane) {
        World& world = *jobs[lane].world;
        Trace& trace = *jobs[lane].trace;
        put_back_impulses(island, lane, world);
        put_back_bodies(island, lane, world);
        report_contacts(island, lane, world, trace);
        if (!get(solved, lane)) {
            trace.event(Event::positions_unsolved);
        }
        consider_sleep(world, get(solved, lane), trace);
    }
}

/// One step of the discrete solver, for as many worlds as F has lanes or fewer, of one island
/// order. Contacts are warm-started before the joints are prepared, joints are solved before
/// contacts, contacts are pushed apart before joints are closed.
template <class F, class Trace>
LANDER_FN void solve_islands(const Job<Trace>* jobs, int count) {
    Island<F> island;
    gather(jobs, count, island);
    integrate_velocities(island);
    prepare_contacts(jobs, count, island);
    warm_start_contacts(island);
    prepare_joints(island);
    solve_velocities(island);
    integrate_positions(jobs, count, island);
    const Mask<F> solved = solve_positions(island);
    update_poses(island.positions, island.poses);
    note_courses(island, jobs, count);
    put_back(island, solved, jobs, count);
}

}  // namespace LANDER_NAMESPACE
