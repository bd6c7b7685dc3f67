// Pictures in device memory, cell by cell: a thread draws one cell of a picture on a canvas of its
// own, of a cell's size.
//
// A region of the screen shows the pixels of the whole, so the bytes are those of the host, which
// draws larger regions at once. Each cell is written by its own threads only: the parts of a
// picture are kernels, and within one no thread waits for another.
#pragma once

#include "batch/entry.h"
#include "kernels/progress.h"
#include "render/camera.h"

namespace LANDER_NAMESPACE {

/// Arrays in device memory, with one item a lander.
struct PictureArguments {
    const Entry* entries;
    const Particles* particles;
    const Camera* camera;
    const Progress* progress;
    u8* bases;         // base of an episode's pictures (render/camera.h)
    u8* stacks;        // pictures, oldest first
    u8* final_stacks;  // last stacks of episodes that ended, if `restarts`
    i32 count;
    i32 depth;      // pictures a stack
    bool restarts;  // keep the old stacks of the landers that started
};

/// Pixels of the largest cell that a thread can draw.
inline constexpr int cell_capacity = 512;

/// True if a thread can draw a cell of pictures of `rows` x `columns` cells. A cell shares at most
/// one pixel with each neighbour along an axis.
LANDER_FN bool fits_a_thread(int rows, int columns) {
    const int high = (screen_height + rows - 1) / rows + 1;
    const int wide = (screen_width + columns - 1) / columns + 1;
    return high * wide <= cell_capacity;
}

/// Threads that draw one picture together: a warp.
inline constexpr int picture_threads = 32;

namespace kernels {

/// Working memory of a thread.
struct CellMemory {
    Color pixels[cell_capacity];
    float levels[cell_capacity];
};

LANDER_FN bool holds(const Cells& cells, int column, int row) {
    return column >= cells.left && column < cells.right && row >= cells.top && row < cells.bottom;
}

LANDER_FN int count_of(const Cells& cells) {
    return (cells.right - cells.left) * (cells.bottom - cells.top);
}

LANDER_FN Cells cell_at(const Cells& cells, int index) {
    const int width = cells.right - cells.left;
    const int column = cells.left + index % width, row = cells.top + index / width;
    return {column, row, column + 1, row + 1};
}

LANDER_FN u8* stack_of(const PictureArguments& call, u8* stacks, int i) {
    return stacks + static_cast<i64>(i) * call.depth * picture_bytes(call.camera->reduction);
}

LANDER_FN u8* base_of(const PictureArguments& call, int i) {
    return call.bases + static_cast<i64>(i) * picture_bytes(call.camera->reduction);
}

/// Cells that a picture draws over its base: those that change, then, if there are particles, those
/// of the pennants.
struct Overlay {
    camera::Changes changes;
    const Cells* pennants;
    int count;

    LANDER_FN Overlay(const Camera& camera, const Scene& scene)
        : changes(camera::changes_of(camera.reduction, scene)),
          pennants(camera.pennants),
          count(changes.count + (scene.particles->count > 0 ? 2 : 0)) {}
    LANDER_FN const Cells& operator[](int k) const {
        return k < changes.count ? changes.cells[k] : pennants[k - changes.count];
    }
    LANDER_FN bool is_pennant(int k) const { return k >= changes.count; }
    LANDER_FN bool changes_cell(const Cells& cell) const {
        for (int k = 0; k < changes.count; ++k) {
            if (holds(changes.cells[k], cell.left, cell.top)) {
                return true;
            }
        }
        return false;
    }
};

/// Shows cell `index` of a pennant as the camera stored it for a number of particles.
LANDER_FN void show_pennant_cell(const Camera& camera, int flag, int index, int particles,
                                 u8* picture) {
    const Reduction& r = camera.reduction;
    const Cells& cells = camera.pennants[flag];
    const u8* kept = camera.pennant_cells[particles];
    kept += flag == 0 ? 0 : camera::byte_count(r, camera.pennants[0]);
    camera::for_each_byte(r, cell_at(cells, index), [&](int at) {
        picture[at] = kept[index];
        kept += count_of(cells);  // the next channel's
    });
}

/// Copies a cell of the newest picture to the others of a stack.
LANDER_FN void spread_cell(const Camera& camera, int depth, const Cells& cell, u8* stack) {
    const int bytes = picture_bytes(camera.reduction);
    const u8* const newest = stack + static_cast<i64>(depth - 1) * bytes;
    camera::for_each_byte(camera.reduction, cell, [&](int at) {
        for (int k = 0; k + 1 < depth; ++k) {
            stack[static_cast<i64>(k) * bytes + at] = newest[at];
        }
    });
}

/// Draws cell `index` of a base.
LANDER_FN void draw_cell_of_base(const Camera& camera, const Terrain& terrain, int index,
                                 u8* base) {
    const Reduction& r = camera.reduction;
    const Cells cell = cell_at({0, 0, r.x.cells, r.y.cells}, index);
    const Cells band = camera::ground_band(r, terrain, cell.left, cell.right);
    bool drawn = holds(band, cell.left, cell.top);
    for (int flag = 0; flag < 2; ++flag) {
        const Cells flags = cells_of(r, scene_parts::flag_region(flag));
        drawn = drawn || holds(flags, cell.left, cell.top);
    }
    if (!drawn) {
        camera::paint(r, cell, cell.top < band.top ? sky_color : ground_color, base);
        return;
    }
    CellMemory memory;
    const Particles none{};
    camera::redraw(r, cell, camera::empty_scene(terrain, none), memory, base);
}

/// Draws what differs from the base in a picture: the share of one lane of a warp. Calls
/// `drawn(cell)` after each cell.
template <class Drawn>
LANDER_FN void draw_share(const Camera& camera, const Scene& scene, int lane, u8* picture,
                          const Drawn& drawn) {
    const Overlay overlay(camera, scene);
    CellMemory memory;
    int part = 0;
    for (int index = lane;; index += picture_threads) {
        while (part < overlay.count && index >= count_of(overlay[part])) {
            index -= count_of(overlay[part++]);
        }
        if (part == overlay.count) {
            return;
        }
        const Cells cell = cell_at(overlay[part], index);
        if (!overlay.is_pennant(part) || !camera.knows_pennants) {
            camera::redraw(camera.reduction, cell, scene, memory, picture);
        } else if (!overlay.changes_cell(cell)) {
            show_pennant_cell(camera, part - overlay.changes.count, index, scene.particles->count,
                              picture);
        }
        drawn(cell);
    }
}

}  // namespace kernels

/// Draws cell `index` of lander i's base, if its episode has just begun.
LANDER_FN void draw_base_cell(const PictureArguments& call, int i, int index) {
    if (call.progress[i] == Progress::started) {
        kernels::draw_cell_of_base(*call.camera, call.entries[i].state.world.terrain, index,
                                   kernels::base_of(call, i));
    }
}

/// Byte `at` of lander i's pictures: drops the oldest and appends the base; all are the base in an
/// episode that has just begun.
LANDER_FN void shift_byte(const PictureArguments& call, int i, int at) {
    if (call.progress[i] == Progress::none) {
        return;
    }
    const bool started = call.progress[i] == Progress::started;
    const int bytes = picture_bytes(call.camera->reduction);
    const u8 base = kernels::base_of(call, i)[at];
    u8* const stack = kernels::stack_of(call, call.stacks, i);
    for (int k = 0; k < call.depth; ++k) {
        const i64 place = static_cast<i64>(k) * bytes + at;
        if (call.restarts) {
            kernels::stack_of(call, call.final_stacks, i)[place] = stack[place];
        }
        stack[place] = started || k + 1 == call.depth ? base : stack[place + bytes];
    }
}

/// Draws what differs from the base in lander i's newest picture: the share of one lane of a warp.
LANDER_FN void draw_changed_cells(const PictureArguments& call, int i, int lane) {
    if (call.progress[i] == Progress::none) {
        return;
    }
    const bool started = call.progress[i] == Progress::started;
    const Camera& camera = *call.camera;
    u8* const stack = kernels::stack_of(call, call.stacks, i);
    u8* const picture = stack + static_cast<i64>(call.depth - 1) * picture_bytes(camera.reduction);
    const Scene scene = scene_of(call.entries[i].state.world, call.particles[i]);
    kernels::draw_share(camera, scene, lane, picture, [&](const Cells& cell) {
        if (started) {
            kernels::spread_cell(camera, call.depth, cell, stack);
        }
    });
}

}  // namespace LANDER_NAMESPACE
