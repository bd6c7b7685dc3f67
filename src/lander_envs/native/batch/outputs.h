// Outputs of a batch: the caller's arrays, with one item a lander.
#pragma once

#include "env/state.h"

namespace LANDER_NAMESPACE {

/// End of an episode; RUNNING while it goes on.
enum class Outcome : u8 { running, landed, crashed, out_of_bounds, timeout };

/// Arrays that a step writes, with one item a lander. `ended` also is input: true if the episode
/// was over before the step.
struct Outputs {
    float (*obs)[observation_size];
    double* rewards;
    bool* terminated;
    bool* truncated;
    bool* ended;
    Outcome* outcomes;
    bool* on_pad;
    float (*final_obs)[observation_size];  // written where an episode ends under same_step
};

LANDER_FN void copy_observation(const StepResult& result, float out[observation_size]) {
    for (int i = 0; i < observation_size; ++i) {
        out[i] = result.observation[i];
    }
}

LANDER_FN Outcome outcome_of(const StepResult& result, bool truncated) {
    if (result.landed) {
        return Outcome::landed;
    }
    if (result.crashed) {
        return Outcome::crashed;
    }
    if (result.out_of_bounds) {
        return Outcome::out_of_bounds;
    }
    return truncated ? Outcome::timeout : Outcome::running;
}

/// Whether the hull's centre is between the flags.
LANDER_FN bool is_on_pad(const StepResult& result) {
    const float x = result.observation[0];
    return x <= pad_half_width && x >= -pad_half_width;
}

/// Outputs of a lander whose episode has just started.
LANDER_FN void write_reset(const StepResult& result, const Outputs& outputs, int i) {
    copy_observation(result, outputs.obs[i]);
    outputs.rewards[i] = 0.0;
    outputs.terminated[i] = outputs.truncated[i] = outputs.ended[i] = false;
    outputs.outcomes[i] = Outcome::running;
    outputs.on_pad[i] = is_on_pad(result);
}

/// Outputs of a step of a lander.
LANDER_FN void write_step(const StepResult& result, bool truncated, const Outputs& outputs, int i) {
    copy_observation(result, outputs.obs[i]);
    outputs.rewards[i] = result.reward;
    outputs.terminated[i] = result.terminated;
    outputs.truncated[i] = truncated;
    outputs.ended[i] = result.terminated || truncated;
    outputs.outcomes[i] = outcome_of(result, truncated);
    outputs.on_pad[i] = is_on_pad(result);
}

/// Outputs of a lander that started its next episode in the step that ended one (same_step).
LANDER_FN void write_restart(const StepResult& result, const Outputs& outputs, int i) {
    for (int k = 0; k < observation_size; ++k) {
        outputs.final_obs[i][k] = outputs.obs[i][k];
    }
    copy_observation(result, outputs.obs[i]);
}

}  // namespace LANDER_NAMESPACE
