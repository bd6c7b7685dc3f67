// What the C++ tests share: claims that are counted when they fail, dice, the start of an episode.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include "env/lander.h"

inline int failures = 0;

inline void check(bool fine, const char* claim, const char* file, int line) {
    if (!fine) {
        std::printf("%s:%d: not so: %s\n", file, line, claim);
        ++failures;
    }
}

#define CHECK(claim) check((claim), #claim, __FILE__, __LINE__)

/// The exit status, told in words.
inline int report() {
    std::printf("%s\n", failures == 0 ? "all as claimed" : "failures");
    return failures == 0 ? 0 : 1;
}

/// How much longer than usual to test: the first argument.
inline int scale_of(int argc, char** argv) { return argc > 1 ? std::atoi(argv[1]) : 1; }

inline bool near(double a, double b, double tolerance = 1e-6) {
    return std::fabs(a - b) <= tolerance;
}

struct Xorshift {
    lander::u32 word;
    lander::u32 next() {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        return word;
    }
};

template <class Trace>
void start(lander::State& state, const lander::Params& params, lander::u32 seed, Trace& trace) {
    state.random = lander::seeded_pcg64(&seed, 1);
    const lander::ResetDraws draws = lander::draw_reset(state.random, params);
    const lander::StepDraws first = lander::draw_step(state.random);
    lander::reset(state, params, draws, first, trace);
}
