// Scene: the frame that Gymnasium's LunarLander renders, byte for byte.
//
// Drawn in this order: white ground, ten black pieces of sky, particles, hull and legs. The two
// flags are drawn once more after each particle and body, which makes their antialiased edges
// brighter.
#pragma once

#include "env/particles.h"
#include "render/antialiased_lines.h"
#include "render/antialiased_polygon.h"

namespace LANDER_NAMESPACE {

namespace scene_parts {

inline constexpr int pole_height = 50;
inline constexpr int pennant_height = 10;
inline constexpr int pennant_length = 25;

inline constexpr float float_scale = static_cast<float>(pixels_per_unit);

/// Filled polygon with an antialiased outline.
LANDER_FN void draw_filled(const Canvas& canvas, const Pixel* corners, int count, Color color) {
    fill_polygon(canvas, corners, count, color);
    draw_aapolygon(canvas, corners, count, color);
}

/// True if a region is above all terrain in its columns.
LANDER_FN bool is_sky(const Region& region, const Terrain& terrain) {
    constexpr int outline = 2;  // pixels of the ground's outline
    for (int i = 0; i + 1 < terrain_points; ++i) {
        const double left = terrain_x(i) * pixels_per_unit;
        const double right = terrain_x(i + 1) * pixels_per_unit;
        const double limit = (region.bottom - outline) / pixels_per_unit;
        if (left < region.right && right >= region.left &&
            (terrain.heights[i] > limit || terrain.heights[i + 1] > limit)) {
            return false;
        }
    }
    return true;
}

LANDER_FN void draw_background(const Canvas& canvas, const Terrain& terrain) {
    if (is_sky(canvas.region, terrain)) {
        fill(canvas, sky_color);
        return;
    }
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

/// Foot of a flag: at an end of the helipad, a little above the ground, which is 1 % too low.
LANDER_FN Pixel flag_foot(int flag) {
    const int point = flag == 0 ? helipad_first_point : helipad_last_point;
    return {whole(terrain_x(point) * pixels_per_unit), whole(helipad_height * pixels_per_unit)};
}

/// Region of a flag's pennant with its outline.
LANDER_FN Region pennant_region(int flag) {
    const Pixel foot = flag_foot(flag);
    const int head = foot.y + pole_height;
    return {foot.x - 1, head - pennant_height - 1, foot.x + pennant_length + 2, head + 2};
}

/// Region of a flag: pennant and pole.
LANDER_FN Region flag_region(int flag) {
    Region region = pennant_region(flag);
    region.bottom -= pole_height;
    return region;
}

LANDER_FN void draw_flags(const Canvas& canvas) {
    for (int flag = 0; flag < 2; ++flag) {
        if (is_empty(intersection(canvas.region, flag_region(flag)))) {
            continue;
        }
        const Pixel foot = flag_foot(flag);
        const int x = foot.x;
        const int head = foot.y + pole_height;
        put_column(canvas, x, foot.y, head, pole_color);
        const Pixel corners[3] = {
            {x, head}, {x, head - pennant_height}, {x + pennant_length, head - pennant_height / 2}};
        fill_triangle(canvas, corners[1], corners[2], corners[0], pennant_color);
        draw_aapolygon(canvas, corners, 3, pennant_color);
    }
}

/// Level of a particle's colour; never below a fifth.
LANDER_FN u8 glow(double level) { return static_cast<u8>((level > 0.2 ? level : 0.2) * 255.0); }

LANDER_FN Color particle_color(double ttl) {
    const u8 pale = glow(0.5 * ttl);
    return rgb(glow(0.15 + ttl), pale, pale);
}

LANDER_FN Vec2f on_screen(Vec2f p) { return float_scale * p; }

/// Circle with a radius of two pixels: 4 x 4 pixels without the corners.
LANDER_FN void draw_particle(const Canvas& canvas, const Particle& particle) {
    const Color color = particle_color(particle.ttl);
    const Pixel c = pixel_of(on_screen(particle.center));
    put_span(canvas, c.x - 1, c.x, c.y - 2, color);
    put_span(canvas, c.x - 2, c.x + 1, c.y - 1, color);
    put_span(canvas, c.x - 2, c.x + 1, c.y, color);
    put_span(canvas, c.x - 1, c.x, c.y + 1, color);
}

/// Body on the screen.
struct Figure {
    int count;
    Vec2f corners[max_vertices];
    Region box;  // contains all of its pixels
};

LANDER_FN Figure figure_of(const World& world, int body) {
    const Polygon& shape = polygon(body);
    Figure figure;
    figure.count = shape.count;
    Vec2f lower{float_max, float_max}, upper{-float_max, -float_max};
    for (int i = 0; i < shape.count; ++i) {
        const Vec2f corner = on_screen(to_world(world.bodies[body].pose, shape.vertices[i]));
        figure.corners[i] = corner;
        lower = minimum(lower, corner);
        upper = maximum(upper, corner);
    }
    constexpr int outline = 2;
    const Pixel low = pixel_of(lower), high = pixel_of(upper);
    figure.box = {low.x - outline, low.y - outline, high.x + outline + 1, high.y + outline + 1};
    // Beyond 16 bits an outline wraps around and can return from the other side.
    constexpr int far = 32000;
    if (low.x < -far || low.y < -far || high.x > far || high.y > far) {
        figure.box = whole_screen();
    }
    return figure;
}

LANDER_FN void draw_body(const Canvas& canvas, const Figure& figure) {
    if (is_empty(intersection(canvas.region, figure.box))) {
        return;
    }
    Pixel pixels[max_vertices];
    for (int i = 0; i < figure.count; ++i) {
        pixels[i] = pixel_of(figure.corners[i]);
    }
    draw_filled(canvas, pixels, figure.count, body_color);
    draw_aalines(canvas, figure.corners, figure.count, outline_color);
}

/// Region of a particle: two pixels to the left and down, one to the right and up.
LANDER_FN Region particle_box(const Particle& particle) {
    const Pixel c = pixel_of(on_screen(particle.center));
    return {c.x - 2, c.y - 2, c.x + 2, c.y + 2};
}

}  // namespace scene_parts

/// Input of a frame: terrain, particles, and the three bodies on the screen.
struct Scene {
    const Terrain* terrain;
    const Particles* particles;
    scene_parts::Figure figures[body_count];
};

LANDER_FN Scene scene_of(const World& world, const Particles& particles) {
    Scene scene;
    scene.terrain = &world.terrain;
    scene.particles = &particles;
    for (int i = 0; i < body_count; ++i) {
        scene.figures[i] = scene_parts::figure_of(world, i);
    }
    return scene;
}

/// Draws the region of the frame that the canvas shows.
LANDER_FN void draw_scene(const Canvas& canvas, const Scene& scene) {
    using namespace scene_parts;
    draw_background(canvas, *scene.terrain);
    for (int i = 0; i < scene.particles->count; ++i) {
        draw_particle(canvas, scene.particles->items[i]);
        draw_flags(canvas);
    }
    for (const Figure& figure : scene.figures) {
        draw_body(canvas, figure);
        draw_flags(canvas);
    }
}

}  // namespace LANDER_NAMESPACE
