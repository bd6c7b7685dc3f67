// Kernels of the pictures in JAX's custom calls, in the order in which a call launches them: bases
// of new episodes, a cell a thread; places, a lander a thread; bases under pictures, a byte of a
// picture a thread; pictures, a warp each; copies of first pictures and stacks, a byte of a picture
// a thread.
#include "kernels/launch.h"
#include "kernels/pure_pictures.h"

namespace {

__device__ lander::i64 thread_index() {
    return static_cast<lander::i64>(blockIdx.x) * blockDim.x + threadIdx.x;
}

}  // namespace

extern "C" __global__ void __launch_bounds__(lander::block_threads, lander::resident_blocks)
    lander_draw_new_bases(lander::PurePictureArguments call) {
    const lander::Reduction& r = call.history.camera->reduction;
    const int cells = r.x.cells * r.y.cells;
    const int i = static_cast<int>(thread_index() / cells);
    if (i < call.count) {
        lander::draw_new_base(call, i, static_cast<int>(thread_index() % cells));
    }
}

extern "C" __global__ void lander_place_pictures(lander::PurePictureArguments call) {
    const int i = static_cast<int>(thread_index());
    if (i < call.count) {
        lander::place_picture(call, i);
    }
}

extern "C" __global__ void lander_lay_bases(lander::PurePictureArguments call) {
    const int bytes = call.history.picture();
    const int i = static_cast<int>(thread_index() / bytes);
    if (i < call.count) {
        lander::lay_byte(call, i, static_cast<int>(thread_index() % bytes));
    }
}

extern "C" __global__ void __launch_bounds__(lander::block_threads, lander::resident_blocks)
    lander_draw_new_pictures(lander::PurePictureArguments call) {
    const int i = static_cast<int>(thread_index() / lander::picture_threads);
    if (i < call.count) {
        lander::draw_new_cells(call, i, static_cast<int>(thread_index() % lander::picture_threads));
    }
}

extern "C" __global__ void lander_spread_pictures(lander::PurePictureArguments call) {
    const int bytes = call.history.picture();
    const int i = static_cast<int>(thread_index() / bytes);
    if (i < call.count) {
        lander::spread_byte(call, i, static_cast<int>(thread_index() % bytes));
    }
}

extern "C" __global__ void lander_write_stacks(lander::PurePictureArguments call) {
    const int bytes = call.history.picture();
    const int i = static_cast<int>(thread_index() / bytes);
    if (i < call.count) {
        lander::write_stack_byte(call, i, static_cast<int>(thread_index() % bytes));
    }
}
