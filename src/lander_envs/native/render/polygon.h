// Filled polygons: pygame's draw.polygon.
//
// The pixels are those of pygame-ce 2.5.8, oddities included.
#pragma once

#include "math/vectors.h"
#include "render/canvas.h"

namespace LANDER_NAMESPACE {

inline constexpr int max_corners = 6;  // corners of a polygon

struct Pixel {
    int x, y;
};

/// Truncation towards zero; clamped far outside the screen, where an int would overflow.
LANDER_FN int whole(double x) {
    constexpr double far = 1.0e9;
    return static_cast<int>(x < -far ? -far : x > far ? far : x);
}

LANDER_FN Pixel pixel_of(Vec2f p) { return {whole(p.x), whole(p.y)}; }

namespace filling {

LANDER_FN int floor_quotient(int a, int b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Edge of a polygon in the scan conversion: it crosses the current row at x + rest / height.
/// pygame divides in floats, which gives the same integers for edges of less than 4,000 pixels.
struct Side {
    int first, end;  // rows, without the end
    int x, rest, height;
    int step, step_rest;  // added for each row

    LANDER_FN void next_row() {
        x += step;
        rest += step_rest;
        if (rest >= height) {
            rest -= height;
            ++x;
        }
    }
};

/// Edge, not horizontal, in the first row from `row` on that it crosses.
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

/// Crossings of a row with the edges, sorted. In the order of the edges they are rounded down and
/// up in turn.
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

/// Fills each row between pairs of crossings.
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

/// Fills a polygon: the rows between its edges, then horizontal edges.
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

/// Fills a triangle whose corners are sorted by height, all different.
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

}  // namespace LANDER_NAMESPACE
