// Many landers behind the vector API of Gymnasium: time limit, autoreset, output arrays.
//
// The arrays belong to the caller; a step writes into them and allocates nothing. Each lander draws
// from its own stream, so that results depend neither on its neighbours nor on the threads.
#pragma once

#include "particles.h"

namespace LANDER_NAMESPACE {

/// When a lander whose episode has ended starts its next one.
enum class Autoreset : int {
    next_step,  // in the next step, which ignores the action
    same_step,  // in the step that ended it, which keeps the last observation in final_obs
    disabled    // when the caller resets it
};

/// How an episode ended; the order is that of the names in Python.
enum class Outcome : u8 { none, landed, crashed, out_of_bounds, timeout };

struct Entry {
    State state;
    Params params;
    i32 elapsed;     // steps of the episode
    Flames* flames;  // null unless pictures are asked for
};

/// Output, one row a lander. `ended` also is input: whether the episode was over before the step.
struct Rows {
    float (*obs)[8];
    double* rewards;
    bool* terminated;
    bool* truncated;
    bool* ended;
    Outcome* outcomes;
    bool* on_pad;
    float (*final_obs)[8];  // written where an episode ends under same_step
};

LANDER_FN void copy_observation(const Step& step, float out[8]) {
    for (int i = 0; i < 8; ++i) {
        out[i] = step.observation[i];
    }
}

LANDER_FN Outcome outcome_of(const Step& step, bool truncated) {
    if (step.landed) {
        return Outcome::landed;
    }
    if (step.crashed) {
        return Outcome::crashed;
    }
    if (step.out_of_bounds) {
        return Outcome::out_of_bounds;
    }
    return truncated ? Outcome::timeout : Outcome::none;
}

/// What one lander is asked to do in a base step, and what came of it.
struct Task {
    Entry* entry;
    Action action;
    bool starts;  // begin an episode instead, whatever the action
    Step step;    // the result
};

/// Begins an episode; its first observation is that of the result.
LANDER_FN Step start_episode(Entry& entry) {
    NoTrace trace;
    const ResetDraws draws = draw_reset(entry.state.random, entry.params);
    const StepDraws first = draw_step(entry.state.random);
    const Step step = reset(entry.state, entry.params, draws, first, trace);
    entry.elapsed = 0;
    if (entry.flames != nullptr) {
        entry.flames->count = 0;
    }
    return step;
}

/// A base step, with flames if they are drawn.
LANDER_FN Step advance(Entry& entry, const Action& action) {
    const StepDraws draws = draw_step(entry.state.random);
    JetTrace<NoTrace> trace;
    const Step taken = step(entry.state, entry.params, action, draws, trace);
    ++entry.elapsed;
    if (entry.flames != nullptr) {
        step_flames(*entry.flames, entry.state.world.terrain,
                    static_cast<float>(entry.params.gravity), trace.jets, trace.jet_count);
    }
    return taken;
}

/// Carries out the tasks of landers that are all different.
LANDER_FN void carry_out(Task* tasks, int count) {
    for (int i = 0; i < count; ++i) {
        Task& task = tasks[i];
        task.step = task.starts ? start_episode(*task.entry) : advance(*task.entry, task.action);
    }
}

/// The most landers that are stepped together: enough to fill lanes, few enough for the cache.
inline constexpr int group_size = 64;

/// The row of a lander that was only reset.
LANDER_FN void write_first(const Step& step, const Rows& rows, int i) {
    copy_observation(step, rows.obs[i]);
    rows.rewards[i] = 0.0;
    rows.terminated[i] = rows.truncated[i] = rows.ended[i] = false;
    rows.outcomes[i] = Outcome::none;
    rows.on_pad[i] = false;
}

LANDER_FN void write_step(const Step& step, bool truncated, const Rows& rows, int i) {
    copy_observation(step, rows.obs[i]);
    rows.rewards[i] = step.reward;
    rows.terminated[i] = step.terminated;
    rows.truncated[i] = truncated;
    rows.ended[i] = step.terminated || truncated;
    rows.outcomes[i] = outcome_of(step, truncated);
    const float x = step.observation[0];
    rows.on_pad[i] = rows.ended[i] && x <= pad_half_width && x >= -pad_half_width;
}

/// Starts the next episodes of a group's landers with `chosen[i]`, and hands each first step to
/// `write(step, i)`.
template <class Write>
LANDER_FN void start_group(Entry* entries, int first, int last, const bool* chosen,
                           const Write& write) {
    Task tasks[group_size];
    int count = 0;
    for (int i = first; i < last; ++i) {
        if (chosen[i]) {
            tasks[count++] = {&entries[i], Action{}, true, Step{}};
        }
    }
    carry_out(tasks, count);
    for (int k = 0; k < count; ++k) {
        write(tasks[k].step, static_cast<int>(tasks[k].entry - entries));
    }
}

/// A task for each lander of a group; `action_of(i)` is the action of lander i.
template <class Actions>
LANDER_FN void make_tasks(Task* tasks, Entry* entries, int first, int last,
                          const Actions& action_of, Autoreset mode, const Rows& rows) {
    for (int i = first; i < last; ++i) {
        const bool starts = mode == Autoreset::next_step && rows.ended[i];
        tasks[i - first] = {&entries[i], action_of(i), starts, Step{}};
    }
}

/// Steps a group; `action_of(i)` is the action of lander i.
template <class Actions>
LANDER_FN void step_group(Entry* entries, int first, int last, const Actions& action_of, i32 limit,
                          Autoreset mode, const Rows& rows) {
    Task tasks[group_size];
    make_tasks(tasks, entries, first, last, action_of, mode, rows);
    carry_out(tasks, last - first);
    for (int i = first; i < last; ++i) {
        const Task& task = tasks[i - first];
        if (task.starts) {
            write_first(task.step, rows, i);
        } else {
            write_step(task.step, entries[i].elapsed >= limit, rows, i);
        }
    }
    if (mode == Autoreset::same_step) {
        start_group(entries, first, last, rows.ended, [&](const Step& step, int i) {
            for (int k = 0; k < 8; ++k) {
                rows.final_obs[i][k] = rows.obs[i][k];
            }
            copy_observation(step, rows.obs[i]);
        });
    }
}

/// Calls `work(from, to)` for the groups of a range.
template <class Work>
LANDER_FN void for_each_group(int first, int last, const Work& work) {
    for (int from = first; from < last; from += group_size) {
        work(from, from + group_size < last ? from + group_size : last);
    }
}

}  // namespace LANDER_NAMESPACE
