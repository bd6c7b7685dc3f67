// Library for test_floating_point.py, which sets the environment of its thread.
#include "host/caller.h"

/// Modes: nearest, upward, downward, toward zero.
extern "C" void set_caller(int mode, bool flushes) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    set_environment(modes[mode], flushes);
}

extern "C" std::uint64_t read_caller() { return environment(); }
