// One step of the physics.
#pragma once

#include "impacts.h"

namespace LANDER_NAMESPACE {

/// Renews the fat boxes after the discrete solver and looks for new pairs. It comes after the
/// decision to sleep, which a new pair overrules.
template <class Trace>
LANDER_FN void update_broad_phase(World& world, const Sweep sweeps[body_count], Trace& trace) {
    bool renewed[body_count];
    for (int i = 0; i < body_count; ++i) {
        renewed[i] = update_fat_box(world.bodies[i], polygon(i), start_pose(sweeps[i], i));
    }
    find_new_pairs(world, renewed, trace);
}

LANDER_FN bool anybody_awake(const World& world) {
    return world.bodies[0].awake || world.bodies[1].awake || world.bodies[2].awake;
}

/// What is left to do in a step when the island has been solved.
template <class Trace>
LANDER_FN void finish_world_step(World& world, Paths& paths, Trace& trace) {
    update_broad_phase(world, paths.sweeps, trace);
    solve_impacts(world, paths, trace);
}

/// One world by itself. A batch does the same three things, the second for many worlds at once.
template <class Trace>
LANDER_FN void world_step(World& world, float gravity, const Load& load, Trace& trace) {
    if (!anybody_awake(world)) {
        return;
    }
    Paths paths;
    update_contacts(world, trace);
    const Job<Trace> job{&world, gravity, load, paths.sweeps, &trace};
    solve_islands<float>(&job, 1);
    finish_world_step(world, paths, trace);
}

}  // namespace LANDER_NAMESPACE
