// Pixel batch: decisions of several base steps, and stacks of small pictures as observations.
//
// A decision drops the oldest picture of a stack and appends a new one; base steps within a
// decision are not drawn. Each stack is written once, into the array that the caller gives for the
// call.
#pragma once

#include "batch/picture_history.h"
#include "batch/state_batch.h"

namespace LANDER_NAMESPACE {

/// Length of decisions and episodes.
struct Timing {
    int frame_skip;  // base steps a decision
    i32 base_steps;  // time limit in base steps
    i32 decisions;   // time limit in decisions
};

/// Pictures of a batch, and arrays with one item a lander.
struct Pictures {
    PictureHistory history;
    i32* decisions;    // of the episode
    u8* stacks;        // written by a decision, oldest picture first; may be null
    u8* final_stacks;  // written where an episode ends under same_step

    LANDER_FN void start(const Entry& entry, int i, Scratch& scratch) const {
        start_history(history, i, entry.state.world, *entry.particles, scratch);
        decisions[i] = 0;
    }
    LANDER_FN void write(int i) const {
        if (stacks != nullptr) {
            write_stack(history, i, stacks + i * history.stack_bytes());
        }
    }
};

/// Repeats steps `frame_skip` times, each until its episode ends, and sums the rewards in the
/// outputs. Steps that are done move to the end.
LANDER_FN void repeat_steps(StepEntries step_entries, EntryStep* steps, int count,
                            const Timing& timing, const Entry* entries, const Outputs& outputs) {
    for (int k = 0; k < count; ++k) {
        outputs.rewards[steps[k].entry - entries] = 0.0;
    }
    int running = count;
    for (int round = 0; round < timing.frame_skip && running > 0; ++round) {
        step_entries(steps, running);
        for (int k = running - 1; k >= 0; --k) {
            const EntryStep step = steps[k];
            outputs.rewards[step.entry - entries] += step.result.reward;
            const bool timed_out = step.entry->elapsed >= timing.base_steps;
            if (step.starts || step.result.terminated || timed_out) {
                steps[k] = steps[--running];
                steps[running] = step;
            }
        }
    }
}

/// Starts the next episodes of a group's landers whose episode ended, and keeps the last stacks.
LANDER_FN void restart_group(StepEntries step_entries, Entry* entries, int first, int last,
                             const Outputs& outputs, const Pictures& pictures, Scratch& scratch) {
    const auto write = [&](const StepResult& result, int i) {
        const PictureHistory& history = pictures.history;
        write_stack(history, i, pictures.final_stacks + i * history.stack_bytes());
        write_restart(result, outputs, i);
        pictures.start(entries[i], i, scratch);
        pictures.write(i);
    };
    reset_group(step_entries, entries, first, last, outputs.ended, write);
}

/// One decision of each lander of a group; `action_of(i)` is that of lander i.
template <class Actions>
LANDER_FN void decide_group(StepEntries step_entries, Entry* entries, int first, int last,
                            const Actions& action_of, const Timing& timing, Autoreset mode,
                            const Outputs& outputs, const Pictures& pictures, Scratch& scratch) {
    EntryStep steps[group_size];
    prepare_steps(steps, entries, first, last, action_of, mode, outputs);
    repeat_steps(step_entries, steps, last - first, timing, entries, outputs);
    for (int k = 0; k < last - first; ++k) {
        EntryStep& step = steps[k];
        const int i = static_cast<int>(step.entry - entries);
        if (step.starts) {
            write_reset(step.result, outputs, i);
            pictures.start(*step.entry, i, scratch);
            pictures.write(i);
            continue;
        }
        const bool truncated =
            ++pictures.decisions[i] >= timing.decisions || step.entry->elapsed >= timing.base_steps;
        step.result.reward = outputs.rewards[i];
        write_step(step.result, truncated, outputs, i);
        const Entry& entry = *step.entry;
        push_picture(pictures.history, i, entry.state.world, *entry.particles, scratch);
        pictures.write(i);
    }
    if (mode == Autoreset::same_step) {
        restart_group(step_entries, entries, first, last, outputs, pictures, scratch);
    }
}

}  // namespace LANDER_NAMESPACE
