// LunarLander-v3: reset and step of one lander.
//
// Source: Gymnasium 1.4.0, gymnasium/envs/box2d/lunar_lander.py. Its oddities are part of the
// specification and stay: the side engines push at a height of 17 where 14 was meant, the terrain
// is smoothed by 0.33, its first point takes the last height drawn (Python's index -1), nothing
// bounds y, and wind stops, index and all, while a leg's contact flag is set.
#pragma once

#include "env/engines.h"
#include "env/reset.h"
#include "env/reward.h"
#include "env/wind.h"
#include "physics/broad_phase.h"
#include "physics/continuous.h"
#include "physics/narrow_phase.h"
#include "physics/solver.h"

namespace LANDER_NAMESPACE {

/// A step of one lander under way. What comes before and after the discrete solver runs lander by
/// lander; the solver takes many landers at once.
struct LanderStep {
    Throttle throttle;
    NewParticles particles;
    bool awake;  // false if all bodies sleep: the physics has nothing to do
    WorldStep world;
};

/// First part of a step: wind, engines, contacts. `push` is a force beside the wind.
template <class Trace>
LANDER_FN void begin_step(State& state, const Params& params, const Action& action,
                          const StepDraws& draws, const Load& push, LanderStep& step,
                          Trace& trace) {
    World& world = state.world;
    step.throttle = throttle_of(action, params);
    const bool windy = is_windy(world, params);
    const bool firing = step.throttle.main > 0.0 || step.throttle.side > 0.0;
    if ((windy || firing) && wake(world.bodies[hull])) {
        trace.event(Event::wake_by_force);
    }
    step.world.load = push;
    if (windy) {
        const Load wind = wind_load(state, params);
        step.world.load = {push.force + wind.force, push.torque + wind.torque};
    }
    step.particles.count = 0;
    fire_engines(world.bodies[hull], params, step.throttle, draws, step.particles);
    step.awake = any_awake(world);
    if (step.awake) {
        update_contacts(world, trace);
    }
}

/// Second part of a step: the discrete solver takes the lander in one lane (`solve_islands`).
template <class Trace>
LANDER_FN LaneStep<Trace> lane_step(State& state, const Params& params, LanderStep& step,
                                    Trace& trace) {
    return {&state.world, &step.world, static_cast<float>(params.gravity), &trace};
}

/// Third part of a step: new pairs, impacts, observation and reward.
template <class Trace>
LANDER_FN StepResult finish_step(State& state, const Params& params, LanderStep& step,
                                 Trace& trace) {
    if (step.awake) {
        update_broad_phase(state.world, step.world, trace);
        solve_impacts(state.world, step.world, trace);
    }
    StepResult result = observed(state.world);
    result.reward = compute_reward(state, result, step.throttle, params.fuel_cost);
    return result;
}

/// Second part of a step for one lander alone.
template <class Trace>
LANDER_FN void solve(State& state, const Params& params, LanderStep& step, Trace& trace) {
    if (step.awake) {
        const LaneStep<Trace> lane = lane_step(state, params, step, trace);
        solve_islands<float>(&lane, 1);
    }
}

/// All parts of a step for one lander alone.
template <class Trace>
LANDER_FN StepResult run_step(State& state, const Params& params, const Action& action,
                              const StepDraws& draws, const Load& push, Trace& trace) {
    LanderStep step;
    begin_step(state, params, action, draws, push, step, trace);
    solve(state, params, step, trace);
    return finish_step(state, params, step, trace);
}

/// One step of an episode.
template <class Trace>
LANDER_FN StepResult step(State& state, const Params& params, const Action& action,
                          const StepDraws& draws, Trace& trace) {
    return run_step(state, params, action, draws, Load{}, trace);
}

/// Replaces the lander by one at the start of an episode. Returns the random push that acts in its
/// first step.
LANDER_FN Load start_episode(State& state, const ResetDraws& draws) {
    state.world = make_world(draws);
    state.has_shaping = false;
    state.previous_shaping = 0.0;
    state.wind_index = draws.wind_index;
    state.torque_index = draws.torque_index;
    Load load{};
    load.force =
        load.force + Vec2f{static_cast<float>(draws.force[0]), static_cast<float>(draws.force[1])};
    return load;
}

/// Starts an episode. The random push acts during a first step without engines, whose observation
/// is the episode's first; wind adds to it.
template <class Trace>
LANDER_FN StepResult reset(State& state, const Params& params, const ResetDraws& draws,
                           const StepDraws& first, Trace& trace) {
    const Load push = start_episode(state, draws);
    return run_step(state, params, Action{}, first, push, trace);
}

}  // namespace LANDER_NAMESPACE
