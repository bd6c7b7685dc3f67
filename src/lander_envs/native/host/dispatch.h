// Which instruction sets this build has code for, which of them this processor has, which to use.
//
// Host only. Each set has its own translation unit (lanes.cpp), compiled in a namespace and with
// flags of its own; nothing but the function below crosses the border. All give the same bytes.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "batch/state_batch.h"

// The same function, compiled for each set.
#if defined(LANDER_HAS_WIDE)
void lander_carry_out_baseline(void* tasks, int count);
#endif
#if defined(LANDER_HAS_X86_SETS)
void lander_carry_out_avx2(void* tasks, int count);
void lander_carry_out_avx512(void* tasks, int count);
#endif

namespace lander_host {

struct InstructionSet {
    const char* name;
    lander::CarryOut carry_out;
};

template <void (*Compiled)(void*, int)>
void carry_out_with(lander::Task* tasks, int count) {
    Compiled(tasks, count);
}

/// The sets that can run here, the widest last. "scalar" steps landers one by one.
inline const std::vector<InstructionSet>& instruction_sets() {
    static const std::vector<InstructionSet> sets = [] {
        std::vector<InstructionSet> found{{"scalar", lander::carry_out<float>}};
#if defined(LANDER_HAS_WIDE)
        found.push_back({"baseline", carry_out_with<lander_carry_out_baseline>});
#endif
#if defined(LANDER_HAS_X86_SETS)
        if (__builtin_cpu_supports("avx2")) {
            found.push_back({"avx2", carry_out_with<lander_carry_out_avx2>});
        }
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
            found.push_back({"avx512", carry_out_with<lander_carry_out_avx512>});
        }
#endif
        return found;
    }();
    return sets;
}

inline constexpr const char* instruction_set_variable = "LANDER_ENVS_INSTRUCTION_SET";

/// The set that the environment variable names, else the widest.
inline const InstructionSet& chosen_instruction_set() {
    const char* const wanted = std::getenv(instruction_set_variable);
    if (wanted == nullptr || *wanted == '\0') {
        return instruction_sets().back();
    }
    std::string names;
    for (const InstructionSet& set : instruction_sets()) {
        if (std::string(wanted) == set.name) {
            return set;
        }
        names += std::string(names.empty() ? "" : ", ") + set.name;
    }
    throw std::invalid_argument(std::string("the environment variable ") +
                                instruction_set_variable + " is '" + wanted +
                                "', but this machine has " + names);
}

}  // namespace lander_host
