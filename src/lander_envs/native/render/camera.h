// Camera: small pictures, of which only the cells that changed are drawn.
//
// Most of a small picture is constant during an episode: this base is drawn once and copied. Then
// the cells of hull, legs and particles are drawn again, each group from its own region of the
// screen. The flags' antialiased edges depend on the number of particles, so their cells are stored
// for each number.
#pragma once

#include "render/downscale.h"
#include "render/scene.h"

namespace LANDER_NAMESPACE {

/// Settings of small pictures; the same for all landers.
struct Camera {
    Reduction reduction;
    // The pennants' cells for each number of particles, if they fit and show nothing else.
    static constexpr int pennant_capacity = 128;
    bool knows_pennants;
    Cells pennants[2];
    u8 pennant_cells[particle_capacity + 1][pennant_capacity];
};

/// Copies between arrays that do not overlap; compilers turn it into a block move.
LANDER_FN void copy_bytes(u8* __restrict to, const u8* __restrict from, int count) {
    for (int i = 0; i < count; ++i) {
        to[i] = from[i];
    }
}

/// Rows of a picture, top <= row < bottom, in each channel.
struct Rows {
    i32 top, bottom;
};

LANDER_FN Rows around(const Rows& a, const Rows& b) {
    if (a.top >= a.bottom) {
        return b;
    }
    return {a.top < b.top ? a.top : b.top, a.bottom > b.bottom ? a.bottom : b.bottom};
}

/// Rows of the pennants, which every picture with particles draws.
LANDER_FN Rows pennant_rows(const Camera& camera) {
    const Cells& left = camera.pennants[0];
    const Cells& right = camera.pennants[1];
    return around(Rows{left.top, left.bottom}, Rows{right.top, right.bottom});
}

namespace camera {

/// Calls `use(index)` for each byte of some cells.
template <class Use>
LANDER_FN void for_each_byte(const Reduction& r, const Cells& cells, Use use) {
    for (int channel = 0; channel < r.channels; ++channel) {
        for (int row = cells.top; row < cells.bottom; ++row) {
            for (int column = cells.left; column < cells.right; ++column) {
                use((channel * r.y.cells + row) * r.x.cells + column);
            }
        }
    }
}

LANDER_FN int byte_count(const Reduction& r, const Cells& c) {
    return r.channels * (c.right - c.left) * (c.bottom - c.top);
}

/// Draws some cells of a picture; `memory` has room for their pixels and levels.
template <class Memory>
LANDER_FN void redraw(const Reduction& r, const Cells& cells, const Scene& scene, Memory& memory,
                      u8* out) {
    const Canvas canvas{memory.pixels, region_of(r, cells)};
    draw_scene(canvas, scene);
    reduce(r, canvas, cells, memory.levels, out);
}

LANDER_FN bool contains(const Cells& outer, const Cells& inner) {
    return outer.left <= inner.left && outer.top <= inner.top && inner.right <= outer.right &&
           inner.bottom <= outer.bottom;
}

LANDER_FN Region around(const Region& a, const Region& b) {
    return {a.left < b.left ? a.left : b.left, a.bottom < b.bottom ? a.bottom : b.bottom,
            a.right > b.right ? a.right : b.right, a.top > b.top ? a.top : b.top};
}

/// Cells that change: of the lander, and of each particle outside those.
struct Changes {
    Cells cells[particle_capacity + 1];
    int count = 0;

    LANDER_FN void add(const Reduction& r, const Region& box) {
        const Region visible = intersection(box, whole_screen());
        if (is_empty(visible)) {
            return;
        }
        const Cells changed = cells_of(r, visible);
        for (int i = 0; i < count; ++i) {
            if (contains(cells[i], changed)) {
                return;
            }
        }
        cells[count++] = changed;
    }
};

LANDER_FN Changes changes_of(const Reduction& r, const Scene& scene) {
    Changes changes;
    changes.add(r,
                around(around(scene.figures[0].box, scene.figures[1].box), scene.figures[2].box));
    for (int i = 0; i < scene.particles->count; ++i) {
        changes.add(r, scene_parts::particle_box(scene.particles->items[i]));
    }
    return changes;
}

/// Rows of the cells that change.
LANDER_FN Rows rows_of(const Changes& changes) {
    Rows rows{};
    for (int i = 0; i < changes.count; ++i) {
        rows = LANDER_NAMESPACE::around(rows, {changes.cells[i].top, changes.cells[i].bottom});
    }
    return rows;
}

/// Scene without a lander: the figures are empty and off the screen, but flags are drawn after
/// each.
LANDER_FN Scene empty_scene(const Terrain& terrain, const Particles& particles) {
    Scene scene{};
    scene.terrain = &terrain;
    scene.particles = &particles;
    return scene;
}

/// True if a pennant's cells show only sky and the flag. The ground beside the pad is at most a
/// third of the sum of twice the pad's height and the maximum height drawn.
LANDER_FN bool is_alone(const Region& region) {
    constexpr double highest = terrain_smoothing * (2.0 * helipad_height + height / 2.0);
    const int neighbour = whole(terrain_x(helipad_last_point + 1) * pixels_per_unit);
    const int other = whole(terrain_x(helipad_first_point - 1) * pixels_per_unit);
    return region.bottom > whole(highest * pixels_per_unit) + 2 && region.right < neighbour &&
           region.left > other;
}

/// Draws and stores the pennants for each number of particles, on flat ground.
LANDER_FN void learn_pennants(Camera& camera, Scratch& scratch, u8* picture) {
    const Reduction& r = camera.reduction;
    int bytes = 0;
    camera.knows_pennants = true;
    for (int flag = 0; flag < 2; ++flag) {
        camera.pennants[flag] = cells_of(r, scene_parts::pennant_region(flag));
        bytes += byte_count(r, camera.pennants[flag]);
        camera.knows_pennants =
            camera.knows_pennants && is_alone(region_of(r, camera.pennants[flag]));
    }
    camera.knows_pennants = camera.knows_pennants && bytes <= Camera::pennant_capacity;
    if (!camera.knows_pennants) {
        return;
    }
    const Terrain flat{};
    Particles particles{};
    for (Particle& particle : particles.items) {
        particle.center = {-width, -height};  // out of sight
    }
    for (particles.count = 0; particles.count <= particle_capacity; ++particles.count) {
        u8* kept = camera.pennant_cells[particles.count];
        for (const Cells& cells : camera.pennants) {
            redraw(r, cells, empty_scene(flat, particles), scratch, picture);
            for_each_byte(r, cells, [&](int i) { *kept++ = picture[i]; });
        }
    }
}

/// Draws the pennants for the scene's number of particles.
LANDER_FN void show_pennants(const Camera& camera, const Scene& scene, Scratch& scratch, u8* out) {
    const u8* kept = camera.pennant_cells[scene.particles->count];
    for (const Cells& cells : camera.pennants) {
        if (camera.knows_pennants) {
            for_each_byte(camera.reduction, cells, [&](int i) { out[i] = *kept++; });
        } else {
            redraw(camera.reduction, cells, scene, scratch, out);
        }
    }
}

// --- Base, strip by strip: black above the ground, white below.

inline constexpr int strip_width = 4;  // cells

LANDER_FN void paint(const Reduction& r, const Cells& cells, Color color, u8* out) {
    const u8 levels[3] = {r.channels == 1 ? grey_of(color) : red_of(color), green_of(color),
                          blue_of(color)};
    const int plane = r.y.cells * r.x.cells;
    for_each_byte(r, cells, [&](int i) { out[i] = levels[i / plane]; });
}

/// Height of the ground in pixels.
LANDER_FN double ground_at(const Terrain& terrain, int x) {
    const double piece = x * (terrain_points - 1) / static_cast<double>(screen_width);
    const int left = piece < terrain_points - 2 ? static_cast<int>(piece) : terrain_points - 2;
    const double share = piece - left;
    return pixels_per_unit *
           ((1.0 - share) * terrain.heights[left] + share * terrain.heights[left + 1]);
}

/// Cells of a strip that the ground's outline can touch.
LANDER_FN Cells ground_band(const Reduction& r, const Terrain& terrain, int left, int right) {
    const Region strip = region_of(r, {left, 0, right, r.y.cells});
    double low = height * pixels_per_unit, high = 0.0;
    for (int x = strip.left; x < strip.right; ++x) {
        const double ground = ground_at(terrain, x);
        low = ground < low ? ground : low;
        high = ground > high ? ground : high;
    }
    constexpr int outline = 4;  // includes the difference between two ways of rounding
    const Region band{strip.left, whole(low) - outline, strip.right, whole(high) + outline};
    const Cells cells = cells_of(r, intersection(band, whole_screen()));
    return {left, cells.top, right, cells.bottom};
}

}  // namespace camera

/// Sets up a camera for pictures of `rows` x `columns` cells (see can_reduce_to). `picture` has
/// room for one small picture.
LANDER_FN void make_camera(Camera& camera, int rows, int columns, bool grey, Scratch& scratch,
                           u8* picture) {
    make_reduction(camera.reduction, rows, columns, grey);
    camera::learn_pennants(camera, scratch, picture);
}

/// Draws the base of an episode's small pictures.
LANDER_FN void draw_base(const Camera& camera, const Terrain& terrain, Scratch& scratch, u8* base) {
    const Reduction& r = camera.reduction;
    const Particles none{};
    const Scene scene = camera::empty_scene(terrain, none);
    for (int left = 0; left < r.x.cells; left += camera::strip_width) {
        const int right =
            left + camera::strip_width < r.x.cells ? left + camera::strip_width : r.x.cells;
        const Cells band = camera::ground_band(r, terrain, left, right);
        camera::paint(r, {left, 0, right, band.top}, sky_color, base);
        camera::paint(r, {left, band.bottom, right, r.y.cells}, ground_color, base);
        camera::redraw(r, band, scene, scratch, base);
    }
    for (int flag = 0; flag < 2; ++flag) {
        camera::redraw(r, cells_of(r, scene_parts::flag_region(flag)), scene, scratch, base);
    }
}

/// Draws a small picture (channels, rows, columns) into `out`. Returns the rows that can differ
/// from the base, apart from those of the pennants.
LANDER_FN Rows take_picture(const Camera& camera, const World& world, const Particles& particles,
                            const u8* base, Scratch& scratch, u8* out) {
    const Reduction& r = camera.reduction;
    copy_bytes(out, base, picture_bytes(r));
    const Scene scene = scene_of(world, particles);
    if (particles.count > 0) {
        camera::show_pennants(camera, scene, scratch, out);
    }
    const camera::Changes changes = camera::changes_of(r, scene);
    for (int i = 0; i < changes.count; ++i) {
        camera::redraw(r, changes.cells[i], scene, scratch, out);
    }
    return camera::rows_of(changes);
}

}  // namespace LANDER_NAMESPACE
