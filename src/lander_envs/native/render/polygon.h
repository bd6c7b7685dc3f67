// Filled polygons and the two kinds of smooth outlines that the env draws.
//
// The env draws with pygame, so the pixels are pygame-ce 2.5.8's, oddities included: `fill_polygon`
// and `fill_triangle` are its draw.polygon, `smooth_outline` its gfxdraw.aapolygon (SDL_gfx: whole
// pixels, 16-bit coordinates, Wu's lines in fixed point) and `fine_outline` its draw.aalines
// (Wu's lines in floats, ends and all).
#pragma once

#include "math/vectors.h"
#include "render/canvas.h"

namespace LANDER_NAMESPACE {

inline constexpr int max_corners = 6;  // of a polygon that is drawn

struct Pixel {
    int x, y;
};

/// Towards zero. Far outside the picture, where an int would overflow, the distance is cut.
LANDER_FN int whole(double x) {
    constexpr double far = 1.0e9;
    return static_cast<int>(x < -far ? -far : x > far ? far : x);
}

LANDER_FN Pixel pixel_of(Vec2f p) { return {whole(p.x), whole(p.y)}; }

// --- Filled polygons

namespace filling {

LANDER_FN int floor_quotient(int a, int b) { return a / b - (a % b < 0 ? 1 : 0); }

/// A side on its way up: it meets the present row at x + rest / height. pygame divides in floats;
/// for sides of less than 4,000 pixels that finds the same whole numbers.
struct Side {
    int first, end;  // rows, without the end
    int x, rest, height;
    int step, step_rest;  // what a row adds

    LANDER_FN void next_row() {
        x += step;
        rest += step_rest;
        if (rest >= height) {
            rest -= height;
            ++x;
        }
    }
};

/// A side that is not level, in the first row from `row` on that it meets.
LANDER_FN Side make_side(Pixel low, Pixel high, int row, int top) {
    const int width = high.x - low.x, height = high.y - low.y;
    const int first = low.y > row ? low.y : row;
    const int run = (first <= high.y ? first - low.y : 0) * width;  // else it meets none
    const int x = floor_quotient(run, height), step = floor_quotient(width, height);
    return {first,
            high.y == top ? top + 1 : high.y,
            low.x + x,
            run - x * height,
            height,
            step,
            width - step * height};
}

/// Where a row meets the sides of a polygon. In the order of the sides the crossings are rounded
/// down and up in turn.
struct Crossings {
    int x[max_corners];
    int count = 0;

    LANDER_FN void add(const Side& side) {
        const int value = side.x + (count % 2 == 1 && side.rest != 0 ? 1 : 0);
        int i = count++;
        for (; i > 0 && x[i - 1] > value; --i) {  // keeps them sorted
            x[i] = x[i - 1];
        }
        x[i] = value;
    }
};

/// Pairs of crossings of each row are joined.
LANDER_FN void fill_rows(const Canvas& canvas, Side* sides, int count, int first, int last,
                         Color color) {
    for (int y = first; y <= last; ++y) {
        Crossings crossings;
        for (int i = 0; i < count; ++i) {
            if (y >= sides[i].first && y < sides[i].end) {
                crossings.add(sides[i]);
                sides[i].next_row();
            }
        }
        for (int i = 0; i + 1 < crossings.count; i += 2) {
            put_span(canvas, crossings.x[i], crossings.x[i + 1], y, color);
        }
    }
}

}  // namespace filling

/// The rows between the sides; then sides that are level.
LANDER_FN void fill_polygon(const Canvas& canvas, const Pixel* corners, int count, Color color) {
    int bottom = corners[0].y, top = corners[0].y, left = corners[0].x, right = corners[0].x;
    for (int i = 1; i < count; ++i) {
        bottom = corners[i].y < bottom ? corners[i].y : bottom;
        top = corners[i].y > top ? corners[i].y : top;
        left = corners[i].x < left ? corners[i].x : left;
        right = corners[i].x > right ? corners[i].x : right;
    }
    if (bottom == top) {
        put_span(canvas, left, right, bottom, color);
        return;
    }
    const int first = bottom > canvas.region.bottom ? bottom : canvas.region.bottom;
    const int last = top < canvas.region.top - 1 ? top : canvas.region.top - 1;
    filling::Side sides[max_corners];
    int side_count = 0;
    for (int i = 0; i < count; ++i) {
        const Pixel a = corners[i == 0 ? count - 1 : i - 1];
        const Pixel b = corners[i];
        if (a.y != b.y) {
            sides[side_count++] =
                filling::make_side(a.y < b.y ? a : b, a.y < b.y ? b : a, first, top);
        }
    }
    filling::fill_rows(canvas, sides, side_count, first, last, color);
    for (int i = 0; i < count; ++i) {
        const Pixel a = corners[i == 0 ? count - 1 : i - 1];
        const Pixel b = corners[i];
        if (a.y == b.y && bottom < b.y && b.y < top) {
            put_span(canvas, b.x, a.x, b.y, color);
        }
    }
}

/// A triangle whose corners are given from the lowest to the highest, of different heights.
LANDER_FN void fill_triangle(const Canvas& canvas, Pixel low, Pixel middle, Pixel high,
                             Color color) {
    const auto slope = [](Pixel a, Pixel b) {
        return static_cast<float>(static_cast<double>(b.x - a.x) / static_cast<double>(b.y - a.y));
    };
    const auto along = [](Pixel from, int y, float slope) {
        return from.x + static_cast<int>(static_cast<float>(y - from.y) * slope);
    };
    const float whole_way = slope(low, high);
    const float first = slope(low, middle);
    const float second = slope(middle, high);
    for (int y = low.y; y <= high.y; ++y) {
        const int end = y < middle.y ? along(low, y, first) : along(middle, y, second);
        put_span(canvas, along(low, y, whole_way), end, y, color);
    }
}

// --- Smooth outlines, in whole pixels

namespace smooth {

/// SDL_gfx keeps coordinates in 16 bits; what is far enough outside wraps around.
LANDER_FN int short_of(int x) { return static_cast<i16>(x); }

/// On which sides of the screen a point lies.
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

/// Moves a point that lies outside onto the border of the screen, along the line to `other`.
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

/// Cohen and Sutherland's clipping. May swap the ends; false if nothing is on the screen.
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

/// What is between the ends: on each step along the longer direction two neighbours share the
/// colour by 8 bits of a fixed-point fraction, which is truncated to 16 bits beforehand.
LANDER_FN void draw_between(const Canvas canvas, Pixel from, int dx, int dy, Color color) {
    const int direction = dx >= 0 ? 1 : -1;
    const int width = dx >= 0 ? dx : -dx;
    const bool steep = dy > width;
    const int length = steep ? dy : width;
    const int shorter = steep ? width : dy;
    const u32 increment = static_cast<u32>((shorter << 16) / length) << 16;
    // Only the steps whose pixels can be on the canvas are taken; those before are added up.
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

/// A line without its last pixel.
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

}  // namespace smooth

LANDER_FN void smooth_outline(const Canvas& canvas, const Pixel* corners, int count, Color color) {
    using namespace smooth;
    for (int i = 0; i < count; ++i) {
        const Pixel a = corners[i];
        const Pixel b = corners[i + 1 < count ? i + 1 : 0];
        draw_line(canvas, {short_of(a.x), short_of(a.y)}, {short_of(b.x), short_of(b.y)}, color);
    }
}

}  // namespace LANDER_NAMESPACE
