// Kernels of the pictures, in the order in which a decision launches them: bases of new episodes, a
// cell a thread; stacks, a byte of a picture a thread; pictures, a warp each.
#include "kernels/launch.h"
#include "kernels/pictures.h"

namespace {

__device__ lander::i64 thread_index() {
    return static_cast<lander::i64>(blockIdx.x) * blockDim.x + threadIdx.x;
}

}  // namespace

extern "C" __global__ void __launch_bounds__(lander::block_threads, lander::resident_blocks)
    lander_draw_bases(lander::PictureArguments call) {
    const lander::Reduction& r = call.camera->reduction;
    const int cells = r.x.cells * r.y.cells;
    const int i = static_cast<int>(thread_index() / cells);
    if (i < call.count) {
        lander::draw_base_cell(call, i, static_cast<int>(thread_index() % cells));
    }
}

extern "C" __global__ void lander_shift_stacks(lander::PictureArguments call) {
    const int bytes = lander::picture_bytes(call.camera->reduction);
    const int i = static_cast<int>(thread_index() / bytes);
    if (i < call.count) {
        lander::shift_byte(call, i, static_cast<int>(thread_index() % bytes));
    }
}

extern "C" __global__ void __launch_bounds__(lander::block_threads, lander::resident_blocks)
    lander_draw_pictures(lander::PictureArguments call) {
    const int i = static_cast<int>(thread_index() / lander::picture_threads);
    if (i < call.count) {
        lander::draw_changed_cells(call, i,
                                   static_cast<int>(thread_index() % lander::picture_threads));
    }
}
