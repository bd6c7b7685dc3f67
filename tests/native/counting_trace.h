// Trace that counts events.
#pragma once

#include "physics/trace.h"

struct CountingTrace : lander::NoTrace {
    lander::u64 counts[lander::event_count] = {};
    void event(lander::Event e) { ++counts[static_cast<int>(e)]; }
};
