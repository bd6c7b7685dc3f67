// Run-time dispatch: the instruction sets of this build and processor, and the choice of one.
//
// Each set has a translation unit of its own (step_lanes.cpp), with its own namespace and flags;
// only the functions below are called from outside. All sets give the same bytes.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "batch/group.h"

// step_entries, compiled for each set.
#if defined(LANDER_HAS_WIDE)
void lander_step_entries_baseline(void* steps, int count);
#endif
#if defined(LANDER_HAS_X86_SETS)
void lander_step_entries_avx2(void* steps, int count);
void lander_step_entries_avx512(void* steps, int count);
#endif

namespace lander_host {

struct InstructionSet {
    const char* name;
    lander::StepEntries step_entries;
};

template <void (*Compiled)(void*, int)>
void step_entries_with(lander::EntryStep* steps, int count) {
    Compiled(steps, count);
}

/// Sets that can run here, the widest last. "scalar" steps landers one by one.
inline const std::vector<InstructionSet>& instruction_sets() {
    static const std::vector<InstructionSet> sets = [] {
        std::vector<InstructionSet> found{{"scalar", lander::step_entries<float>}};
#if defined(LANDER_HAS_WIDE)
        found.push_back({"baseline", step_entries_with<lander_step_entries_baseline>});
#endif
#if defined(LANDER_HAS_X86_SETS)
        if (__builtin_cpu_supports("avx2")) {
            found.push_back({"avx2", step_entries_with<lander_step_entries_avx2>});
        }
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
            found.push_back({"avx512", step_entries_with<lander_step_entries_avx512>});
        }
#endif
        return found;
    }();
    return sets;
}

inline constexpr const char* instruction_set_variable = "LANDER_ENVS_INSTRUCTION_SET";

/// Set named by the environment variable, or the widest. Throws std::invalid_argument for an
/// unknown name.
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
