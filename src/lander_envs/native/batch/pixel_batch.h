// Pixel batch: decisions of several base steps, and stacks of small pictures as observations.
//
// The stacks are the caller's arrays. A decision drops the oldest picture of a stack and draws the
// newest one in its place; base steps within a decision are not drawn.
#pragma once

#include "batch/state_batch.h"
#include "render/camera.h"

namespace LANDER_NAMESPACE {

/// Length of decisions and episodes.
struct Timing {
    int frame_skip;  // base steps a decision
    i32 base_steps;  // time limit in base steps
    i32 decisions;   // time limit in decisions
};

/// Stacks of pictures, and arrays with one item a lander.
struct PictureStacks {
    const Camera* camera;
    int depth;                   // pictures a stack
    u8* stacks;                  // oldest picture first
    u8* bases;                   // base of an episode's pictures (render/camera.h)
    i32* decisions;              // of the episode
    u8* final_stacks = nullptr;  // written where an episode ends under same_step
    u8* copies = nullptr;        // copies of all stacks, for the caller to keep; may be null

    LANDER_FN int picture() const { return picture_bytes(camera->reduction); }
    LANDER_FN i64 stack_bytes() const { return static_cast<i64>(depth) * picture(); }
    LANDER_FN u8* stack(int i) const { return stacks + i * stack_bytes(); }
    LANDER_FN u8* base(int i) const { return bases + static_cast<i64>(i) * picture(); }
};

/// Fills a stack with the first picture of an episode.
LANDER_FN void start_stack(const PictureStacks& pictures, const Entry& entry, int i,
                           Scratch& scratch) {
    const int bytes = pictures.picture();
    u8* stack = pictures.stack(i);
    draw_base(*pictures.camera, entry.state.world.terrain, scratch, pictures.base(i));
    take_picture(*pictures.camera, entry.state.world, *entry.particles, pictures.base(i), scratch,
                 stack);
    for (int k = 1; k < pictures.depth; ++k) {
        copy_bytes(stack + k * bytes, stack, bytes);
    }
    pictures.decisions[i] = 0;
}

/// Drops the oldest picture of a stack and appends a new one.
LANDER_FN void push_picture(const PictureStacks& pictures, const Entry& entry, int i,
                            Scratch& scratch) {
    const int bytes = pictures.picture();
    u8* stack = pictures.stack(i);
    for (int k = 1; k < pictures.depth; ++k) {
        copy_bytes(stack + (k - 1) * bytes, stack + k * bytes, bytes);
    }
    take_picture(*pictures.camera, entry.state.world, *entry.particles, pictures.base(i), scratch,
                 stack + (pictures.depth - 1) * bytes);
}

/// Copies a stack for the caller, while it is in the cache.
LANDER_FN void copy_stack(const PictureStacks& pictures, int i) {
    if (pictures.copies != nullptr) {
        const i64 bytes = pictures.stack_bytes();
        copy_bytes(pictures.copies + i * bytes, pictures.stack(i), static_cast<int>(bytes));
    }
}

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
                             const Outputs& outputs, const PictureStacks& pictures,
                             Scratch& scratch) {
    const auto write = [&](const StepResult& result, int i) {
        const i64 bytes = pictures.stack_bytes();
        copy_bytes(pictures.final_stacks + i * bytes, pictures.stack(i), static_cast<int>(bytes));
        write_restart(result, outputs, i);
        start_stack(pictures, entries[i], i, scratch);
        copy_stack(pictures, i);
    };
    reset_group(step_entries, entries, first, last, outputs.ended, write);
}

/// One decision of each lander of a group; `action_of(i)` is that of lander i.
template <class Actions>
LANDER_FN void decide_group(StepEntries step_entries, Entry* entries, int first, int last,
                            const Actions& action_of, const Timing& timing, Autoreset mode,
                            const Outputs& outputs, const PictureStacks& pictures,
                            Scratch& scratch) {
    EntryStep steps[group_size];
    prepare_steps(steps, entries, first, last, action_of, mode, outputs);
    repeat_steps(step_entries, steps, last - first, timing, entries, outputs);
    for (int k = 0; k < last - first; ++k) {
        EntryStep& step = steps[k];
        const int i = static_cast<int>(step.entry - entries);
        if (step.starts) {
            write_reset(step.result, outputs, i);
            start_stack(pictures, *step.entry, i, scratch);
            copy_stack(pictures, i);
            continue;
        }
        const bool truncated =
            ++pictures.decisions[i] >= timing.decisions || step.entry->elapsed >= timing.base_steps;
        step.result.reward = outputs.rewards[i];
        write_step(step.result, truncated, outputs, i);
        push_picture(pictures, *step.entry, i, scratch);
        copy_stack(pictures, i);
    }
    if (mode == Autoreset::same_step) {
        restart_group(step_entries, entries, first, last, outputs, pictures, scratch);
    }
}

}  // namespace LANDER_NAMESPACE
