// Many landers behind the vector API of Gymnasium: time limit, autoreset, output arrays.
//
// The arrays belong to the caller; a step writes into them and allocates nothing. Each lander draws
// from its own stream, so that results depend neither on its neighbours nor on the threads.
#pragma once

#include "env/particles.h"

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

/// The most landers that are stepped together: enough to fill lanes, few enough for the cache.
inline constexpr int group_size = 256;

/// A task under way.
struct Mission {
    Flight flight;
    JetTrace<NoTrace> trace;
};

LANDER_FN void begin(const Task& task, Mission& mission) {
    Entry& entry = *task.entry;
    State& state = entry.state;
    Load push{};
    if (task.starts) {
        push = start_over(state, draw_reset(state.random, entry.params));
    }
    const Action action = task.starts ? Action{} : task.action;
    begin_flight(state, entry.params, action, draw_step(state.random), push, mission.flight,
                 mission.trace);
}

LANDER_FN void finish(Task& task, Mission& mission) {
    Entry& entry = *task.entry;
    task.step = finish_flight(entry.state, mission.flight, mission.trace);
    entry.elapsed = task.starts ? 0 : entry.elapsed + 1;
    if (entry.flames == nullptr) {
        return;
    }
    if (task.starts) {
        entry.flames->count = 0;
    } else {
        step_flames(*entry.flames, entry.state.world.terrain,
                    static_cast<float>(entry.params.gravity), mission.trace.jets,
                    mission.trace.jet_count);
    }
}

/// Worlds of a kind make the solver do the same: one order of the island, as many contacts.
LANDER_FN int kind_of(const World& world) {
    int contacts[body_count] = {};
    for (int i = 0; i < world.contact_count; ++i) {
        if (takes_part(world.contacts[i]) && contacts[world.contacts[i].body] < 3) {
            ++contacts[world.contacts[i].body];
        }
    }
    const int usual_order = island_order(world).joints[0] == 1 ? 0 : 1;
    return ((usual_order * 4 + contacts[0]) * 4 + contacts[1]) * 4 + contacts[2];
}
inline constexpr int kind_count = 2 * 4 * 4 * 4;

using GroupJob = Job<JetTrace<NoTrace>>;

/// Lists the jobs of a group, kind by kind (a counting sort). Returns how many there are, and in
/// `orders` where the second island order begins.
LANDER_FN int sort_jobs(const Task* tasks, Mission* missions, int count, GroupJob* jobs,
                        int& usual) {
    u8 kinds[group_size];
    int starts[kind_count + 1] = {};
    for (int i = 0; i < count; ++i) {
        if (missions[i].flight.moves) {
            kinds[i] = static_cast<u8>(kind_of(tasks[i].entry->state.world));
            ++starts[kinds[i] + 1];
        }
    }
    for (int kind = 0; kind < kind_count; ++kind) {
        starts[kind + 1] += starts[kind];
    }
    usual = starts[kind_count / 2];
    const int total = starts[kind_count];
    for (int i = 0; i < count; ++i) {
        if (missions[i].flight.moves) {
            Entry& entry = *tasks[i].entry;
            jobs[starts[kinds[i]]++] =
                job_of(entry.state, entry.params, missions[i].flight, missions[i].trace);
        }
    }
    return total;
}

/// Solves jobs of one island order, as many at once as there are lanes.
template <class F>
LANDER_FN void solve_jobs(const GroupJob* jobs, int count) {
    constexpr int width = Lanes<F>::width;
    for (int i = 0; i < count; i += width) {
        solve_islands<F>(jobs + i, count - i < width ? count - i : width);
    }
}

/// Carries out the tasks of landers that are all different, `group_size` at most.
template <class F>
LANDER_FN void carry_out(Task* tasks, int count) {
    Mission missions[group_size];
    GroupJob jobs[group_size];
    for (int i = 0; i < count; ++i) {
        begin(tasks[i], missions[i]);
    }
    int usual;
    const int total = sort_jobs(tasks, missions, count, jobs, usual);
    solve_jobs<F>(jobs, usual);
    solve_jobs<F>(jobs + usual, total - usual);
    for (int i = 0; i < count; ++i) {
        finish(tasks[i], missions[i]);
    }
}

/// carry_out as compiled for one instruction set (instruction_sets.h).
using CarryOut = void (*)(Task* tasks, int count);

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
LANDER_FN void start_group(CarryOut carry_out, Entry* entries, int first, int last,
                           const bool* chosen, const Write& write) {
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
LANDER_FN void step_group(CarryOut carry_out, Entry* entries, int first, int last,
                          const Actions& action_of, i32 limit, Autoreset mode, const Rows& rows) {
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
        start_group(carry_out, entries, first, last, rows.ended, [&](const Step& step, int i) {
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
