// What the solver works on: a block of worlds, one a lane.
//
// Each world is gathered into the lanes, solved beside its neighbours without touching them
// (solver.h), and put back: the result is that of a block of one.
#pragma once

#include "physics/sleep.h"
#include "physics/time_of_impact.h"

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

}  // namespace LANDER_NAMESPACE
