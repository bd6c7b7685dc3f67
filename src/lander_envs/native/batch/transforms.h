// Transforms of the observation and the reward, as lander_envs.transforms has them: masked
// velocities, affine scalings, potential-based shaping. Batches without Python apply them here.
#pragma once

#include "env/state.h"

namespace LANDER_NAMESPACE {

/// Affine scaling `(state - offset) * factor`, and entries that are set to 0. Offset 0 and factor 1
/// keep every bit.
struct ObservationTransform {
    bool hidden[observation_size];
    float offset[observation_size];
    float factor[observation_size];
};

LANDER_FN void observe(const ObservationTransform& transform, const float* state, float* out) {
    for (int i = 0; i < observation_size; ++i) {
        const float scaled = (state[i] - transform.offset[i]) * transform.factor[i];
        out[i] = transform.hidden[i] ? 0.0F : scaled;
    }
}

/// Weights of the potential, and the form of the shaping.
struct Shaping {
    bool active;
    double distance, touchdown_speed, legs;
    bool potential_based;
    double gamma;
};

/// Height below which the falling speed counts, in units of the observation.
inline constexpr double near_ground = 0.25;

/// Potential of a state (transforms/shaping.py has the formula).
LANDER_FN double potential(const Shaping& shaping, const float* state) {
    const double x = state[0], y = state[1], vy = state[3], leg_1 = state[6], leg_2 = state[7];
    // The comparisons pass a NaN on, as NumPy's minimum and maximum do.
    const double lift = 1.0 - y / near_ground;
    const double above = lift <= 0.0 ? 0.0 : lift;
    const double nearness = above >= 1.0 ? 1.0 : above;
    const double falling = -vy <= 0.0 ? 0.0 : -vy;
    const double standing = leg_1 < leg_2 ? leg_1 : leg_2;
    const double distance = x < 0.0 ? -x : x;
    return -shaping.distance * distance - shaping.touchdown_speed * nearness * falling +
           shaping.legs * standing;
}

/// Shaping reward of a step between two potentials; a terminal state has potential 0.
LANDER_FN double shaping_reward(const Shaping& shaping, double before, double after,
                                bool terminated) {
    return shaping.potential_based ? shaping.gamma * (terminated ? 0.0 : after) - before : after;
}

/// Transforms of one variant of the env.
struct Transforms {
    ObservationTransform observation;
    Shaping shaping;
};

}  // namespace LANDER_NAMESPACE
