// Antialiased outline of a polygon: pygame's gfxdraw.aapolygon, which is SDL_gfx's.
//
// Wu's lines in fixed point between integer pixels, clipped in 16-bit coordinates.
#pragma once

#include "render/polygon.h"

namespace LANDER_NAMESPACE {

namespace aapolygon {

/// SDL_gfx has 16-bit coordinates: a point far outside wraps around.
LANDER_FN int short_of(int x) { return static_cast<i16>(x); }

/// Region of a point beside the screen (Cohen-Sutherland outcode).
enum Side : int { inside = 0, left = 1, right = 2, below = 4, above = 8 };

LANDER_FN int sides_of(Pixel p) {
    const int horizontal = p.x < 0 ? left : p.x >= screen_width ? right : inside;
    const int vertical = p.y < 0 ? below : p.y >= screen_height ? above : inside;
    return horizontal | vertical;
}

LANDER_FN void swap(Pixel& a, Pixel& b) {
    const Pixel c = a;
    a = b;
    b = c;
}

/// Moves a point outside to the border of the screen, along the line to `other`.
LANDER_FN void pull_in(Pixel& p, Pixel other, int sides) {
    const bool upright = p.x == other.x;
    const float slope =
        upright ? 1.0F : static_cast<float>(other.y - p.y) / static_cast<float>(other.x - p.x);
    if ((sides & (left | right)) != 0) {
        const int border = (sides & left) != 0 ? 0 : screen_width - 1;
        p.y = short_of(p.y + short_of(static_cast<int>(static_cast<float>(border - p.x) * slope)));
        p.x = border;
        return;
    }
    const int border = (sides & below) != 0 ? 0 : screen_height - 1;
    if (!upright) {
        p.x = short_of(p.x + short_of(static_cast<int>(static_cast<float>(border - p.y) / slope)));
    }
    p.y = border;
}

/// Cohen-Sutherland clipping. Can swap the ends; returns false if nothing is on the screen.
LANDER_FN bool clip_to_screen(Pixel& a, Pixel& b) {
    for (;;) {
        const int sides_a = sides_of(a);
        const int sides_b = sides_of(b);
        if ((sides_a | sides_b) == inside) {
            return true;
        }
        if ((sides_a & sides_b) != 0) {
            return false;
        }
        if (sides_a == inside) {
            swap(a, b);
            pull_in(a, b, sides_b);
        } else {
            pull_in(a, b, sides_a);
        }
    }
}

/// Wu's line between the ends: for each step along the longer direction two neighbours share the
/// colour by 8 bits of a fixed-point fraction, which was truncated to 16 bits.
LANDER_FN void draw_between(const Canvas canvas, Pixel from, int dx, int dy, Color color) {
    const int direction = dx >= 0 ? 1 : -1;
    const int width = dx >= 0 ? dx : -dx;
    const bool steep = dy > width;
    const int length = steep ? dy : width;
    const int shorter = steep ? width : dy;
    const u32 increment = static_cast<u32>((shorter << 16) / length) << 16;
    // Only steps whose pixels can be on the canvas are taken; the steps before are added at once.
    const Region& r = canvas.region;
    const int enters = steep           ? r.bottom - from.y
                       : direction > 0 ? r.left - from.x
                                       : from.x - (r.right - 1);
    const int leaves = steep           ? r.top - from.y
                       : direction > 0 ? r.right - from.x
                                       : from.x - r.left + 1;
    const int skipped = enters > 1 ? enters - 1 : 0;
    const u64 sum = static_cast<u64>(increment) * static_cast<u64>(skipped);
    const int rolls = increment == 0 ? skipped : static_cast<int>(sum >> 32);
    u32 fraction = static_cast<u32>(sum);
    int x = from.x + direction * (steep ? rolls : skipped);
    int y = from.y + (steep ? skipped : rolls);
    for (int i = skipped + 1; i < length && i < leaves; ++i) {
        const u32 before = fraction;
        fraction += increment;
        const bool rolled_over = fraction <= before;
        x += steep ? (rolled_over ? direction : 0) : direction;
        y += steep ? 1 : (rolled_over ? 1 : 0);
        const int weight = static_cast<int>(fraction >> 24);
        blend(canvas, x, y, color, 255 - weight);
        blend(canvas, steep ? x + direction : x, steep ? y : y + 1, color, weight);
    }
}

/// Line without its last pixel.
LANDER_FN void draw_line(const Canvas& canvas, Pixel a, Pixel b, Color color) {
    if (!clip_to_screen(a, b)) {
        return;
    }
    const Pixel low = a.y > b.y ? b : a;
    const Pixel high = a.y > b.y ? a : b;
    const int dx = high.x - low.x;
    const int dy = high.y - low.y;
    if (dx == 0) {
        put_column(canvas, a.x, low.y, high.y, color);
    } else if (dy == 0) {
        put_span(canvas, low.x, high.x, a.y, color);
    } else {
        put(canvas, a.x, a.y, color);
        draw_between(canvas, low, dx, dy, color);
    }
}

}  // namespace aapolygon

/// Antialiased outline of a polygon in integer pixels.
LANDER_FN void draw_aapolygon(const Canvas& canvas, const Pixel* corners, int count, Color color) {
    using namespace aapolygon;
    for (int i = 0; i < count; ++i) {
        const Pixel a = corners[i];
        const Pixel b = corners[i + 1 < count ? i + 1 : 0];
        draw_line(canvas, {short_of(a.x), short_of(a.y)}, {short_of(b.x), short_of(b.y)}, color);
    }
}

}  // namespace LANDER_NAMESPACE
