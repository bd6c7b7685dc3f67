// Passes over landers in device memory, and the progress of a lander in a call.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

/// Purpose of a pass over the landers.
enum class Pass : u8 {
    step,    // all landers
    reset,   // those that the call names start an episode
    restart  // those whose episode ended start the next one (Autoreset::same_step)
};

/// Effect of the last call on a lander, which says what to draw.
enum class Progress : u8 { none, stepped, started };

}  // namespace LANDER_NAMESPACE
