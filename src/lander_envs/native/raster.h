// The picture: what Gymnasium's LunarLander renders, byte for byte.
//
// In this order: white ground, the sky in ten black pieces, the flames, hull and legs, and after
// each of these the two flags once more (which darkens their smooth edges).
#pragma once

#include "fine_lines.h"
#include "particles.h"

namespace LANDER_NAMESPACE {

namespace raster {

inline constexpr Color ground_color{255, 255, 255}, sky_color{0, 0, 0};
inline constexpr Color hull_color{128, 102, 230}, outline_color{77, 77, 128};
inline constexpr Color pole_color{255, 255, 255}, pennant_color{204, 204, 0};

inline constexpr float float_scale = static_cast<float>(pixels_per_unit);

LANDER_FN void draw_filled(const Canvas& canvas, const Pixel* corners, int count, Color color) {
    fill_polygon(canvas, corners, count, color);
    smooth_outline(canvas, corners, count, color);
}

LANDER_FN void draw_background(const Canvas& canvas, const Terrain& terrain) {
    fill(canvas, ground_color);
    const int top = whole(height * pixels_per_unit);
    for (int i = 0; i + 1 < terrain_points; ++i) {
        const int left = whole(terrain_x(i) * pixels_per_unit);
        const int right = whole(terrain_x(i + 1) * pixels_per_unit);
        if (left >= canvas.region.right || right < canvas.region.left) {
            continue;
        }
        const Pixel corners[4] = {{left, whole(terrain.heights[i] * pixels_per_unit)},
                                  {right, whole(terrain.heights[i + 1] * pixels_per_unit)},
                                  {right, top},
                                  {left, top}};
        draw_filled(canvas, corners, 4, sky_color);
    }
}

/// The flags stand at the ends of the pad, a little above the ground, which is 1 % too low.
LANDER_FN void draw_flags(const Canvas& canvas) {
    for (const int point : {helipad_first_point, helipad_last_point}) {
        const int x = whole(terrain_x(point) * pixels_per_unit);
        const int foot = whole(helipad_height * pixels_per_unit);
        const int head = foot + pole_height;
        put_column(canvas, x, foot, head, pole_color);
        const Pixel corners[3] = {
            {x, head}, {x, head - pennant_height}, {x + pennant_length, head - pennant_height / 2}};
        fill_triangle(canvas, corners[1], corners[2], corners[0], pennant_color);
        smooth_outline(canvas, corners, 3, pennant_color);
    }
}

/// Young flames are bright and redder; the level never falls below a fifth.
LANDER_FN u8 glow(double level) { return static_cast<u8>((level > 0.2 ? level : 0.2) * 255.0); }

LANDER_FN Color particle_color(double ttl) {
    const u8 pale = glow(0.5 * ttl);
    return {glow(0.15 + ttl), pale, pale};
}

LANDER_FN Vec2f on_screen(Vec2f p) { return float_scale * p; }

/// A disc of two pixels' radius: four by four without the corners.
LANDER_FN void draw_particle(const Canvas& canvas, const Particle& particle) {
    const Color color = particle_color(particle.ttl);
    const Pixel c = pixel_of(on_screen(particle.center));
    put_span(canvas, c.x - 1, c.x, c.y - 2, color);
    put_span(canvas, c.x - 2, c.x + 1, c.y - 1, color);
    put_span(canvas, c.x - 2, c.x + 1, c.y, color);
    put_span(canvas, c.x - 1, c.x, c.y + 1, color);
}

LANDER_FN void draw_body(const Canvas& canvas, const Polygon& shape, Posef pose) {
    Vec2f corners[max_vertices];
    Pixel pixels[max_vertices];
    for (int i = 0; i < shape.count; ++i) {
        corners[i] = on_screen(to_world(pose, shape.vertices[i]));
        pixels[i] = pixel_of(corners[i]);
    }
    draw_filled(canvas, pixels, shape.count, hull_color);
    fine_outline(canvas, corners, shape.count, outline_color);
}

}  // namespace raster

/// Draws the part of the picture that the canvas shows.
LANDER_FN void draw_picture(const Canvas& canvas, const World& world, const Flames& flames) {
    using namespace raster;
    draw_background(canvas, world.terrain);
    for (int i = 0; i < flames.count; ++i) {
        draw_particle(canvas, flames.particles[i]);
        draw_flags(canvas);
    }
    for (int i = 0; i < body_count; ++i) {
        draw_body(canvas, polygon(i), world.bodies[i].pose);
        draw_flags(canvas);
    }
}

}  // namespace LANDER_NAMESPACE
