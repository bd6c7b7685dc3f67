// Canvas: a region of the screen to draw on; pixels, spans and the two kinds of blending.
//
// The env draws with y upwards and flips the frame at the end; a canvas flips while it draws. All
// shapes are computed for the whole screen and clipped to the canvas, so a region shows the pixels
// of the whole.
#pragma once

#include "env/constants.h"

namespace LANDER_NAMESPACE {

/// Colour of a pixel: 0xrrggbb.
using Color = u32;

inline constexpr Color ground_color = 0xffffff;
inline constexpr Color sky_color = 0x000000;
inline constexpr Color body_color = 0x8066e6;     // hull and legs
inline constexpr Color outline_color = 0x4d4d80;  // their second outline
inline constexpr Color pole_color = 0xffffff;
inline constexpr Color pennant_color = 0xcccc00;

LANDER_FN Color rgb(u8 red, u8 green, u8 blue) {
    return static_cast<u32>(red) << 16 | static_cast<u32>(green) << 8 | blue;
}
LANDER_FN u8 red_of(Color c) { return static_cast<u8>(c >> 16); }
LANDER_FN u8 green_of(Color c) { return static_cast<u8>(c >> 8); }
LANDER_FN u8 blue_of(Color c) { return static_cast<u8>(c); }

/// Rectangle of pixels from (left, bottom) to (right, top), which is excluded; y points upwards.
struct Region {
    int left, bottom, right, top;
};

LANDER_FN Region whole_screen() { return {0, 0, screen_width, screen_height}; }

LANDER_FN bool is_empty(const Region& r) { return r.left >= r.right || r.bottom >= r.top; }

LANDER_FN Region intersection(const Region& a, const Region& b) {
    return {a.left > b.left ? a.left : b.left, a.bottom > b.bottom ? a.bottom : b.bottom,
            a.right < b.right ? a.right : b.right, a.top < b.top ? a.top : b.top};
}

/// Pixels of a region.
struct Canvas {
    Color* pixels;  // rows from the top
    Region region;

    LANDER_FN int width() const { return region.right - region.left; }
    LANDER_FN int height() const { return region.top - region.bottom; }
    LANDER_FN bool holds(int x, int y) const {
        return x >= region.left && x < region.right && y >= region.bottom && y < region.top;
    }
    LANDER_FN Color* at(int x, int y) const {
        return pixels + (region.top - 1 - y) * width() + (x - region.left);
    }
};

LANDER_FN void put(const Canvas& canvas, int x, int y, Color color) {
    if (canvas.holds(x, y)) {
        *canvas.at(x, y) = color;
    }
}

/// Horizontal span from x1 to x2, both included, in either order.
LANDER_FN void put_span(const Canvas& canvas, int x1, int x2, int y, Color color) {
    const Region& r = canvas.region;
    if (y < r.bottom || y >= r.top) {
        return;
    }
    const int low = x1 < x2 ? x1 : x2;
    const int high = x1 < x2 ? x2 : x1;
    const int from = low > r.left ? low : r.left;
    const int to = high < r.right - 1 ? high : r.right - 1;
    if (from > to) {
        return;
    }
    Color* pixel = canvas.at(from, y);
    for (int i = 0; i <= to - from; ++i) {
        pixel[i] = color;
    }
}

/// Vertical span from y1 to y2, both included, y1 <= y2.
LANDER_FN void put_column(const Canvas& canvas, int x, int y1, int y2, Color color) {
    const Region& r = canvas.region;
    const int from = y1 > r.bottom ? y1 : r.bottom;
    const int to = y2 < r.top - 1 ? y2 : r.top - 1;
    for (int y = from; y <= to; ++y) {
        put(canvas, x, y, color);
    }
}

LANDER_FN void fill(const Canvas& canvas, Color color) {
    const int count = canvas.width() * canvas.height();
    for (int i = 0; i < count; ++i) {
        canvas.pixels[i] = color;
    }
}

// Blending of SDL_gfx, in integers: the difference times alpha / 256, rounded down.

LANDER_FN u8 mix(u8 below, u8 above, int alpha) {
    return static_cast<u8>(below + (((above - below) * alpha) >> 8));
}

/// Blends a colour; `weight` / 255 of the pixel is covered. Full weight still lets 1/256 through.
LANDER_FN void blend(const Canvas& canvas, int x, int y, Color color, int weight) {
    if (canvas.holds(x, y) && *canvas.at(x, y) != color) {  // half of an outline is on its body
        const int alpha = (255 * weight) >> 8;
        Color* pixel = canvas.at(x, y);
        *pixel = rgb(mix(red_of(*pixel), red_of(color), alpha),
                     mix(green_of(*pixel), green_of(color), alpha),
                     mix(blue_of(*pixel), blue_of(color), alpha));
    }
}

// Blending of pygame, in floats, rounded towards zero. The coverage can exceed 1 at the left and
// lower borders of the screen; a level that does not fit a byte wraps around.

LANDER_FN u8 mix(u8 below, u8 above, float coverage) {
    const float level =
        coverage * static_cast<float>(above) + (1.0F - coverage) * static_cast<float>(below);
    return static_cast<u8>(static_cast<int>(level));
}

/// Blends a colour; `coverage` of the pixel is covered.
LANDER_FN void shade(const Canvas& canvas, int x, int y, Color color, float coverage) {
    if (canvas.holds(x, y)) {
        Color* pixel = canvas.at(x, y);
        *pixel = rgb(mix(red_of(*pixel), red_of(color), coverage),
                     mix(green_of(*pixel), green_of(color), coverage),
                     mix(blue_of(*pixel), blue_of(color), coverage));
    }
}

/// Writes the pixels as red, green and blue bytes, rows from the top.
LANDER_FN void write_rgb(const Canvas& canvas, u8* out) {
    const int count = canvas.width() * canvas.height();
    for (int i = 0; i < count; ++i) {
        out[3 * i] = red_of(canvas.pixels[i]);
        out[3 * i + 1] = green_of(canvas.pixels[i]);
        out[3 * i + 2] = blue_of(canvas.pixels[i]);
    }
}

}  // namespace LANDER_NAMESPACE
