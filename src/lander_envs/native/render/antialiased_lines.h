// Antialiased closed outline: pygame's draw.aalines.
//
// Wu's lines with float coordinates. Inside, y is moved up by one pixel, so that casts to int round
// down. End points are drawn separately, weighted by the covered part of their pixel; where lines
// join they are mostly left out.
#pragma once

#include "render/polygon.h"

namespace LANDER_NAMESPACE {

namespace aalines {

/// Line in a frame in which it is flatter than a diagonal and runs to the right.
struct Line {
    Vec2f from, to;
    Vec2f low, high;  // the screen in that frame, one pixel larger at the left and lower border
    float slope;
    bool steep;  // x and y are exchanged
};

LANDER_FN Vec2f exchanged(Vec2f a) { return {a.y, a.x}; }

LANDER_FN void swap(Vec2f& a, Vec2f& b) {
    const Vec2f c = a;
    a = b;
    b = c;
}

LANDER_FN Line make_line(Vec2f from, Vec2f to) {
    Line line{from, to, {-1.0F, -1.0F}, {screen_width, screen_height}, 0.0F, false};
    Vec2f d = to - from;
    line.steep = magnitude(d.x) < magnitude(d.y);
    if (line.steep) {
        line.from = exchanged(line.from);
        line.to = exchanged(line.to);
        line.high = exchanged(line.high);
        d = exchanged(d);
    }
    if (d.x < 0.0F) {
        swap(line.from, line.to);
        d = -d;
    }
    line.slope = d.y / d.x;
    return line;
}

/// Clips the ends at the left and right border. Returns false if nothing is left.
LANDER_FN bool clip_ends(Line& line) {
    Vec2f& from = line.from;
    Vec2f& to = line.to;
    if (to.x <= line.low.x || from.x >= line.high.x) {
        return false;
    }
    if (from.x < line.low.x) {
        from.y += line.slope * (line.low.x - from.x);
        from.x = line.low.x;
    }
    if (to.x > line.high.x) {
        to.y += line.slope * (line.high.x - to.x);
        to.x = line.high.x;
    }
    return true;
}

/// Clips an end at the lower and upper border.
LANDER_FN void clip_height(const Line& line, Vec2f& end) {
    const float border = end.y < line.low.y ? line.low.y : line.high.y;
    if (end.y < line.low.y || end.y > line.high.y) {
        end.x += (border - end.y) / line.slope;
        end.y = border;
    }
}

LANDER_FN bool clip_to_screen(Line& line) {
    if (!clip_ends(line)) {
        return false;
    }
    const bool rising = line.slope > 0.0F;
    const float lower = rising ? line.from.y : line.to.y;
    const float upper = rising ? line.to.y : line.from.y;
    if (upper <= line.low.y || lower >= line.high.y) {
        return false;
    }
    clip_height(line, line.from);
    clip_height(line, line.to);
    return true;
}

/// Blends a pixel of the line's frame.
LANDER_FN void shade(const Canvas& canvas, const Line& line, int x, int y, Color color,
                     float coverage) {
    LANDER_NAMESPACE::shade(canvas, line.steep ? y : x, line.steep ? x : y, color, coverage);
}

/// Blends the two pixels of an end point; `height` is one pixel too high.
LANDER_FN void shade_end(const Canvas& canvas, const Line& line, int x, float height, float cover,
                         Color color) {
    const int y = static_cast<int>(height);
    const float above = height - static_cast<float>(y);
    if (static_cast<float>(y) < height) {
        shade(canvas, line, x, y, color, above * cover);
    }
    shade(canvas, line, x, y - 1, color, (1.0F - above) * cover);
}

LANDER_FN void shade_between(const Canvas canvas, const Line line, int first, int last,
                             float height, Color color) {
    for (int x = first; x < last; ++x) {
        const int y = static_cast<int>(height);
        const float coverage = 1.0F - height + static_cast<float>(y);
        shade(canvas, line, x, y - 1, color, coverage);
        if (static_cast<float>(y) < height) {
            shade(canvas, line, x, y, color, 1.0F - coverage);
        }
        height += line.slope;
    }
}

LANDER_FN int ceiling(float x) {
    const float down = floor_of(x);
    return static_cast<int>(down < x ? down + 1.0F : down);
}

LANDER_FN void draw_dot(const Canvas& canvas, Vec2f at, Color color) {
    const auto nearest = [](float x) {
        const int down = whole(static_cast<double>(x) + 0.5);
        return static_cast<double>(down) > static_cast<double>(x) + 0.5 ? down - 1 : down;
    };
    LANDER_NAMESPACE::shade(canvas, nearest(at.x), nearest(at.y), color, 1.0F);
}

/// Line from a to b. `join`: its end points belong to the neighbours; `extra`: draw them
/// nevertheless.
LANDER_FN void draw_line(const Canvas& canvas, Vec2f a, Vec2f b, bool join, bool extra,
                         Color color) {
    if (magnitude(b.x - a.x) < 0.0001 && magnitude(b.y - a.y) < 0.0001) {
        draw_dot(canvas, a, color);
        return;
    }
    Line line = make_line(a, b);
    if (!clip_to_screen(line)) {
        return;
    }
    line.from.y += 1.0F;
    line.to.y += 1.0F;
    int first = 0;
    float height = 0.0F;
    if (!join || extra) {
        first = static_cast<int>(line.from.x);
        const float start = line.from.y + line.slope * (static_cast<float>(first) - line.from.x);
        height = start;
        if (line.to.x > line.low.x + 1.0F) {
            const float cover = static_cast<float>(1 + first) - line.from.x;
            shade_end(canvas, line, first, start, cover, color);
            height += line.slope;
            ++first;
        }
    }
    if (join) {
        first = ceiling(line.from.x);
        height = line.from.y + line.slope * (static_cast<float>(first) - line.from.x);
    }
    const int last = ceiling(line.to.x);
    if ((!join || extra) && line.from.x < line.high.x - 1.0F) {
        const float end = line.to.y + line.slope * (static_cast<float>(last) - line.to.x);
        const float cover = static_cast<float>(1 - last) + line.to.x;
        shade_end(canvas, line, last, end, cover, color);
    }
    shade_between(canvas, line, first, last, height, color);
}

LANDER_FN bool is_steep(Vec2f from, Vec2f to) {
    return magnitude(to.x - from.x) < magnitude(to.y - from.y);
}

LANDER_FN bool is_whole(Vec2f p) { return floor_of(p.x) == p.x && floor_of(p.y) == p.y; }

}  // namespace aalines

/// Antialiased closed outline. Where a flat line meets a steep one, the end point is drawn twice.
/// As in pygame, the first line tests the next one's steepness from the height of the first corner.
LANDER_FN void draw_aalines(const Canvas& canvas, const Vec2f* corners, int count, Color color) {
    using namespace aalines;
    for (int i = 0; i < count; ++i) {
        const Vec2f a = corners[i];
        const Vec2f b = corners[i + 1 < count ? i + 1 : 0];
        bool extra = false;
        if (i == 0) {
            const bool next = is_steep({b.x, a.y}, corners[2]);
            extra = is_steep(a, b) && !next;
        } else {
            extra = is_steep(corners[i - 1], a) != is_steep(a, b);
        }
        draw_line(canvas, a, b, !is_whole(b), extra, color);
    }
}

}  // namespace LANDER_NAMESPACE
