// CUDA's built-in variables on the host: the place of the thread that is being run.
#pragma once

struct GridPlace {
    unsigned x, y, z;
};

extern thread_local GridPlace blockIdx, blockDim, threadIdx;
