// Pictures of pure landers in device memory: the functions of batch/picture_history.h in passes of
// many threads, with the bytes of the host.
//
// They read and write the arrays of a state and need no other memory: a new picture is drawn into
// its place of the ring. The functions are in the order of their kernels, and within one no thread
// waits for another.
#pragma once

#include "batch/picture_history.h"
#include "kernels/pictures.h"

namespace LANDER_NAMESPACE {

/// Arrays in device memory, with one item a lander.
struct PurePictureArguments {
    const Entry* entries;
    const Particles* particles;
    const i32* decisions;
    PictureHistory history;
    const float (*obs)[observation_size];  // NaN where a call is invalid (kernels/pure.h)
    u8* stacks;                            // oldest picture first
    i32 count;
    bool starts;  // draw only episodes that have just begun
};

namespace kernels {

LANDER_FN bool draws(const PurePictureArguments& call, int i) {
    const bool valid = call.obs[i][0] == call.obs[i][0];
    return valid && (!call.starts || call.decisions[i] == 0);
}

LANDER_FN Scene scene_of(const PurePictureArguments& call, int i) {
    return LANDER_NAMESPACE::scene_of(call.entries[i].state.world, call.particles[i]);
}

LANDER_FN bool holds(const Rows& rows, int row) { return row >= rows.top && row < rows.bottom; }

/// Whether the ring keeps byte `at` of the picture at a place (copy_rows).
LANDER_FN bool keeps(const PictureHistory& history, int i, int place, int at) {
    const Camera& camera = *history.camera;
    const int row = at / camera.reduction.x.cells % camera.reduction.y.cells;
    return holds(history.ring_rows(i, place), row) || holds(pennant_rows(camera), row);
}

}  // namespace kernels

/// Draws cell `index` of the base of lander i's new episode.
LANDER_FN void draw_new_base(const PurePictureArguments& call, int i, int index) {
    if (kernels::draws(call, i)) {
        kernels::draw_cell_of_base(*call.history.camera, call.entries[i].state.world.terrain, index,
                                   call.history.base(i));
    }
}

/// Chooses the place of lander i's new picture and writes the rows that it will draw. All pictures
/// of a new episode are the first one.
LANDER_FN void place_picture(const PurePictureArguments& call, int i) {
    if (!kernels::draws(call, i)) {
        return;
    }
    const PictureHistory& history = call.history;
    const Scene scene = kernels::scene_of(call, i);
    const Rows rows = camera::rows_of(camera::changes_of(history.camera->reduction, scene));
    const int newest = call.starts ? 0 : history.after(history.newest[i]);
    history.newest[i] = newest;
    for (int place = 0; place < history.depth; ++place) {
        if (call.starts || place == newest) {
            history.ring_rows(i, place) = rows;
        }
    }
}

/// Writes byte `at` of the base under lander i's new picture, in the rows that it keeps.
LANDER_FN void lay_byte(const PurePictureArguments& call, int i, int at) {
    const PictureHistory& history = call.history;
    const int newest = history.newest[i];
    if (kernels::draws(call, i) && kernels::keeps(history, i, newest, at)) {
        history.ring(i, newest)[at] = history.base(i)[at];
    }
}

/// Draws what differs from the base in lander i's new picture: the share of one lane of a warp.
LANDER_FN void draw_new_cells(const PurePictureArguments& call, int i, int lane) {
    if (!kernels::draws(call, i)) {
        return;
    }
    const Camera& camera = *call.history.camera;
    const Scene scene = kernels::scene_of(call, i);
    u8* const picture = call.history.ring(i, call.history.newest[i]);
    kernels::draw_share(camera, scene, lane, picture, [](const Cells&) {});
}

/// Copies byte `at` of the first picture of lander i's new episode to all places.
LANDER_FN void spread_byte(const PurePictureArguments& call, int i, int at) {
    const PictureHistory& history = call.history;
    const int newest = history.newest[i];
    if (!kernels::draws(call, i) || !kernels::keeps(history, i, newest, at)) {
        return;
    }
    const u8 first = history.ring(i, newest)[at];
    for (int place = 0; place < history.depth; ++place) {
        history.ring(i, place)[at] = first;
    }
}

/// Writes byte `at` of the pictures of lander i's stack.
LANDER_FN void write_stack_byte(const PurePictureArguments& call, int i, int at) {
    const PictureHistory& history = call.history;
    u8* const stack = call.stacks + i * history.stack_bytes();
    const u8 base = history.base(i)[at];
    int place = history.newest[i];
    for (int k = 0; k < history.depth; ++k) {
        place = history.after(place);
        const bool kept = kernels::keeps(history, i, place, at);
        stack[static_cast<i64>(k) * history.picture() + at] =
            kept ? history.ring(i, place)[at] : base;
    }
}

}  // namespace LANDER_NAMESPACE
