// Blocks of threads in which kernels are launched.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

inline constexpr int block_threads = 128;

/// Blocks that a multiprocessor has to hold at once: 65,536 registers are 128 for each of their 512
/// threads. Left to itself, ptxas aims at more blocks and spills, or takes more registers.
inline constexpr int resident_blocks = 4;

}  // namespace LANDER_NAMESPACE
