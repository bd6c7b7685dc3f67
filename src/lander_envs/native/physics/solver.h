// Discrete solver (b2Island::Solve): velocities, then positions, of hull and legs over one step.
#pragma once

#include "physics/island.h"

namespace LANDER_NAMESPACE {

// --- Velocities

/// Applies gravity and the load for the whole step. (The damping of the bodies is zero.)
template <class F>
LANDER_FN void integrate_velocities(Island<F>& island) {
    const F zero(0.0F);
    for (int i = 0; i < body_count; ++i) {
        const MassData& m = mass(i);
        Velocity<F>& velocity = island.velocities[i];
        const Vec2<F> force = i == hull ? island.force : Vec2<F>{zero, zero};
        const F torque = i == hull ? island.torque : zero;
        const Vec2<F> acceleration = Vec2<F>{zero, island.gravity} + F(m.inv_mass) * force;
        velocity.v = velocity.v + F(time_step) * acceleration;
        velocity.w = velocity.w + F(time_step * m.inv_inertia) * torque;
    }
}

template <class F, class Trace>
LANDER_FN void prepare_contacts(const LaneStep<Trace>* steps, int count, Island<F>& island) {
    for_each_slot(island, [&](int body, int slot) {
        BodyContacts<F>& contacts = island.contacts[body];
        const LaneManifold<F>& manifold = contacts.manifolds[slot];
        ContactConstraint<F>& constraint = contacts.constraints[slot];
        constraint =
            prepare_contact(manifold, mass(body), island.positions[body].c, island.starts[body]);
        for (int lane = 0; lane < count; ++lane) {
            if (!get(manifold.present, lane)) {
                continue;
            }
            load_impulses(constraint, lane,
                          steps[lane].world->contacts[contacts.index[slot][lane]].manifold);
            if (get(manifold.has_second, lane) && !get(constraint.has_two, lane)) {
                steps[lane].trace->event(Event::one_point_fallback);
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

/// Velocity iterations. Copies of velocities and joint impulses can stay in registers.
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

/// Lanes whose velocity was clamped.
template <class F>
struct Clamped {
    Mask<F> translation, rotation;
};

/// Moves a body by its velocity for a time. Clamps velocities that would move it too far.
template <class F>
LANDER_FN Clamped<F> integrate_position(Position<F>& body, Velocity<F>& velocity, F duration) {
    const Vec2<F> translation = duration * velocity.v;
    const F turn = duration * velocity.w;
    const Clamped<F> clamped{dot(translation, translation) > F(max_translation * max_translation),
                             turn * turn > F(max_rotation * max_rotation)};
    if (any(clamped.translation)) {
        const Vec2<F> slower = (F(max_translation) / length(translation)) * velocity.v;
        velocity.v = select(clamped.translation, slower, velocity.v);
    }
    if (any(clamped.rotation)) {
        const F slower = velocity.w * (F(max_rotation) / magnitude(turn));
        velocity.w = select(clamped.rotation, slower, velocity.w);
    }
    body.c = body.c + duration * velocity.v;
    body.a = body.a + duration * velocity.w;
    return clamped;
}

template <class Trace>
LANDER_FN void report_clamped(bool translation, bool rotation, Trace& trace) {
    if (translation) {
        trace.event(Event::speed_clamped);
    }
    if (rotation) {
        trace.event(Event::speed_clamped);
    }
}

template <class F, class Trace>
LANDER_FN void integrate_positions(const LaneStep<Trace>* steps, int count, Island<F>& island) {
    for (int i = 0; i < body_count; ++i) {
        const Clamped<F> clamped =
            integrate_position(island.positions[i], island.velocities[i], F(time_step));
        if (any(either(clamped.translation, clamped.rotation))) {
            for (int lane = 0; lane < count; ++lane) {
                report_clamped(get(clamped.translation, lane), get(clamped.rotation, lane),
                               *steps[lane].trace);
            }
        }
    }
}

/// One position iteration. True where all errors are small.
template <class F>
LANDER_FN Mask<F> correct_positions(Island<F>& island, Mask<F> active) {
    F deepest(0.0F);
    for_each_slot(island, [&](int body, int slot) {
        const LaneManifold<F>& manifold = island.contacts[body].manifolds[slot];
        const Mask<F> here = both(active, manifold.present);
        deepest = minimum(deepest, solve_contact_position(manifold, mass(body), correction_rate,
                                                          here, island.positions[body]));
    });
    Mask<F> converged = deepest >= F(contact_tolerance);
    for (int k : island.order.joints) {
        Position<F>& body = island.positions[hull];
        Position<F>& leg = island.positions[first_leg + k];
        Position<F> moved_body = body, moved_leg = leg;
        converged = both(converged, solve_joint_position(island.joints[k], joint_spec(k),
                                                         moved_body, moved_leg));
        body = select(active, moved_body, body);
        leg = select(active, moved_leg, leg);
    }
    return converged;
}

/// Position iterations. True where they converged.
template <class F>
LANDER_FN Mask<F> solve_positions(Island<F>& island) {
    Mask<F> unsolved(true);
    for (int i = 0; i < position_iterations && any(unsolved); ++i) {
        unsolved = both(unsolved, negate(correct_positions(island, unsolved)));
    }
    return negate(unsolved);
}

/// One step of the discrete solver for up to as many worlds as F has lanes, of one island order. As
/// in Box2D, contacts are warm-started before joints are prepared; velocity iterations solve joints
/// before contacts, position iterations contacts before joints.
template <class F, class Trace>
LANDER_FN void solve_islands(const LaneStep<Trace>* steps, int count) {
    Island<F> island;
    gather(steps, count, island);
    integrate_velocities(island);
    prepare_contacts(steps, count, island);
    warm_start_contacts(island);
    prepare_joints(island);
    solve_velocities(island);
    integrate_positions(steps, count, island);
    const Mask<F> solved = solve_positions(island);
    update_poses(island.positions, island.poses);
    scatter(island, solved, steps, count);
}

}  // namespace LANDER_NAMESPACE
