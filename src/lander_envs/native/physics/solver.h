// The discrete solver: velocities, then positions, of hull and legs over one step.
#pragma once

#include "physics/island.h"

namespace LANDER_NAMESPACE {

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
