// The picture: what Gymnasium's LunarLander renders, byte for byte.
//
// In this order: white ground, the sky in ten black pieces, the flames, hull and legs, and after
// each of these the two flags once more (which makes their smooth edges brighter).
#pragma once

#include "env/particles.h"
#include "render/antialiased_line.h"

namespace LANDER_NAMESPACE {

namespace raster {

inline constexpr float float_scale = static_cast<float>(pixels_per_unit);

LANDER_FN void draw_filled(const Canvas& canvas, const Pixel* corners, int count, Color color) {
    fill_polygon(canvas, corners, count, color);
    smooth_outline(canvas, corners, count, color);
}

/// True if a part of the screen lies above all ground in its columns.
LANDER_FN bool is_sky(const Region& region, const Terrain& terrain) {
    constexpr int outline = 2;  // pixels that the ground's outline is wide
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

/// The flags stand at the ends of the pad, a little above the ground, which is 1 % too low.
LANDER_FN Pixel flag_foot(int flag) {
    const int point = flag == 0 ? helipad_first_point : helipad_last_point;
    return {whole(terrain_x(point) * pixels_per_unit), whole(helipad_height * pixels_per_unit)};
}

/// Where a flag's pennant, with its outline, can be.
LANDER_FN Region pennant_region(int flag) {
    const Pixel foot = flag_foot(flag);
    const int head = foot.y + pole_height;
    return {foot.x - 1, head - pennant_height - 1, foot.x + pennant_length + 2, head + 2};
}

/// The same with the pole.
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
        smooth_outline(canvas, corners, 3, pennant_color);
    }
}

/// Young flames are bright and redder; the level never falls below a fifth.
LANDER_FN u8 glow(double level) { return static_cast<u8>((level > 0.2 ? level : 0.2) * 255.0); }

LANDER_FN Color particle_color(double ttl) {
    const u8 pale = glow(0.5 * ttl);
    return rgb(glow(0.15 + ttl), pale, pale);
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

/// A body on the screen.
struct Figure {
    int count;
    Vec2f corners[max_vertices];
    Region box;  // holds all of its pixels
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
    // Beyond 16 bits an outline wraps around and may come back from the other side.
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
    fine_outline(canvas, figure.corners, figure.count, outline_color);
}

/// The disc reaches two pixels to the left and down, one to the right and up.
LANDER_FN Region particle_box(const Particle& particle) {
    const Pixel c = pixel_of(on_screen(particle.center));
    return {c.x - 2, c.y - 2, c.x + 2, c.y + 2};
}

}  // namespace raster

/// What a picture is drawn from: the flames, and the three bodies as they stand on the screen.
struct Scene {
    const Terrain* terrain;
    const Flames* flames;
    raster::Figure figures[body_count];
};

LANDER_FN Scene scene_of(const World& world, const Flames& flames) {
    Scene scene;
    scene.terrain = &world.terrain;
    scene.flames = &flames;
    for (int i = 0; i < body_count; ++i) {
        scene.figures[i] = raster::figure_of(world, i);
    }
    return scene;
}

/// Draws the part of the picture that the canvas shows.
LANDER_FN void draw_picture(const Canvas& canvas, const Scene& scene) {
    using namespace raster;
    draw_background(canvas, *scene.terrain);
    for (int i = 0; i < scene.flames->count; ++i) {
        draw_particle(canvas, scene.flames->particles[i]);
        draw_flags(canvas);
    }
    for (const Figure& figure : scene.figures) {
        draw_body(canvas, figure);
        draw_flags(canvas);
    }
}

}  // namespace LANDER_NAMESPACE
