// Continuous collision: sub-steps at times of impact (b2World::SolveTOI).
//
// The body of the earliest impact moves there; its contacts are solved without joints and without
// warm start, and it moves on for the rest of the step. Then the next impact follows. Hull and legs
// are independent: after a sub-step they can be at slightly different times.
#pragma once

#include "physics/broad_phase.h"
#include "physics/narrow_phase.h"
#include "physics/solver.h"
#include "physics/time_of_impact.h"

namespace LANDER_NAMESPACE {

/// Time of a contact's impact as a fraction of the step, 1 if there is none.
LANDER_FN float impact_alpha(const World& world, WorldStep& step, const Contact& contact) {
    Sweep& sweep = step.bodies[contact.body].sweep;
    if (step.moon_alpha0 < sweep.alpha0) {
        step.moon_alpha0 = sweep.alpha0;
    } else if (sweep.alpha0 < step.moon_alpha0) {
        advance(sweep, step.moon_alpha0);
    }
    const float alpha0 = step.moon_alpha0;
    const Edge edge = edge_of(world.terrain, contact.edge);
    const Polygon& shape = polygon(contact.body);
    const Vec2f local_center = mass(contact.body).local_center;
    if (stays_clear(edge, shape, sweep, local_center)) {
        return 1.0F;
    }
    const Impact impact = time_of_impact(edge, shape, sweep, local_center);
    return impact.touching ? minimum(alpha0 + (1.0F - alpha0) * impact.t, 1.0F) : 1.0F;
}

/// Earliest impact.
struct FirstImpact {
    int contact;  // -1 if there is none
    float alpha;
};

/// Earliest impact of all contacts, touching or not; of equal times the newest contact's.
template <class Trace>
LANDER_FN FirstImpact find_first_impact(const World& world, WorldStep& step, Trace& trace) {
    FirstImpact first{-1, 1.0F};
    for (int i = world.contact_count - 1; i >= 0; --i) {
        const Contact& contact = world.contacts[i];
        ImpactState& state = step.impacts[i];
        if (!contact.enabled) {
            continue;
        }
        if (state.count > max_impacts_per_contact) {
            trace.event(Event::impact_limit);
            continue;
        }
        if (!state.known) {
            if (!world.bodies[contact.body].awake) {
                continue;
            }
            state.alpha = impact_alpha(world, step, contact);
            state.known = true;
        }
        if (state.alpha < first.alpha) {
            first = {i, state.alpha};
        }
    }
    return first;
}

/// Moves a body to a time of impact.
LANDER_FN void move_to(World& world, WorldStep& step, int body, float alpha) {
    Sweep& sweep = step.bodies[body].sweep;
    advance(sweep, alpha);
    sweep.c = sweep.c0;
    sweep.a = sweep.a0;
    Body& b = world.bodies[body];
    b.center = sweep.c;
    b.angle = sweep.a;
    update_pose(b, body);
}

/// Contacts of an impact: the one that hits, then the body's others that touch at that time, newest
/// first. All are updated at the pose of the impact.
template <class Trace>
LANDER_FN int gather_impact_contacts(World& world, int first, int body, int contacts[edge_count],
                                     Trace& trace) {
    int count = 0;
    contacts[count++] = first;
    for (int i = world.contact_count - 1; i >= 0; --i) {
        if (i == first || world.contacts[i].body != body) {
            continue;
        }
        update_contact(world, world.contacts[i], trace);
        if (world.contacts[i].touching) {
            contacts[count++] = i;
        }
    }
    if (count > 1) {
        trace.event(Event::impact_with_others);
    }
    return count;
}

LANDER_FN bool same_bits(Vec2f a, Vec2f b) {
    return float_bits(a.x) == float_bits(b.x) && float_bits(a.y) == float_bits(b.y);
}

/// Everything that a velocity iteration can change: the body's velocity and the contacts' impulses.
struct ImpactIterate {
    Velocity<float> velocity;
    Vec2f impulses[edge_count][2];  // normal and tangent impulse, of both points
};

LANDER_FN ImpactIterate iterate_of(const ContactConstraint<float>* constraints, int count,
                                   const Velocity<float>& velocity) {
    ImpactIterate now;
    now.velocity = velocity;
    for (int k = 0; k < count; ++k) {
        for (int i = 0; i < 2; ++i) {
            const ContactPoint<float>& point = constraints[k].points[i];
            now.impulses[k][i] = {point.normal_impulse, point.tangent_impulse};
        }
    }
    return now;
}

LANDER_FN bool same_bits(const ImpactIterate& a, const ImpactIterate& b, int count) {
    bool same = same_bits(a.velocity.v, b.velocity.v) &&
                float_bits(a.velocity.w) == float_bits(b.velocity.w);
    for (int k = 0; k < count && same; ++k) {
        same = same_bits(a.impulses[k][0], b.impulses[k][0]) &&
               same_bits(a.impulses[k][1], b.impulses[k][1]);
    }
    return same;
}

/// Velocity iterations of an impact. An iteration depends on its iterate alone, so once an iterate
/// returns, bit for bit, the iterations are periodic: whole periods are skipped (Brent's cycle
/// detection).
LANDER_FN void iterate_impact(ContactConstraint<float>* constraints, int count,
                              Velocity<float>& velocity) {
    ImpactIterate mark = iterate_of(constraints, count, velocity);
    int marked = 0;  // iterations before the mark, which moves at powers of two
    int left = velocity_iterations;
    for (int done = 1; left > 0; ++done) {
        for (int k = 0; k < count; ++k) {
            solve_contact(constraints[k], velocity);
        }
        --left;
        const ImpactIterate now = iterate_of(constraints, count, velocity);
        if (same_bits(mark, now, count)) {
            left %= done - marked;
        }
        if ((done & (done - 1)) == 0) {
            mark = now;
            marked = done;
        }
    }
}

/// Solves the contacts of one body for the rest of the step (b2Island::SolveTOI).
template <class Trace>
LANDER_FN void solve_impact(World& world, WorldStep& step, int body, float alpha,
                            const int* contacts, int count, Trace& trace) {
    Body& b = world.bodies[body];
    Position<float> position{b.center, b.angle};
    for (int i = 0; i < impact_position_iterations; ++i) {
        float deepest = 0.0F;
        for (int k = 0; k < count; ++k) {
            deepest = minimum(deepest, solve_contact_position(world.contacts[contacts[k]],
                                                              impact_correction_rate, position));
        }
        if (deepest >= impact_contact_tolerance) {
            break;
        }
    }
    Sweep& sweep = step.bodies[body].sweep;
    sweep.c0 = position.c;
    sweep.a0 = position.a;

    Velocity<float> velocity{b.velocity, b.spin};
    ContactConstraint<float> constraints[edge_count];
    for (int k = 0; k < count; ++k) {
        const Contact& contact = world.contacts[contacts[k]];
        constraints[k] = prepare_contact(contact, position.c, position.a);
        if (contact.manifold.count == 2 && !constraints[k].has_two) {
            trace.event(Event::one_point_fallback);
        }
    }
    iterate_impact(constraints, count, velocity);
    const Clamped<float> clamped =
        integrate_position(position, velocity, (1.0F - alpha) * time_step);
    report_clamped(clamped.translation, clamped.rotation, trace);
    sweep.c = position.c;
    sweep.a = position.a;
    b.center = position.c;
    b.angle = position.a;
    b.velocity = velocity.v;
    b.spin = velocity.w;
    update_pose(b, body);
    for (int k = 0; k < count; ++k) {
        trace.post_solve(world.contacts[contacts[k]], constraints[k], 0);
    }
}

/// Pose at the start of the rest of a body's sweep.
LANDER_FN Posef start_pose(const Sweep& sweep, int body) {
    return pose_of(sweep.c0, sweep.a0, mass(body).local_center);
}

/// After an impact: updates the body's fat box, forgets its times of impact, finds new pairs.
template <class Trace>
LANDER_FN void finish_impact(World& world, WorldStep& step, int body, Trace& trace) {
    const bool moved = update_fat_box(world.bodies[body], polygon(body),
                                      start_pose(step.bodies[body].sweep, body));
    for (int i = 0; i < world.contact_count; ++i) {
        if (world.contacts[i].body == body) {
            step.impacts[i].known = false;
        }
    }
    const int before = world.contact_count;
    const bool updated[body_count] = {body == 0 && moved, body == 1 && moved, body == 2 && moved};
    find_new_pairs(world, updated, trace);
    for (int i = before; i < world.contact_count; ++i) {
        step.impacts[i] = {false, 1.0F, 0};
    }
}

/// Handles one impact. A contact without points there is disabled and its body returns to the end
/// of its sweep; then returns false.
template <class Trace>
LANDER_FN bool handle_impact(World& world, WorldStep& step, FirstImpact first, Trace& trace) {
    Contact& contact = world.contacts[first.contact];
    const int body = contact.body;
    const Sweep backup = step.bodies[body].sweep;
    const float moon_backup = step.moon_alpha0;

    move_to(world, step, body, first.alpha);
    step.moon_alpha0 = first.alpha;
    update_contact(world, contact, trace);
    step.impacts[first.contact].known = false;
    ++step.impacts[first.contact].count;
    if (!contact.touching) {
        contact.enabled = false;
        step.bodies[body].sweep = backup;
        step.moon_alpha0 = moon_backup;
        world.bodies[body].center = backup.c;
        world.bodies[body].angle = backup.a;
        update_pose(world.bodies[body], body);
        trace.event(Event::impact_rejected);
        return false;
    }

    int contacts[edge_count];
    const int count = gather_impact_contacts(world, first.contact, body, contacts, trace);
    solve_impact(world, step, body, first.alpha, contacts, count, trace);
    finish_impact(world, step, body, trace);
    return true;
}

/// Handles one impact after the other until none is left in the step.
template <class Trace>
LANDER_FN void solve_impacts(World& world, WorldStep& step, Trace& trace) {
    step.moon_alpha0 = 0.0F;
    for (int i = 0; i < body_count; ++i) {
        step.bodies[i].sweep.alpha0 = 0.0F;
        step.bodies[i].sweep.c = world.bodies[i].center;
        step.bodies[i].sweep.a = world.bodies[i].angle;
    }
    for (int i = 0; i < world.contact_count; ++i) {
        step.impacts[i] = {false, 1.0F, 0};
    }
    constexpr float end = 1.0F - 10.0F * float_epsilon;
    int impacts = 0;
    for (;;) {
        const FirstImpact first = find_first_impact(world, step, trace);
        if (first.contact < 0 || end < first.alpha) {
            return;
        }
        if (handle_impact(world, step, first, trace)) {
            trace.event(Event::impact);
            if (++impacts > 1) {
                trace.event(Event::impact_again);
            }
        }
    }
}

}  // namespace LANDER_NAMESPACE
