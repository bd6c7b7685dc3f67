// State of the env: state, action and result of a step, as plain data.
#pragma once

#include "env/params.h"
#include "physics/world.h"

namespace LANDER_NAMESPACE {

/// Complete state of one lander. A copy continues exactly as the original does.
struct State {
    World world;
    Pcg64 random;
    double previous_shaping;
    bool has_shaping;  // false until the first step of an episode
    i64 wind_index;
    i64 torque_index;
};

/// Discrete action (0 nothing, 1 left, 2 main, 3 right engine), or the throttles of a continuous
/// one.
struct Action {
    int discrete;
    double main, lateral;
};

/// Observation, reward and the end of the episode.
struct StepResult {
    float observation[observation_size];
    double reward;
    bool terminated;
    bool landed;         // asleep; overrules the two below
    bool crashed;        // the hull has touched the moon in this episode
    bool out_of_bounds;  // |observation 0| >= 1
};

}  // namespace LANDER_NAMESPACE
