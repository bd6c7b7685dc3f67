// From a picture to a small one: grey, then averaged over areas.
//
// The bytes are those of Gymnasium's GrayscaleObservation (float64 products, summed in the order
// red, green, blue, truncated) and of its ResizeObservation, that is OpenCV's INTER_AREA: where
// both sides divide the screen, whole sums times the reciprocal area; else weights in float, first
// along the rows, then across them, each sum in the order of the pixels; rounded half to even.
// Pictures larger than the screen are not made here (OpenCV then interpolates).
#pragma once

#include "canvas.h"

namespace LANDER_NAMESPACE {

/// A pixel of the screen and its share of a cell, along one axis.
struct Tap {
    i16 pixel;
    float weight;
};

/// Which pixels of the screen make up the cells along one axis. A cell shares a pixel with each
/// neighbour at most.
struct Axis {
    int pixels, cells;
    bool whole;                                 // cells are made of whole pixels
    i16 first[screen_width + 1];                // tap of each cell; one more marks the end
    i16 low[screen_width], high[screen_width];  // first and last cell that a pixel is part of
    Tap taps[3 * screen_width];
};

struct Reduction {
    Axis x, y;     // y counts rows from the top
    int channels;  // 1 (grey) or 3
    bool whole;    // cells are made of whole pixels, all of one size
};

/// A rectangle of cells, rows counted from the top.
struct Cells {
    int left, top, right, bottom;
};

LANDER_FN bool can_reduce_to(int rows, int columns) {
    return rows >= 1 && rows <= screen_height && columns >= 1 && columns <= screen_width;
}

LANDER_FN u8 grey_of(Color c) {
    const double level = red_weight * c.red + green_weight * c.green;
    return static_cast<u8>(level + blue_weight * c.blue);
}

/// In place, three bytes to one. Neighbours mostly have one colour.
LANDER_FN void turn_grey(u8* bytes, int pixels) {
    Color seen{0, 0, 0};
    u8 grey = 0;
    for (int i = 0; i < pixels; ++i) {
        const Color c{bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2]};
        if (c.red != seen.red || c.green != seen.green || c.blue != seen.blue) {
            seen = c;
            grey = grey_of(c);
        }
        bytes[i] = grey;
    }
}

namespace reducing {

inline constexpr double least_share = 1.0e-3;  // of a pixel; OpenCV leaves out less

LANDER_FN int floor_int(double x) { return static_cast<int>(x); }  // for x >= 0

LANDER_FN int ceil_int(double x) {
    const int down = floor_int(x);
    return static_cast<double>(down) < x ? down + 1 : down;
}

LANDER_FN double lesser(double a, double b) { return a < b ? a : b; }

/// OpenCV divides twice to get the number of pixels a cell.
LANDER_FN double pixels_per_cell(int pixels, int cells) {
    return 1.0 / (static_cast<double>(cells) / static_cast<double>(pixels));
}

LANDER_FN void make_axis(Axis& axis, int pixels, int cells) {
    axis.pixels = pixels;
    axis.cells = cells;
    const double scale = pixels_per_cell(pixels, cells);
    int count = 0;
    const auto add = [&](int pixel, double weight) {
        axis.taps[count++] = {static_cast<i16>(pixel), static_cast<float>(weight)};
    };
    for (int cell = 0; cell < cells; ++cell) {
        axis.first[cell] = static_cast<i16>(count);
        const double begin = cell * scale;
        const double end = begin + scale;
        const double extent = lesser(scale, pixels - begin);
        int last = floor_int(end);
        last = last < pixels - 1 ? last : pixels - 1;
        int first = ceil_int(begin);
        first = first < last ? first : last;
        if (first - begin > least_share) {
            add(first - 1, (first - begin) / extent);
        }
        for (int pixel = first; pixel < last; ++pixel) {
            add(pixel, 1.0 / extent);
        }
        if (end - last > least_share) {
            add(last, lesser(lesser(end - last, 1.0), extent) / extent);
        }
    }
    axis.first[cells] = static_cast<i16>(count);
    axis.whole = pixels % cells == 0 && scale == pixels / cells;
    for (int cell = cells - 1; cell >= 0; --cell) {
        for (int i = axis.first[cell]; i < axis.first[cell + 1]; ++i) {
            axis.low[axis.taps[i].pixel] = static_cast<i16>(cell);
        }
    }
    for (int cell = 0; cell < cells; ++cell) {
        for (int i = axis.first[cell]; i < axis.first[cell + 1]; ++i) {
            axis.high[axis.taps[i].pixel] = static_cast<i16>(cell);
        }
    }
}

LANDER_FN int first_pixel(const Axis& axis, int cell) { return axis.taps[axis.first[cell]].pixel; }
LANDER_FN int last_pixel(const Axis& axis, int cell) {
    return axis.taps[axis.first[cell + 1] - 1].pixel;
}

/// Half to even, as the processor rounds: adding 1.5 x 2^23 leaves no room for a fraction.
LANDER_FN u8 rounded(float x) {
    constexpr float shift = 12582912.0F;
    const float whole = (x + shift) - shift;
    return static_cast<u8>(whole < 255.0F ? whole : 255.0F);
}

/// A part of the screen: bytes, `channels` a pixel, rows from the top.
struct Source {
    const u8* bytes;
    int left, top, width, channels;

    LANDER_FN const u8* at(int x, int row) const {
        return bytes + channels * ((row - top) * width + (x - left));
    }
};

LANDER_FN u8 weighted_cell(const Reduction& r, const Source& source, int column, int row,
                           int channel) {
    const int end_x = r.x.first[column + 1];
    const int end_y = r.y.first[row + 1];
    float sum = 0.0F;
    for (int j = r.y.first[row]; j < end_y; ++j) {
        const u8* line = source.at(source.left, r.y.taps[j].pixel) + channel;
        float along = 0.0F;
        for (int i = r.x.first[column]; i < end_x; ++i) {
            const Tap tap = r.x.taps[i];
            const u8 level = line[source.channels * (tap.pixel - source.left)];
            along += static_cast<float>(level) * tap.weight;
        }
        sum += r.y.taps[j].weight * along;
    }
    return rounded(sum);
}

LANDER_FN u8 whole_cell(const Reduction& r, const Source& source, int column, int row,
                        int channel) {
    const int width = r.x.pixels / r.x.cells;
    const int height = r.y.pixels / r.y.cells;
    int sum = 0;
    for (int y = row * height; y < (row + 1) * height; ++y) {
        const u8* level = source.at(column * width, y) + channel;
        for (int i = 0; i < width; ++i, level += source.channels) {
            sum += *level;
        }
    }
    if (width == 2 && height == 2) {
        return static_cast<u8>((sum + 2) >> 2);  // OpenCV's own way for this one size
    }
    return rounded(static_cast<float>(sum) * (1.0F / static_cast<float>(width * height)));
}

}  // namespace reducing

LANDER_FN void make_reduction(Reduction& r, int rows, int columns, bool grey) {
    reducing::make_axis(r.x, screen_width, columns);
    reducing::make_axis(r.y, screen_height, rows);
    r.channels = grey ? 1 : 3;
    r.whole = r.x.whole && r.y.whole;
}

LANDER_FN int picture_bytes(const Reduction& r) { return r.channels * r.y.cells * r.x.cells; }

/// The part of the screen that cells are made of.
LANDER_FN Region region_of(const Reduction& r, const Cells& cells) {
    using namespace reducing;
    return {first_pixel(r.x, cells.left), screen_height - 1 - last_pixel(r.y, cells.bottom - 1),
            last_pixel(r.x, cells.right - 1) + 1, screen_height - first_pixel(r.y, cells.top)};
}

/// The cells that a part of the screen, which is not empty, has a share in.
LANDER_FN Cells cells_of(const Reduction& r, const Region& region) {
    return {r.x.low[region.left], r.y.low[screen_height - region.top],
            r.x.high[region.right - 1] + 1, r.y.high[screen_height - 1 - region.bottom] + 1};
}

/// Fills cells from the pixels of a canvas that shows at least their region. In grey the canvas is
/// spent: its bytes become grey levels.
LANDER_FN void reduce(const Reduction& r, const Canvas& canvas, const Cells& cells, u8* out) {
    const Region& region = canvas.region;
    const int width = region.right - region.left;
    if (r.channels == 1) {
        turn_grey(canvas.pixels, width * (region.top - region.bottom));
    }
    const reducing::Source source{canvas.pixels, region.left, screen_height - region.top, width,
                                  r.channels};
    for (int channel = 0; channel < r.channels; ++channel) {
        for (int row = cells.top; row < cells.bottom; ++row) {
            u8* line = out + (channel * r.y.cells + row) * r.x.cells;
            for (int column = cells.left; column < cells.right; ++column) {
                line[column] = r.whole ? reducing::whole_cell(r, source, column, row, channel)
                                       : reducing::weighted_cell(r, source, column, row, channel);
            }
        }
    }
}

}  // namespace LANDER_NAMESPACE
