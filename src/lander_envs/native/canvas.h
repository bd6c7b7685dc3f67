// A part of the screen to draw on: pixels, spans and the two ways in which colours are mixed.
//
// The env draws with y upwards and flips the picture at the end; a canvas does so while it draws.
// Everything is computed as for the whole screen and then kept if it lies on the canvas, so that a
// part shows exactly what the whole would show there.
#pragma once

#include "constants.h"

namespace LANDER_NAMESPACE {

struct Color {
    u8 red, green, blue;
};

/// From 0xrrggbb.
LANDER_FN Color rgb(u32 color) {
    return {static_cast<u8>(color >> 16), static_cast<u8>(color >> 8), static_cast<u8>(color)};
}

/// Pixels from (left, bottom) up to, and without, (right, top); y points upwards.
struct Region {
    int left, bottom, right, top;
};

LANDER_FN Region whole_screen() { return {0, 0, screen_width, screen_height}; }

LANDER_FN bool is_empty(const Region& r) { return r.left >= r.right || r.bottom >= r.top; }

LANDER_FN Region intersection(const Region& a, const Region& b) {
    return {a.left > b.left ? a.left : b.left, a.bottom > b.bottom ? a.bottom : b.bottom,
            a.right < b.right ? a.right : b.right, a.top < b.top ? a.top : b.top};
}

struct Canvas {
    u8* pixels;  // red, green, blue; rows from the top
    Region region;

    LANDER_FN bool holds(int x, int y) const {
        return x >= region.left && x < region.right && y >= region.bottom && y < region.top;
    }
    LANDER_FN u8* at(int x, int y) const {
        const int row = region.top - 1 - y;
        return pixels + 3 * (row * (region.right - region.left) + (x - region.left));
    }
};

LANDER_FN void put(const Canvas& canvas, int x, int y, Color color) {
    if (canvas.holds(x, y)) {
        u8* pixel = canvas.at(x, y);
        pixel[0] = color.red;
        pixel[1] = color.green;
        pixel[2] = color.blue;
    }
}

/// From x1 to x2, both included, in either order.
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
    u8* pixel = canvas.at(from, y);
    for (int x = from; x <= to; ++x, pixel += 3) {
        pixel[0] = color.red;
        pixel[1] = color.green;
        pixel[2] = color.blue;
    }
}

/// From y1 to y2, both included, y1 <= y2.
LANDER_FN void put_column(const Canvas& canvas, int x, int y1, int y2, Color color) {
    const Region& r = canvas.region;
    const int from = y1 > r.bottom ? y1 : r.bottom;
    const int to = y2 < r.top - 1 ? y2 : r.top - 1;
    for (int y = from; y <= to; ++y) {
        put(canvas, x, y, color);
    }
}

LANDER_FN void fill(const Canvas& canvas, Color color) {
    for (int y = canvas.region.bottom; y < canvas.region.top; ++y) {
        put_span(canvas, canvas.region.left, canvas.region.right - 1, y, color);
    }
}

// SDL_gfx mixes in integers: the difference times alpha over 256, rounded down.

LANDER_FN u8 mix(u8 below, u8 above, int alpha) {
    return static_cast<u8>(below + (((above - below) * alpha) >> 8));
}

/// `weight` of 255: how much of the pixel is covered. Full weight still lets 1/256 through.
LANDER_FN void blend(const Canvas& canvas, int x, int y, Color color, int weight) {
    if (canvas.holds(x, y)) {
        const int alpha = (255 * weight) >> 8;
        u8* pixel = canvas.at(x, y);
        pixel[0] = mix(pixel[0], color.red, alpha);
        pixel[1] = mix(pixel[1], color.green, alpha);
        pixel[2] = mix(pixel[2], color.blue, alpha);
    }
}

// pygame mixes in floats, rounded towards zero. Its share can exceed 1 beside the screen's left and
// lower borders; what does not fit a byte wraps around.

LANDER_FN u8 mix(u8 below, u8 above, float share) {
    const float level =
        share * static_cast<float>(above) + (1.0F - share) * static_cast<float>(below);
    return static_cast<u8>(static_cast<int>(level));
}

LANDER_FN void shade(const Canvas& canvas, int x, int y, Color color, float share) {
    if (canvas.holds(x, y)) {
        u8* pixel = canvas.at(x, y);
        pixel[0] = mix(pixel[0], color.red, share);
        pixel[1] = mix(pixel[1], color.green, share);
        pixel[2] = mix(pixel[2], color.blue, share);
    }
}

}  // namespace LANDER_NAMESPACE
