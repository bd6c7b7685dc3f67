// Pure landers in device memory: one thread resets or steps one lander of JAX's arrays.
//
// The functions of batch/pure_batch.h for a lander a thread; kernels/pure_pictures.h draws. A
// kernel cannot refuse: a lander with an invalid action or argument keeps its state, and its
// numbers are NaN.
#pragma once

#include "batch/outputs.h"
#include "batch/transforms.h"
#include "kernels/decision.h"
#include "kernels/progress.h"

namespace LANDER_NAMESPACE {

/// Floats or doubles, as JAX has them without or with 64-bit mode.
struct DeviceReals {
    void* data;
    bool wide;
};

/// Arguments of the env, a row a lander, and their ranges, which include the ends.
struct PureParams {
    DeviceReals rows;  // (count, param_count)
    ParamRanges allowed;
    bool continuous;
};

/// A pass over landers, whose states it changes in place; those of a reset must be zero.
struct PureArguments {
    Entry* entries;
    Particles* particles;  // null unless pictures are drawn
    i32* decisions;        // of the episode; null if a step is one base step
    const u32* keys;       // (count, words), of a reset
    i32 words;
    const i32* actions;  // 0 to 3; not read if actions are throttles
    DeviceReals throttles;
    PureParams params;
    float (*obs)[observation_size];
    float (*final_obs)[observation_size];  // this and those below: of a step
    DeviceReals rewards, raw_rewards;
    bool* terminated;
    bool* truncated;
    Outcome* outcomes;
    bool* on_pad;
    bool restarts;  // an episode that ends is followed by the next one in the same pass
    Timing timing;
    Transforms transforms;
    Pass pass;
    i32 count;
};

namespace kernels {

LANDER_FN double not_a_number() {
    const double zero = 0.0;
    return zero / zero;
}

LANDER_FN double real_at(const DeviceReals& reals, i64 i) {
    return reals.wide ? static_cast<const double*>(reals.data)[i]
                      : static_cast<double>(static_cast<const float*>(reals.data)[i]);
}

LANDER_FN void set_real(const DeviceReals& reals, i64 i, double value) {
    if (reals.wide) {
        static_cast<double*>(reals.data)[i] = value;
    } else {
        static_cast<float*>(reals.data)[i] = static_cast<float>(value);
    }
}

/// Reads the arguments of lander i. Returns false outside their ranges.
LANDER_FN bool read_params(const PureParams& from, int i, double row[param_count]) {
    write_row(Params{}, row);
    bool valid = true;
    for (int k = 0; k < param_count; ++k) {
        const double value = real_at(from.rows, static_cast<i64>(i) * param_count + k);
        // Without 64-bit mode, the float32 next to a default stands for the default.
        const bool rounded = !from.rows.wide && value == static_cast<float>(row[k]);
        row[k] = rounded ? row[k] : value;
        valid = valid && from.allowed.low[k] <= row[k] && row[k] <= from.allowed.high[k];
    }
    return valid;
}

/// Reads the action of lander i. Returns false if it is not in the action space.
LANDER_FN bool read_action(const PureArguments& call, int i, Action& action) {
    if (call.params.continuous) {
        const double main = real_at(call.throttles, 2 * static_cast<i64>(i));
        const double lateral = real_at(call.throttles, 2 * static_cast<i64>(i) + 1);
        action = {0, main, lateral};
        return main == main && lateral == lateral;
    }
    action = {call.actions[i], 0.0, 0.0};
    return call.actions[i] >= 0 && call.actions[i] < action_count;
}

LANDER_FN void fill_nan(float out[observation_size]) {
    for (int k = 0; k < observation_size; ++k) {
        out[k] = static_cast<float>(not_a_number());
    }
}

/// Prepares the generator, the arguments and the action of lander i. Returns false if an argument
/// or the action is invalid.
LANDER_FN bool prepare(const PureArguments& call, int i, Action& action) {
    Entry& entry = call.entries[i];
    const bool resets = call.pass == Pass::reset;
    if (resets) {
        entry.state.random = seeded_pcg64(call.keys + static_cast<i64>(i) * call.words, call.words);
    }
    double row[param_count];
    if (!read_params(call.params, i, row) || (!resets && !read_action(call, i, action))) {
        return false;
    }
    entry.params.continuous = call.params.continuous;
    assign_row(entry.params, row);
    return true;
}

/// Numbers of a lander whose call is invalid.
LANDER_FN void write_invalid(const PureArguments& call, int i) {
    fill_nan(call.obs[i]);
    if (call.pass == Pass::reset) {
        return;
    }
    fill_nan(call.final_obs[i]);
    set_real(call.rewards, i, not_a_number());
    set_real(call.raw_rewards, i, not_a_number());
    call.terminated[i] = call.truncated[i] = call.on_pad[i] = false;
    call.outcomes[i] = Outcome::running;
}

/// Numbers of a step but for the observation; `before` is the potential before it. Returns true if
/// the episode ended.
LANDER_FN bool write_pure_step(const PureArguments& call, int i, const StepResult& result,
                               double before) {
    const Shaping& shaping = call.transforms.shaping;
    double reward = result.reward;
    if (shaping.active) {
        const double after = potential(shaping, result.observation);
        reward += shaping_reward(shaping, before, after, result.terminated);
    }
    const bool late = count_decision(call.timing, call.entries[i], call.decisions, i);
    observe(call.transforms.observation, result.observation, call.final_obs[i]);
    set_real(call.rewards, i, reward);
    set_real(call.raw_rewards, i, result.reward);
    call.terminated[i] = result.terminated;
    call.truncated[i] = late;
    call.outcomes[i] = outcome_of(result, late);
    call.on_pad[i] = is_on_pad(result);
    return result.terminated || late;
}

}  // namespace kernels

/// The share of lander i in a pass. A step that ends an episode starts the next one, if the call
/// says so.
LANDER_FN void pure_lander(const PureArguments& call, int i) {
    using namespace kernels;
    Action action{};
    if (call.pass == Pass::restart) {
        if (!call.terminated[i] && !call.truncated[i]) {
            return;
        }
    } else if (!prepare(call, i, action)) {
        write_invalid(call, i);
        return;
    }
    Entry& entry = call.entries[i];
    entry.particles = call.particles == nullptr ? nullptr : call.particles + i;
    const Shaping& shaping = call.transforms.shaping;
    const double before =
        shaping.active ? potential(shaping, observed(entry.state.world).observation) : 0.0;
    bool starts = call.pass != Pass::step;
    // One call of decide for both rounds, so that the compiler inlines it.
    for (bool more = true; more;) {
        const StepResult result =
            decide({&entry, action, starts, StepResult{}}, call.timing, call.decisions != nullptr);
        observe(call.transforms.observation, result.observation, call.obs[i]);
        more = !starts && write_pure_step(call, i, result, before) && call.restarts;
        starts = true;
    }
    if (call.pass == Pass::restart) {
        call.decisions[i] = 0;
    }
    entry.particles = nullptr;  // a state holds no address
}

}  // namespace LANDER_NAMESPACE
