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

/// Starts lander i's next episode and writes its first observation.
LANDER_FN void start_episode(Entry& entry, float obs[8]) {
    NoTrace trace;
    const ResetDraws draws = draw_reset(entry.state.random, entry.params);
    const StepDraws first = draw_step(entry.state.random);
    const Step step = reset(entry.state, entry.params, draws, first, trace);
    entry.elapsed = 0;
    if (entry.flames != nullptr) {
        entry.flames->count = 0;
    }
    copy_observation(step, obs);
}

/// A step of lander i that only resets it.
LANDER_FN void reset_row(Entry& entry, const Rows& rows, int i) {
    start_episode(entry, rows.obs[i]);
    rows.rewards[i] = 0.0;
    rows.terminated[i] = rows.truncated[i] = rows.ended[i] = false;
    rows.outcomes[i] = Outcome::none;
    rows.on_pad[i] = false;
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

LANDER_FN void step_row(Entry& entry, const Action& action, i32 limit, Autoreset mode,
                        const Rows& rows, int i) {
    if (rows.ended[i] && mode == Autoreset::next_step) {
        reset_row(entry, rows, i);
        return;
    }
    const Step step = advance(entry, action);
    copy_observation(step, rows.obs[i]);
    rows.rewards[i] = step.reward;
    rows.terminated[i] = step.terminated;
    rows.truncated[i] = entry.elapsed >= limit;
    rows.ended[i] = rows.terminated[i] || rows.truncated[i];
    rows.outcomes[i] = outcome_of(step, rows.truncated[i]);
    const float x = step.observation[0];
    rows.on_pad[i] = rows.ended[i] && x <= pad_half_width && x >= -pad_half_width;
    if (rows.ended[i] && mode == Autoreset::same_step) {
        copy_observation(step, rows.final_obs[i]);
        start_episode(entry, rows.obs[i]);
    }
}

}  // namespace LANDER_NAMESPACE
