// One step of the physics: what comes before the solver (solver.h), and what comes after it.
#pragma once

#include "physics/continuous.h"

namespace LANDER_NAMESPACE {

/// Renews the fat boxes after the discrete solver and looks for new pairs. It comes after the
/// decision to sleep, which a new pair overrules.
template <class Trace>
LANDER_FN void update_broad_phase(World& world, const Course courses[body_count], Trace& trace) {
    bool renewed[body_count];
    for (int i = 0; i < body_count; ++i) {
        renewed[i] =
            courses[i].left_box && update_fat_box(world.bodies[i], polygon(i), courses[i].start);
    }
    find_new_pairs(world, renewed, trace);
}

LANDER_FN bool anybody_awake(const World& world) {
    return world.bodies[0].awake || world.bodies[1].awake || world.bodies[2].awake;
}

/// Renews the contacts. False if everybody sleeps: then there is no more to do in this step.
template <class Trace>
LANDER_FN bool begin_world_step(World& world, Trace& trace) {
    if (!anybody_awake(world)) {
        return false;
    }
    update_contacts(world, trace);
    return true;
}

template <class Trace>
LANDER_FN void finish_world_step(World& world, Paths& paths, Trace& trace) {
    update_broad_phase(world, paths.courses, trace);
    solve_impacts(world, paths, trace);
}

}  // namespace LANDER_NAMESPACE
