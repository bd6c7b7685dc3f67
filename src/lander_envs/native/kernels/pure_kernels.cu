// Kernel of JAX's custom calls: a lander a thread.
#include "kernels/launch.h"
#include "kernels/pure.h"

extern "C" __global__ void __launch_bounds__(lander::block_threads, lander::resident_blocks)
    lander_pure(lander::PureArguments call) {
    const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < call.count) {
        lander::pure_lander(call, i);
    }
}
