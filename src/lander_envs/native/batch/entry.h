// Entry of a batch: one lander with its arguments and its clock, and one step of it.
//
// Each lander draws from its own generator, so the results depend neither on its neighbours nor on
// threads.
#pragma once

#include "env/lander.h"
#include "env/particles.h"

namespace LANDER_NAMESPACE {

/// One lander of a batch.
struct Entry {
    State state;
    Params params;
    i32 elapsed;           // base steps of the episode
    Particles* particles;  // null unless frames are drawn
    Params next_params;    // those of the next episode, if params_change
    bool params_change;
    bool randomizes;
    ParamRanges ranges;  // of the arguments that each episode draws, if randomizes
};

/// A step of an entry: what is asked for, and the result.
struct EntryStep {
    Entry* entry;
    Action action;
    bool starts;  // start an episode, whatever the action
    StepResult result;
};

/// First part of an entry's step; the solver comes next. Random numbers come from `source`.
template <class Source, class Trace>
LANDER_FN void begin(const EntryStep& step, Source& source, LanderStep& lander_step, Trace& trace) {
    State& state = step.entry->state;
    Params& params = step.entry->params;
    Load push{};
    if (step.starts) {
        if (step.entry->params_change) {
            params = step.entry->next_params;
            step.entry->params_change = false;
        }
        if (step.entry->randomizes) {
            draw_params(step.entry->ranges, source, params);
        }
        push = start_episode(state, draw_reset(source, params));
    }
    const Action action = step.starts ? Action{} : step.action;
    begin_step(state, params, action, draw_step(source), push, lander_step, trace);
}

/// Last part of an entry's step: the result, the clock, the particles.
template <class Trace>
LANDER_FN void finish(EntryStep& step, LanderStep& lander_step, Trace& trace) {
    Entry& entry = *step.entry;
    step.result = finish_step(entry.state, entry.params, lander_step, trace);
    entry.elapsed = step.starts ? 0 : entry.elapsed + 1;
    if (entry.particles == nullptr) {
        return;
    }
    if (step.starts) {
        entry.particles->count = 0;
    } else {
        step_particles(*entry.particles, entry.state.world.terrain,
                       static_cast<float>(entry.params.gravity), lander_step.particles);
    }
}

/// A whole step of one entry.
template <class Source, class Trace>
LANDER_FN StepResult step_entry(EntryStep step, Source& source, Trace& trace) {
    LanderStep lander_step;
    begin(step, source, lander_step, trace);
    solve(step.entry->state, step.entry->params, lander_step, trace);
    finish(step, lander_step, trace);
    return step.result;
}

}  // namespace LANDER_NAMESPACE
