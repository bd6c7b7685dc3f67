// Checks and tests: a test is a claim with checks, registered by TEST and run by main.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

inline int failures = 0;

inline void check(bool holds, const char* claim, const char* file, int line) {
    if (!holds) {
        std::printf("%s:%d: not so: %s\n", file, line, claim);
        ++failures;
    }
}

#define CHECK(claim) check((claim), #claim, __FILE__, __LINE__)

inline bool near(double a, double b, double tolerance = 1e-6) {
    return std::fabs(a - b) <= tolerance;
}

struct Test {
    const char* name;
    void (*run)(int scale);
};

inline std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

inline bool add_test(const char* name, void (*run)(int scale)) {
    tests().push_back({name, run});
    return true;
}

/// Defines a test; `scale` says how much longer than usual it may run.
#define TEST(name)                                      \
    void name(int scale);                               \
    const bool name##_is_added = add_test(#name, name); \
    void name([[maybe_unused]] int scale)

/// Runs all tests; the first argument of the program is the scale. Returns the exit status.
inline int run_tests(int argc, char** argv) {
    const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
    for (const Test& test : tests()) {
        const int before = failures;
        test.run(scale);
        if (failures > before) {
            std::printf("FAILED %s\n", test.name);
        }
    }
    std::printf("%zu tests, %d failed checks\n", tests().size(), failures);
    return failures == 0 && !tests().empty() ? 0 : 1;
}
