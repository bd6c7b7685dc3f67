// Observation, end of the episode, and reward, in float64 as Python computes them.
#pragma once

#include "env/engines.h"
#include "env/state.h"

namespace LANDER_NAMESPACE {

/// Observation in double, as the env computes it before it rounds to float.
LANDER_FN void observe(const World& world, double out[observation_size]) {
    const Body& body = world.bodies[hull];
    out[0] = (body.pose.p.x - width / 2.0) / (width / 2.0);
    out[1] = (body.pose.p.y - (helipad_height + leg_down / pixels_per_unit)) / (height / 2.0);
    out[2] = body.velocity.x * (width / 2.0) / frames_per_second;
    out[3] = body.velocity.y * (height / 2.0) / frames_per_second;
    out[4] = body.angle;
    out[5] = angular_velocity_scale * body.spin / frames_per_second;
    out[6] = world.ground_contact[0] ? 1.0 : 0.0;
    out[7] = world.ground_contact[1] ? 1.0 : 0.0;
}

/// Shaping potential of an observation: closer, slower, more upright and with legs on the ground is
/// better.
LANDER_FN double compute_shaping(const double s[observation_size]) {
    const double tilt = s[4] < 0.0 ? -s[4] : s[4];
    return -distance_weight * square_root(s[0] * s[0] + s[1] * s[1]) -
           speed_weight * square_root(s[2] * s[2] + s[3] * s[3]) - tilt_weight * tilt +
           leg_contact_weight * s[6] + leg_contact_weight * s[7];
}

/// Result of a step without its reward.
LANDER_FN StepResult observed(const World& world) {
    double s[observation_size];
    observe(world, s);
    StepResult result{};
    for (int i = 0; i < observation_size; ++i) {
        result.observation[i] = static_cast<float>(s[i]);
    }
    result.crashed = world.game_over;
    result.out_of_bounds = s[0] >= 1.0 || s[0] <= -1.0;
    result.landed = !world.bodies[hull].awake;
    result.terminated = result.crashed || result.out_of_bounds || result.landed;
    return result;
}

/// Reward of a step: the difference in shaping minus the fuel, or the reward of a crash or landing.
LANDER_FN double compute_reward(State& state, const StepResult& result, const Throttle& throttle,
                                double fuel_cost) {
    double s[observation_size];
    observe(state.world, s);
    const double shaping = compute_shaping(s);
    double reward = state.has_shaping ? shaping - state.previous_shaping : 0.0;
    state.previous_shaping = shaping;
    state.has_shaping = true;
    reward -= throttle.main * (main_engine_cost * fuel_cost);
    reward -= throttle.side * (side_engine_cost * fuel_cost);
    if (result.landed) {
        return landing_reward;
    }
    return result.crashed || result.out_of_bounds ? crash_reward : reward;
}

}  // namespace LANDER_NAMESPACE
