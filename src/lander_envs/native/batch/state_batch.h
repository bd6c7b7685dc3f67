// State batch: groups of landers behind Gymnasium's vector API, with time limit and autoreset.
//
// The output arrays are the caller's; a step allocates nothing.
#pragma once

#include "batch/group.h"
#include "batch/outputs.h"

namespace LANDER_NAMESPACE {

/// Time at which a lander whose episode has ended starts the next one.
enum class Autoreset : u8 {
    next_step,  // in the next step, which ignores the action
    same_step,  // in the step that ended it, which keeps the last observation in final_obs
    disabled    // when the caller resets it
};

/// Starts the next episodes of a group's landers with `mask[i]`; calls `write(result, i)` for each.
template <class Write>
LANDER_FN void reset_group(StepEntries step_entries, Entry* entries, int first, int last,
                           const bool* mask, const Write& write) {
    EntryStep steps[group_size];
    int count = 0;
    for (int i = first; i < last; ++i) {
        if (mask[i]) {
            steps[count++] = {&entries[i], Action{}, true, StepResult{}};
        }
    }
    step_entries(steps, count);
    for (int k = 0; k < count; ++k) {
        write(steps[k].result, static_cast<int>(steps[k].entry - entries));
    }
}

/// Prepares a step of each lander of a group; `action_of(i)` is the action of lander i.
template <class Actions>
LANDER_FN void prepare_steps(EntryStep* steps, Entry* entries, int first, int last,
                             const Actions& action_of, Autoreset mode, const Outputs& outputs) {
    for (int i = first; i < last; ++i) {
        const bool starts = mode == Autoreset::next_step && outputs.ended[i];
        steps[i - first] = {&entries[i], action_of(i), starts, StepResult{}};
    }
}

/// Steps a group; `action_of(i)` is the action of lander i, `limit` the time limit in base steps.
template <class Actions>
LANDER_FN void step_group(StepEntries step_entries, Entry* entries, int first, int last,
                          const Actions& action_of, i32 limit, Autoreset mode,
                          const Outputs& outputs) {
    EntryStep steps[group_size];
    prepare_steps(steps, entries, first, last, action_of, mode, outputs);
    step_entries(steps, last - first);
    for (int i = first; i < last; ++i) {
        const EntryStep& step = steps[i - first];
        if (step.starts) {
            write_reset(step.result, outputs, i);
        } else {
            write_step(step.result, entries[i].elapsed >= limit, outputs, i);
        }
    }
    if (mode == Autoreset::same_step) {
        const auto write = [&](const StepResult& result, int i) {
            write_restart(result, outputs, i);
        };
        reset_group(step_entries, entries, first, last, outputs.ended, write);
    }
}

}  // namespace LANDER_NAMESPACE
