// Landers in device memory: one thread seeds, steps, writes or reads one lander.
//
// Plain functions of a thread's index, so that the same text runs on a GPU and, in tests, on the
// host. What a call needs comes in one struct, the argument of its kernel.
#pragma once

#include "batch/outputs.h"
#include "env/serialize_particles.h"
#include "kernels/decision.h"
#include "kernels/order.h"
#include "kernels/progress.h"

namespace LANDER_NAMESPACE {

/// Invalid call of one lander; it stays until the host reads and clears it.
enum class Fault : u8 {
    none,
    action,  // not in the action space, NaN included
    ended    // a step of an episode that is over (Autoreset::disabled)
};

/// Arrays in device memory, with one item a lander.
struct DeviceLanders {
    Entry* entries;
    Particles* particles;  // null unless pictures are drawn
    i32* decisions;        // of the episode; null if a step is one base step
    Progress* progress;
    Fault* faults;
    u8* sort_keys;
    i32* order;  // the lander of each thread of a step: a permutation
    Outputs outputs;
    i32 count;
};

struct StepArguments {
    DeviceLanders landers;
    const i64* actions;       // 0 to 3; null if actions are throttles
    const double* throttles;  // (count, 2)
    const bool* mask;         // of a reset
    i32 frame_skip;           // base steps a decision
    i32 base_steps;           // time limit in base steps
    i32 decision_limit;       // time limit in decisions
    Autoreset autoreset;
    Pass pass;
};

namespace kernels {

/// Entry of lander i, bound to its particles.
LANDER_FN Entry& entry_of(const DeviceLanders& landers, int i) {
    Entry& entry = landers.entries[i];
    entry.particles = landers.particles == nullptr ? nullptr : landers.particles + i;
    return entry;
}

LANDER_FN Action action_of(const StepArguments& call, int i) {
    if (call.actions != nullptr) {
        return {static_cast<int>(call.actions[i]), 0.0, 0.0};
    }
    return call.throttles == nullptr ? Action{}
                                     : Action{0, call.throttles[2 * i], call.throttles[2 * i + 1]};
}

LANDER_FN Fault fault_of(const StepArguments& call, int i) {
    if (call.autoreset == Autoreset::disabled && call.landers.outputs.ended[i]) {
        return Fault::ended;
    }
    if (call.actions != nullptr) {
        return call.actions[i] < 0 || call.actions[i] > 3 ? Fault::action : Fault::none;
    }
    const double* t = call.throttles + 2 * i;
    return t[0] == t[0] && t[1] == t[1] ? Fault::none : Fault::action;
}

LANDER_FN bool starts(const StepArguments& call, int i) {
    switch (call.pass) {
        case Pass::step:
            return call.autoreset == Autoreset::next_step && call.landers.outputs.ended[i];
        case Pass::reset:
            return call.mask[i];
        default:
            return call.landers.outputs.ended[i];
    }
}

}  // namespace kernels

/// Steps or starts lander i, as the pass says, and writes its outputs.
LANDER_FN void step_lander(const StepArguments& call, int i) {
    using namespace kernels;
    const DeviceLanders& landers = call.landers;
    const bool start = starts(call, i);
    landers.progress[i] = start ? Progress::started : Progress::none;
    if (!start) {
        if (call.pass != Pass::step) {
            return;
        }
        const Fault fault = fault_of(call, i);
        if (fault != Fault::none) {
            landers.faults[i] = fault;
            return;
        }
        landers.progress[i] = Progress::stepped;
    }
    Entry& entry = entry_of(landers, i);
    const Timing timing{call.frame_skip, call.base_steps, call.decision_limit};
    const StepResult result = decide({&entry, action_of(call, i), start, StepResult{}}, timing,
                                     landers.decisions != nullptr);
    if (!start) {
        const bool late = count_decision(timing, entry, landers.decisions, i);
        write_step(result, late, landers.outputs, i);
        landers.sort_keys[i] = sort_key(entry.state.world, landers.outputs.ended[i]);
        return;
    }
    landers.sort_keys[i] = sort_key(entry.state.world, false);
    if (landers.decisions != nullptr) {
        landers.decisions[i] = 0;
    }
    if (call.pass == Pass::restart) {
        write_restart(result, landers.outputs, i);
    } else {
        write_reset(result, landers.outputs, i);
    }
}

/// Seeds, as 32-bit digits, lowest first.
struct SeedArguments {
    Entry* entries;
    const u32* digits;   // (count, width)
    const i32* lengths;  // digits of each seed; 0 leaves the generator as it is
    i32 width;
    i32 count;
};

/// Seeds lander i's generator as numpy.random.PCG64(seed).
LANDER_FN void seed_lander(const SeedArguments& call, int i) {
    if (call.lengths[i] > 0) {
        call.entries[i].state.random =
            seeded_pcg64(call.digits + static_cast<i64>(i) * call.width, call.lengths[i]);
    }
}

/// Arguments of the env, a row a lander.
struct ParamArguments {
    Entry* entries;
    const bool* mask;
    const double* rows;  // (count, param_count)
    i32 count;
    bool continuous;
    bool next;  // from the next episode on, not from the next step on
};

/// Sets the arguments of lander i, if the mask has it.
LANDER_FN void set_params_of(const ParamArguments& call, int i) {
    if (!call.mask[i]) {
        return;
    }
    Entry& entry = call.entries[i];
    Params& params = call.next ? entry.next_params : entry.params;
    params.continuous = call.continuous;
    assign_row(params, call.rows + static_cast<i64>(i) * param_count);
    entry.params_change = call.next;
}

/// Clock and arguments of a lander's episode, which are not part of its state.
struct Record {
    i32 size;     // bytes of the state, with its particles if it has them
    i32 elapsed;  // base steps
    i32 decisions;
    bool ended;
    double params[param_count];
};

/// Maximum size of a state with its particles.
inline constexpr int state_and_particles_capacity = state_capacity + particles_capacity;

/// Landers to write: record k and its bytes belong to lander first + k.
struct WriteArguments {
    DeviceLanders landers;
    u8* bytes;  // (count, state_and_particles_capacity)
    Record* records;
    i32 first, count;
};

/// Writes lander first + k in the layout of clone_state.
LANDER_FN void write_lander(const WriteArguments& call, int k) {
    const int i = call.first + k;
    const Entry& entry = kernels::entry_of(call.landers, i);
    u8* const bytes = call.bytes + static_cast<i64>(k) * state_and_particles_capacity;
    Record& record = call.records[k];
    record.size = write_state(entry.state, bytes);
    if (entry.particles != nullptr) {
        record.size += write_particles(*entry.particles, bytes + record.size);
    }
    record.elapsed = entry.elapsed;
    record.decisions = call.landers.decisions == nullptr ? 0 : call.landers.decisions[i];
    record.ended = call.landers.outputs.ended[i];
    write_row(entry.params, record.params);
}

/// A lander to restore. The host has read and validated its state; host and device lay it out
/// alike.
struct RestoreArguments {
    DeviceLanders landers;
    const State* states;         // one item a lander
    const Particles* particles;  // the same; not read if the landers have none
    const Record* records;       // size and arguments are not read
    i32 first, count;
};

/// Restores lander first + k.
LANDER_FN void restore_lander(const RestoreArguments& call, int k) {
    const int i = call.first + k;
    Entry& entry = kernels::entry_of(call.landers, i);
    const Record& record = call.records[k];
    entry.state = call.states[k];
    if (entry.particles != nullptr) {
        *entry.particles = call.particles[k];
    }
    entry.elapsed = record.elapsed;
    if (call.landers.decisions != nullptr) {
        call.landers.decisions[i] = record.decisions;
    }
    call.landers.outputs.ended[i] = record.ended;
    call.landers.sort_keys[i] = kernels::sort_key(entry.state.world, record.ended);
    call.landers.progress[i] = Progress::started;  // its base has to be drawn
    copy_observation(observed(entry.state.world), call.landers.outputs.obs[i]);
}

}  // namespace LANDER_NAMESPACE
