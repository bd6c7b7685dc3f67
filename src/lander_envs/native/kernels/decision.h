// Decision of one lander in device memory: base steps with one action, and the time limit.
#pragma once

#include "batch/pixel_batch.h"

namespace LANDER_NAMESPACE::kernels {

/// Base steps of one decision, until the episode ends. The result's reward is their sum if `sums`;
/// else there must be one base step, and it is that one's.
LANDER_FN StepResult decide(EntryStep step, const Timing& timing, bool sums) {
    NoTrace trace;
    Entry& entry = *step.entry;
    // A sum from 0 would turn a reward of -0 into 0.
    double reward = sums ? 0.0 : -0.0;
    for (int round = 0; round < timing.frame_skip; ++round) {
        step.result = step_entry(step, entry.state.random, trace);
        reward += step.result.reward;
        if (step.starts || step.result.terminated || entry.elapsed >= timing.base_steps) {
            break;
        }
    }
    step.result.reward = reward;
    return step.result;
}

/// Counts a decision of lander i; `decisions` is null if a step is one base step. Returns true at
/// the time limit.
LANDER_FN bool count_decision(const Timing& timing, const Entry& entry, i32* decisions, int i) {
    const bool late = decisions != nullptr && ++decisions[i] >= timing.decisions;
    return late || entry.elapsed >= timing.base_steps;
}

}  // namespace LANDER_NAMESPACE::kernels
