// CUDA's words for a C++ compiler: a kernel becomes a function that runs one thread.
#pragma once

#include "grid.h"

#define __global__
#define __device__
#define __launch_bounds__(...)
