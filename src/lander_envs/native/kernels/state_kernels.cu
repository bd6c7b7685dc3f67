// Kernels of the state batch: a lander a thread.
#include "kernels/landers.h"
#include "kernels/launch.h"

namespace {

__device__ int thread_index() { return static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); }

}  // namespace

extern "C" __global__ void __launch_bounds__(lander::block_threads, lander::resident_blocks)
    lander_step(lander::StepArguments call) {
    if (thread_index() < call.landers.count) {
        lander::step_lander(call, call.landers.order[thread_index()]);
    }
}

extern "C" __global__ void lander_order(lander::OrderArguments call) {
    if (thread_index() < call.count) {
        lander::order_lander(call, thread_index());
    }
}

extern "C" __global__ void lander_seed(lander::SeedArguments call) {
    if (thread_index() < call.count) {
        lander::seed_lander(call, thread_index());
    }
}

extern "C" __global__ void lander_set_params(lander::ParamArguments call) {
    if (thread_index() < call.count) {
        lander::set_params_of(call, thread_index());
    }
}

extern "C" __global__ void lander_write(lander::WriteArguments call) {
    if (thread_index() < call.count) {
        lander::write_lander(call, thread_index());
    }
}

extern "C" __global__ void lander_restore(lander::RestoreArguments call) {
    if (thread_index() < call.count) {
        lander::restore_lander(call, thread_index());
    }
}
