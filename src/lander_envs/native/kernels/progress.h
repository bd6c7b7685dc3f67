// Progress of a lander in a call.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

/// Effect of the last call on a lander, which says what to draw.
enum class Progress : u8 { none, stepped, started };

}  // namespace LANDER_NAMESPACE
