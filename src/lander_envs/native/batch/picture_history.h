// Picture history: the last pictures of each lander's episode, from which stacks are written.
//
// A picture differs from its episode's base in a few rows, and only these are kept: beside the
// stack that it writes, a step touches little memory.
#pragma once

#include "render/camera.h"

namespace LANDER_NAMESPACE {

/// Arrays with one item a lander, or `depth` items for the pictures of a stack.
struct PictureHistory {
    const Camera* camera;
    int depth;    // pictures a stack
    u8* bases;    // base of an episode's pictures (render/camera.h)
    u8* rings;    // last pictures; only the kept rows are valid
    Rows* rows;   // kept rows of each picture, apart from those of the pennants
    i32* newest;  // place of the last picture in the ring

    LANDER_FN int picture() const { return picture_bytes(camera->reduction); }
    LANDER_FN i64 stack_bytes() const { return static_cast<i64>(depth) * picture(); }
    LANDER_FN u8* base(int i) const { return bases + static_cast<i64>(i) * picture(); }
    LANDER_FN u8* ring(int i, int place) const {
        return rings + (static_cast<i64>(i) * depth + place) * picture();
    }
    LANDER_FN Rows& ring_rows(int i, int place) const {
        return rows[static_cast<i64>(i) * depth + place];
    }
    /// Place after one of the ring.
    LANDER_FN int after(int place) const { return place + 1 < depth ? place + 1 : 0; }
    /// History of the landers from the first one on.
    LANDER_FN PictureHistory from(int first) const {
        return {camera, depth, base(first), ring(first, 0), &ring_rows(first, 0), newest + first};
    }
};

/// Copies rows of a picture, and those of the pennants.
LANDER_FN void copy_rows(const Camera& camera, const Rows& rows, u8* to, const u8* from) {
    const Reduction& r = camera.reduction;
    const Rows parts[] = {rows, pennant_rows(camera)};
    for (const Rows& part : parts) {
        for (int channel = 0; channel < r.channels; ++channel) {
            const int first = (channel * r.y.cells + part.top) * r.x.cells;
            copy_bytes(to + first, from + first, (part.bottom - part.top) * r.x.cells);
        }
    }
}

/// Keeps a picture of lander i at a place of the ring.
LANDER_FN void keep_picture(const PictureHistory& history, int i, int place, const Rows& rows,
                            const u8* picture) {
    history.ring_rows(i, place) = rows;
    copy_rows(*history.camera, rows, history.ring(i, place), picture);
}

/// Fills lander i's history with the first picture of an episode.
LANDER_FN void start_history(const PictureHistory& history, int i, const World& world,
                             const Particles& particles, Scratch& scratch) {
    draw_base(*history.camera, world.terrain, scratch, history.base(i));
    const Rows rows =
        take_picture(*history.camera, world, particles, history.base(i), scratch, scratch.picture);
    for (int place = 0; place < history.depth; ++place) {
        keep_picture(history, i, place, rows, scratch.picture);
    }
    history.newest[i] = 0;
}

/// Drops the oldest picture of lander i and appends a new one.
LANDER_FN void push_picture(const PictureHistory& history, int i, const World& world,
                            const Particles& particles, Scratch& scratch) {
    i32& newest = history.newest[i];
    newest = history.after(newest);
    const Rows rows =
        take_picture(*history.camera, world, particles, history.base(i), scratch, scratch.picture);
    keep_picture(history, i, newest, rows, scratch.picture);
}

/// Writes lander i's stack, oldest picture first.
LANDER_FN void write_stack(const PictureHistory& history, int i, u8* stack) {
    const int bytes = history.picture();
    int place = history.newest[i];
    for (int k = 0; k < history.depth; ++k) {
        place = history.after(place);
        u8* picture = stack + static_cast<i64>(k) * bytes;
        copy_bytes(picture, history.base(i), bytes);
        copy_rows(*history.camera, history.ring_rows(i, place), picture, history.ring(i, place));
    }
}

/// Rows in which two pictures differ.
LANDER_FN Rows different_rows(const Reduction& r, const u8* picture, const u8* other) {
    Rows rows{};
    for (int i = 0; i < picture_bytes(r); ++i) {
        if (picture[i] != other[i]) {
            const int row = i / r.x.cells % r.y.cells;
            rows = around(rows, {row, row + 1});
        }
    }
    return rows;
}

/// Replaces lander i's history by a stack of pictures over a terrain, whatever they show.
LANDER_FN void restore_history(const PictureHistory& history, int i, const Terrain& terrain,
                               const u8* stack, Scratch& scratch) {
    const Camera& camera = *history.camera;
    draw_base(camera, terrain, scratch, history.base(i));
    for (int place = 0; place < history.depth; ++place) {
        const u8* picture = stack + static_cast<i64>(place) * history.picture();
        const Rows rows = different_rows(camera.reduction, picture, history.base(i));
        keep_picture(history, i, place, rows, picture);
    }
    history.newest[i] = history.depth - 1;
}

}  // namespace LANDER_NAMESPACE
