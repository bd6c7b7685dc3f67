// Small pictures at the price of what moves.
//
// Most of a small picture is the same throughout an episode: it is drawn once (the base) and
// copied. Then only the cells that hull, legs or a particle have a share in are made anew, each
// group of them from its own part of the screen. The flags' smooth edges depend on how often they
// were drawn over, that is, on the number of particles, so their cells are kept for every number.
#pragma once

#include "render/downscale.h"
#include "render/scene.h"

namespace LANDER_NAMESPACE {

/// How a small picture is made; the same for all landers.
struct Camera {
    Reduction reduction;
    // The pennants' cells for every number of particles, where they fit in and show nothing else.
    static constexpr int pennant_capacity = 128;
    bool knows_pennants;
    Cells pennants[2];
    u8 pennant_cells[particle_capacity + 1][pennant_capacity];
};

/// Between arrays that do not overlap; compilers make a block move of it.
LANDER_FN void copy_bytes(u8* __restrict to, const u8* __restrict from, int count) {
    for (int i = 0; i < count; ++i) {
        to[i] = from[i];
    }
}

namespace camera {

/// The bytes of a picture that are in some cells, one after the other.
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

/// Draws the part of the screen that makes up some cells, and fills these.
LANDER_FN void redraw(const Reduction& r, const Cells& cells, const Scene& scene, Scratch& scratch,
                      u8* out) {
    const Canvas canvas{scratch.pixels, region_of(r, cells)};
    draw_picture(canvas, scene);
    reduce(r, canvas, cells, scratch.levels, out);
}

LANDER_FN bool contains(const Cells& outer, const Cells& inner) {
    return outer.left <= inner.left && outer.top <= inner.top && inner.right <= outer.right &&
           inner.bottom <= outer.bottom;
}

LANDER_FN Region around(const Region& a, const Region& b) {
    return {a.left < b.left ? a.left : b.left, a.bottom < b.bottom ? a.bottom : b.bottom,
            a.right > b.right ? a.right : b.right, a.top > b.top ? a.top : b.top};
}

/// The cells that must be made anew: of the lander, and of each particle elsewhere.
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
    for (int i = 0; i < scene.flames->count; ++i) {
        changes.add(r, raster::particle_box(scene.flames->particles[i]));
    }
    return changes;
}

/// A scene without a lander: the figures are of no size and off the screen, but count as drawn.
LANDER_FN Scene empty_scene(const Terrain& terrain, const Flames& flames) {
    Scene scene{};
    scene.terrain = &terrain;
    scene.flames = &flames;
    return scene;
}

/// True if nothing but the night sky and the flag is where a pennant's cells are. The ground beside
/// the pad is a third of the sum of two heights of the pad and one drawn, at most.
LANDER_FN bool is_alone(const Region& region) {
    constexpr double highest = terrain_smoothing * (2.0 * helipad_height + height / 2.0);
    const int neighbour = whole(terrain_x(helipad_last_point + 1) * pixels_per_unit);
    const int other = whole(terrain_x(helipad_first_point - 1) * pixels_per_unit);
    return region.bottom > whole(highest * pixels_per_unit) + 2 && region.right < neighbour &&
           region.left > other;
}

/// Pennants for every number of particles, drawn on flat ground.
LANDER_FN void learn_pennants(Camera& camera, Scratch& scratch, u8* picture) {
    const Reduction& r = camera.reduction;
    int bytes = 0;
    camera.knows_pennants = true;
    for (int flag = 0; flag < 2; ++flag) {
        camera.pennants[flag] = cells_of(r, raster::pennant_region(flag));
        bytes += byte_count(r, camera.pennants[flag]);
        camera.knows_pennants =
            camera.knows_pennants && is_alone(region_of(r, camera.pennants[flag]));
    }
    camera.knows_pennants = camera.knows_pennants && bytes <= Camera::pennant_capacity;
    if (!camera.knows_pennants) {
        return;
    }
    const Terrain flat{};
    Flames flames{};
    for (Particle& particle : flames.particles) {
        particle.center = {-width, -height};  // out of sight
    }
    for (flames.count = 0; flames.count <= particle_capacity; ++flames.count) {
        u8* kept = camera.pennant_cells[flames.count];
        for (const Cells& cells : camera.pennants) {
            redraw(r, cells, empty_scene(flat, flames), scratch, picture);
            for_each_byte(r, cells, [&](int i) { *kept++ = picture[i]; });
        }
    }
}

LANDER_FN void show_pennants(const Camera& camera, const Scene& scene, Scratch& scratch, u8* out) {
    const u8* kept = camera.pennant_cells[scene.flames->count];
    for (const Cells& cells : camera.pennants) {
        if (camera.knows_pennants) {
            for_each_byte(camera.reduction, cells, [&](int i) { out[i] = *kept++; });
        } else {
            redraw(camera.reduction, cells, scene, scratch, out);
        }
    }
}

// --- The base, strip by strip: above the ground everything is black, below it white.

inline constexpr int strip_width = 4;  // cells

LANDER_FN void paint(const Reduction& r, const Cells& cells, Color color, u8* out) {
    const u8 levels[3] = {r.channels == 1 ? grey_of(color) : red_of(color), green_of(color),
                          blue_of(color)};
    const int plane = r.y.cells * r.x.cells;
    for_each_byte(r, cells, [&](int i) { out[i] = levels[i / plane]; });
}

/// The ground's height in pixels between two points of the terrain.
LANDER_FN double ground_at(const Terrain& terrain, int x) {
    const double piece = x * (terrain_points - 1) / static_cast<double>(screen_width);
    const int left = piece < terrain_points - 2 ? static_cast<int>(piece) : terrain_points - 2;
    const double share = piece - left;
    return pixels_per_unit *
           ((1.0 - share) * terrain.heights[left] + share * terrain.heights[left + 1]);
}

/// The cells of a strip in which the ground's outline may be.
LANDER_FN Cells ground_band(const Reduction& r, const Terrain& terrain, int left, int right) {
    const Region strip = region_of(r, {left, 0, right, r.y.cells});
    double low = height * pixels_per_unit, high = 0.0;
    for (int x = strip.left; x < strip.right; ++x) {
        const double ground = ground_at(terrain, x);
        low = ground < low ? ground : low;
        high = ground > high ? ground : high;
    }
    constexpr int outline = 4;  // and the difference between two ways of rounding
    const Region band{strip.left, whole(low) - outline, strip.right, whole(high) + outline};
    const Cells cells = cells_of(r, intersection(band, whole_screen()));
    return {left, cells.top, right, cells.bottom};
}

}  // namespace camera

/// Sets a camera up for pictures of `rows` times `columns` cells, which can_reduce_to allows.
/// `picture` holds the bytes of one small picture.
LANDER_FN void make_camera(Camera& camera, int rows, int columns, bool grey, Scratch& scratch,
                           u8* picture) {
    make_reduction(camera.reduction, rows, columns, grey);
    camera::learn_pennants(camera, scratch, picture);
}

/// Draws what all small pictures of an episode have in common.
LANDER_FN void draw_base(const Camera& camera, const Terrain& terrain, Scratch& scratch, u8* base) {
    const Reduction& r = camera.reduction;
    const Flames none{};
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
        camera::redraw(r, cells_of(r, raster::flag_region(flag)), scene, scratch, base);
    }
}

/// Draws a small picture, channel after channel, into `out`.
LANDER_FN void take_picture(const Camera& camera, const World& world, const Flames& flames,
                            const u8* base, Scratch& scratch, u8* out) {
    const Reduction& r = camera.reduction;
    copy_bytes(out, base, picture_bytes(r));
    const Scene scene = scene_of(world, flames);
    if (flames.count > 0) {
        camera::show_pennants(camera, scene, scratch, out);
    }
    const camera::Changes changes = camera::changes_of(r, scene);
    for (int i = 0; i < changes.count; ++i) {
        camera::redraw(r, changes.cells[i], scene, scratch, out);
    }
}

}  // namespace LANDER_NAMESPACE
