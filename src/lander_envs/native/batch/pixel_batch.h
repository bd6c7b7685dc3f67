// Many landers seen in pictures: decisions of several base steps, and the stacks of their pictures.
//
// The stacks are the observations and belong to the caller, as the rows do. A decision moves a
// stack on by one picture and draws the newest where there is room; base steps within it are not
// drawn.
#pragma once

#include "batch/state_batch.h"
#include "render/camera.h"

namespace LANDER_NAMESPACE {

/// How long decisions and episodes last.
struct Timing {
    int frame_skip;  // base steps a decision
    i32 base_steps;  // an episode, whatever frame_skip
    i32 decisions;   // an episode
};

/// What pictures add to the rows, in arrays with one item a lander.
struct PixelRows {
    const Camera* camera;
    int depth;       // pictures a stack
    u8* stacks;      // oldest picture first
    u8* bases;       // what an episode's pictures have in common
    i32* decisions;  // of the episode

    LANDER_FN int picture() const { return picture_bytes(camera->reduction); }
    LANDER_FN u8* stack(int i) const { return stacks + static_cast<i64>(i) * depth * picture(); }
    LANDER_FN u8* base(int i) const { return bases + static_cast<i64>(i) * picture(); }
};

/// Fills a stack with the first picture of an episode.
LANDER_FN void start_stack(const PixelRows& rows, const Entry& entry, int i, Scratch& scratch) {
    const int bytes = rows.picture();
    u8* stack = rows.stack(i);
    draw_base(*rows.camera, entry.state.world.terrain, scratch, rows.base(i));
    take_picture(*rows.camera, entry.state.world, *entry.flames, rows.base(i), scratch, stack);
    for (int k = 1; k < rows.depth; ++k) {
        copy_bytes(stack + k * bytes, stack, bytes);
    }
    rows.decisions[i] = 0;
}

/// Drops the oldest picture of a stack and appends one of the present.
LANDER_FN void push_picture(const PixelRows& rows, const Entry& entry, int i, Scratch& scratch) {
    const int bytes = rows.picture();
    u8* stack = rows.stack(i);
    for (int k = 1; k < rows.depth; ++k) {
        copy_bytes(stack + (k - 1) * bytes, stack + k * bytes, bytes);
    }
    take_picture(*rows.camera, entry.state.world, *entry.flames, rows.base(i), scratch,
                 stack + (rows.depth - 1) * bytes);
}

/// Carries tasks out again and again, each until its episode is over, and adds the rewards up in
/// each lander's row. Tasks that are done move to the end.
LANDER_FN void repeat(CarryOut carry_out, Task* tasks, int count, const Timing& timing,
                      const Entry* entries, const Rows& rows) {
    for (int k = 0; k < count; ++k) {
        rows.rewards[tasks[k].entry - entries] = 0.0;
    }
    int running = count;
    for (int round = 0; round < timing.frame_skip && running > 0; ++round) {
        carry_out(tasks, running);
        for (int k = running - 1; k >= 0; --k) {
            const Task task = tasks[k];
            rows.rewards[task.entry - entries] += task.step.reward;
            const bool timed_out = task.entry->elapsed >= timing.base_steps;
            if (task.starts || task.step.terminated || timed_out) {
                tasks[k] = tasks[--running];
                tasks[running] = task;
            }
        }
    }
}

/// Lets a group take a decision each; `action_of(i)` is that of lander i. Under same_step the
/// caller starts the next episodes, once it has read how the last ones ended.
template <class Actions>
LANDER_FN void decide_group(CarryOut carry_out, Entry* entries, int first, int last,
                            const Actions& action_of, const Timing& timing, Autoreset mode,
                            const Rows& rows, const PixelRows& pixels, Scratch& scratch) {
    Task tasks[group_size];
    make_tasks(tasks, entries, first, last, action_of, mode, rows);
    repeat(carry_out, tasks, last - first, timing, entries, rows);
    for (int k = 0; k < last - first; ++k) {
        Task& task = tasks[k];
        const int i = static_cast<int>(task.entry - entries);
        if (task.starts) {
            write_first(task.step, rows, i);
            start_stack(pixels, *task.entry, i, scratch);
            continue;
        }
        const bool truncated =
            ++pixels.decisions[i] >= timing.decisions || task.entry->elapsed >= timing.base_steps;
        task.step.reward = rows.rewards[i];
        write_step(task.step, truncated, rows, i);
        push_picture(pixels, *task.entry, i, scratch);
    }
}

}  // namespace LANDER_NAMESPACE
