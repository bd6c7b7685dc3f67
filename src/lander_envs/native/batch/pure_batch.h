// Pure batch: reset and step as functions of plain rows, for callers that own the state (JAX).
//
// A state is an array with one Entry a lander; with pictures, arrays of Particles and of a picture
// history lie beside it. Entry::particles points into them during a call and is null before and
// after, so that the bytes of a state hold no address. A function works on a group, at most
// `group_size` landers from the arrays' first one.
#pragma once

#include "batch/pixel_batch.h"
#include "batch/state_batch.h"
#include "batch/transforms.h"
#include "env/serialize_particles.h"

namespace LANDER_NAMESPACE {

using ObservationRow = float[observation_size];

/// Results of a step, with one item a lander. An episode that ends is followed by the next one if
/// `restarts`: `obs` is then that one's first observation, everything else belongs to the step.
struct PureOutputs {
    ObservationRow* obs;
    ObservationRow* final_obs;  // reached by the step, whether or not the episode ended there
    double* rewards;
    double* raw_rewards;  // before the shaping
    bool* terminated;
    bool* truncated;
    bool* ended;
    Outcome* outcomes;
    bool* on_pad;
    bool restarts;
};

/// Outputs of the engine's step that precede the transforms.
LANDER_FN Outputs untransformed(const PureOutputs& out, ObservationRow* states) {
    return {states,    out.raw_rewards, out.terminated, out.truncated,
            out.ended, out.outcomes,    out.on_pad,     nullptr};
}

/// Potentials of the present states.
LANDER_FN void potentials_of(const Shaping& shaping, const Entry* entries, int count,
                             double* potentials) {
    for (int i = 0; i < count; ++i) {
        potentials[i] = potential(shaping, observed(entries[i].state.world).observation);
    }
}

/// Transformed observations and rewards of a step that reached `states`.
LANDER_FN void transform(const Transforms& transforms, const ObservationRow* states,
                         const double* before, int count, const PureOutputs& out) {
    for (int i = 0; i < count; ++i) {
        observe(transforms.observation, states[i], out.obs[i]);
        observe(transforms.observation, states[i], out.final_obs[i]);
        out.rewards[i] = out.raw_rewards[i];
        if (transforms.shaping.active) {
            const double after = potential(transforms.shaping, states[i]);
            out.rewards[i] +=
                shaping_reward(transforms.shaping, before[i], after, out.terminated[i]);
        }
    }
}

/// First fault of an entry that a caller owned: a step of it would read or write elsewhere.
LANDER_FN StateFault entry_fault(Entry& entry) {
    StateChecker ar;
    ar.require(entry.particles == nullptr, "particles", "null between calls", 1.0);
    ar.flag(entry.params_change, "arguments");
    ar.flag(entry.randomizes, "arguments");
    ar.require(!entry.params_change && !entry.randomizes, "arguments", "those of the call", 1.0);
    check_state(ar, entry.state);
    return ar.fault();
}

/// First fault of a lander's particles and picture history that a caller owned.
LANDER_FN StateFault picture_fault(Particles& particles, const PictureHistory& history, int i) {
    StateChecker ar;
    check_particles(ar, particles);
    ar.count(history.newest[i], history.depth - 1, "newest", "below the number of frames");
    for (int place = 0; place < history.depth; ++place) {
        const Rows& rows = history.ring_rows(i, place);
        ar.count(rows.bottom, history.camera->reduction.y.cells, "rows", "in the picture");
        ar.require(rows.top >= 0 && rows.top <= rows.bottom, "rows", "in the picture", rows.top);
    }
    return ar.fault();
}

/// Starts an episode of each lander with `mask[i]` and writes its transformed observation.
LANDER_FN void pure_reset_group(StepEntries step_entries, Entry* entries, int count,
                                const bool* mask, const ObservationTransform& transform,
                                ObservationRow* obs) {
    const auto write = [&](const StepResult& result, int i) {
        observe(transform, result.observation, obs[i]);
    };
    reset_group(step_entries, entries, 0, count, mask, write);
}

/// Steps each lander of a group; `limit` is the time limit in base steps.
template <class Actions>
LANDER_FN void pure_step_group(StepEntries step_entries, Entry* entries, int count,
                               const Actions& action_of, i32 limit, const Transforms& transforms,
                               const PureOutputs& out) {
    ObservationRow states[group_size];
    double before[group_size];
    if (transforms.shaping.active) {
        potentials_of(transforms.shaping, entries, count, before);
    }
    step_group(step_entries, entries, 0, count, action_of, limit, Autoreset::disabled,
               untransformed(out, states));
    transform(transforms, states, before, count, out);
    if (out.restarts) {
        pure_reset_group(step_entries, entries, count, out.ended, transforms.observation, out.obs);
    }
}

/// Starts an episode of each lander with `mask[i]`, with its pictures, and writes its stack and its
/// transformed state.
LANDER_FN void pure_reset_pictures(StepEntries step_entries, Entry* entries, int count,
                                   const bool* mask, const ObservationTransform& transform,
                                   ObservationRow* obs, const Pictures& pictures,
                                   Scratch& scratch) {
    const auto write = [&](const StepResult& result, int i) {
        observe(transform, result.observation, obs[i]);
        pictures.start(entries[i], i, scratch);
        pictures.write(i);
    };
    reset_group(step_entries, entries, 0, count, mask, write);
}

/// One decision of each lander of a group. `pictures.final_stacks` take the stacks that the
/// decision reached, whether or not the episode ended there.
template <class Actions>
LANDER_FN void pure_decide_group(StepEntries step_entries, Entry* entries, int count,
                                 const Actions& action_of, const Timing& timing,
                                 const Transforms& transforms, const PureOutputs& out,
                                 const Pictures& pictures, Scratch& scratch) {
    ObservationRow states[group_size];
    double before[group_size];
    if (transforms.shaping.active) {
        potentials_of(transforms.shaping, entries, count, before);
    }
    Pictures reached = pictures;
    reached.stacks = pictures.final_stacks;
    decide_group(step_entries, entries, 0, count, action_of, timing, Autoreset::disabled,
                 untransformed(out, states), reached, scratch);
    transform(transforms, states, before, count, out);
    const int bytes = static_cast<int>(pictures.history.stack_bytes());
    for (int i = 0; i < count; ++i) {
        if (!out.restarts || !out.ended[i]) {
            const i64 place = static_cast<i64>(i) * bytes;
            copy_bytes(pictures.stacks + place, pictures.final_stacks + place, bytes);
        }
    }
    if (out.restarts) {
        pure_reset_pictures(step_entries, entries, count, out.ended, transforms.observation,
                            out.obs, pictures, scratch);
    }
}

}  // namespace LANDER_NAMESPACE
