// Downscaling: grayscale conversion and area interpolation.
//
// The bytes are those of Gymnasium's GrayscaleObservation (float64 products, summed in the order
// red, green, blue, truncated) and ResizeObservation, which is OpenCV's INTER_AREA. If both sides
// divide the screen, a cell is an integer sum times the reciprocal area; otherwise a sum with float
// weights, first along the rows, then across them, in the order of the pixels. Rounding is half to
// even. Pictures larger than the screen are left to OpenCV, which then interpolates.
#pragma once

#include "render/canvas.h"

namespace LANDER_NAMESPACE {

/// Pixels and weights of the cells along one axis. A cell is made of consecutive pixels and shares
/// at most one with each neighbour.
struct Axis {
    int pixels, cells;
    bool whole;                                 // cells consist of whole pixels
    i16 pixel[screen_width];                    // first pixel of each cell
    i16 first[screen_width + 1];                // its weight's index; the last entry is the end
    i16 low[screen_width], high[screen_width];  // first and last cell of each pixel
    float weights[3 * screen_width];
};

/// Mapping from the screen to a small picture.
struct Reduction {
    Axis x, y;     // y counts rows from the top
    int channels;  // 1 (grey) or 3
    bool whole;    // cells consist of whole pixels, all of one size
};

/// Rectangle of cells; rows count from the top.
struct Cells {
    int left, top, right, bottom;
};

LANDER_FN bool can_reduce_to(int rows, int columns) {
    return rows >= 1 && rows <= screen_height && columns >= 1 && columns <= screen_width;
}

// Weights of a grey level (Gymnasium's GrayscaleObservation).
inline constexpr double red_weight = 0.2125;
inline constexpr double green_weight = 0.7154;
inline constexpr double blue_weight = 0.0721;

LANDER_FN u8 grey_of(Color c) {
    const double level = red_weight * red_of(c) + green_weight * green_of(c);
    return static_cast<u8>(level + blue_weight * blue_of(c));
}

/// Working memory of a drawing, owned by the caller.
struct Scratch {
    Color pixels[screen_width * screen_height];
    float levels[screen_width * screen_height];    // of one channel
    u8 picture[3 * screen_width * screen_height];  // reduced, of any size
};

namespace downscaling {

inline constexpr int grey_block = 16;          // pixels; a power of two fills vectors
inline constexpr double least_share = 1.0e-3;  // of a pixel: OpenCV ignores smaller ones

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

/// Pixels and weights of the cells along one axis (OpenCV's computeResizeAreaTab).
LANDER_FN void make_axis(Axis& axis, int pixels, int cells) {
    axis.pixels = pixels;
    axis.cells = cells;
    const double scale = pixels_per_cell(pixels, cells);
    for (int pixel = 0; pixel < pixels; ++pixel) {
        axis.high[pixel] = -1;
    }
    int count = 0;
    int cell = 0;
    const auto add = [&](int pixel, double weight) {
        if (count == axis.first[cell]) {
            axis.pixel[cell] = static_cast<i16>(pixel);
        }
        axis.low[pixel] = axis.high[pixel] < 0 ? static_cast<i16>(cell) : axis.low[pixel];
        axis.high[pixel] = static_cast<i16>(cell);
        axis.weights[count++] = static_cast<float>(weight);
    };
    for (; cell < cells; ++cell) {
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
}

LANDER_FN int last_pixel(const Axis& axis, int cell) {
    return axis.pixel[cell] + axis.first[cell + 1] - axis.first[cell] - 1;
}

/// Rounding half to even, as the processor rounds: adding 1.5 x 2^23 removes the fraction.
LANDER_FN u8 rounded(float x) {
    constexpr float shift = 12582912.0F;
    const float whole = (x + shift) - shift;
    return static_cast<u8>(whole < 255.0F ? whole : 255.0F);
}

/// Levels of one channel in a region of the screen, rows from the top.
struct Levels {
    const float* levels;
    int left, top, width;

    LANDER_FN const float* at(int x, int row) const {
        return levels + (row - top) * width + (x - left);
    }
};

/// grey_of for a block of pixels, in floats. 10,000 times a level is an integer below 2^24, so it
/// is exact; the added 0.5 keeps the quotient away from integer levels. grey_of's doubles can round
/// an integer level down, so a block with such a level (except black and white) uses grey_of.
LANDER_FN void read_grey_block(const Color* __restrict pixels, float* __restrict levels) {
    constexpr float unit = 10000.0F;
    constexpr float red = static_cast<float>(unit * red_weight);
    constexpr float green = static_cast<float>(unit * green_weight);
    constexpr float blue = static_cast<float>(unit * blue_weight);
    int doubtful = 0;
    for (int i = 0; i < grey_block; ++i) {
        const int c = static_cast<int>(pixels[i]);
        const float sum = red * static_cast<float>(c >> 16) +
                          green * static_cast<float>(c >> 8 & 0xff) +
                          blue * static_cast<float>(c & 0xff) + 0.5F;
        const float level = static_cast<float>(static_cast<int>(sum * (1.0F / unit)));
        const bool whole = sum - unit * level < 1.0F;
        doubtful |= whole & (level > 0.0F) & (level < 255.0F);
        levels[i] = level;
    }
    for (int i = 0; doubtful != 0 && i < grey_block; ++i) {
        levels[i] = grey_of(pixels[i]);
    }
}

/// Grey levels of pixels. Blocks of sky, which are black, are skipped.
LANDER_FN void read_grey(const Color* pixels, int count, float* levels) {
    int i = 0;
    for (; i + grey_block <= count; i += grey_block) {
        Color any = 0;
        for (int k = 0; k < grey_block; ++k) {
            any |= pixels[i + k];
            levels[i + k] = 0.0F;
        }
        if (any != sky_color) {
            read_grey_block(pixels + i, levels + i);
        }
    }
    for (; i < count; ++i) {
        levels[i] = grey_of(pixels[i]);
    }
}

LANDER_FN void read_channel(const Color* pixels, int count, int channel, float* levels) {
    const int shift = 8 * (2 - channel);
    for (int i = 0; i < count; ++i) {
        levels[i] = static_cast<float>(pixels[i] >> shift & 0xff);
    }
}

/// Cell with float weights.
LANDER_FN u8 weighted_cell(const Reduction& r, const Levels& source, int column, int row) {
    const int width = r.x.first[column + 1] - r.x.first[column];
    const int height = r.y.first[row + 1] - r.y.first[row];
    const float* across = r.y.weights + r.y.first[row];
    const float* along = r.x.weights + r.x.first[column];
    const float* line = source.at(r.x.pixel[column], r.y.pixel[row]);
    float sum = 0.0F;
    for (int j = 0; j < height; ++j, line += source.width) {
        float of_line = 0.0F;
        for (int i = 0; i < width; ++i) {
            of_line += line[i] * along[i];
        }
        sum += across[j] * of_line;
    }
    return rounded(sum);
}

/// Cell of whole pixels: integer sum times the reciprocal area.
LANDER_FN u8 whole_cell(const Reduction& r, const Levels& source, int column, int row) {
    const int width = r.x.pixels / r.x.cells;
    const int height = r.y.pixels / r.y.cells;
    const float* line = source.at(column * width, row * height);
    int sum = 0;
    for (int j = 0; j < height; ++j, line += source.width) {
        for (int i = 0; i < width; ++i) {
            sum += static_cast<int>(line[i]);
        }
    }
    if (width == 2 && height == 2) {
        return static_cast<u8>((sum + 2) >> 2);  // OpenCV's own way for this one size
    }
    return rounded(static_cast<float>(sum) * (1.0F / static_cast<float>(width * height)));
}

}  // namespace downscaling

LANDER_FN void make_reduction(Reduction& r, int rows, int columns, bool grey) {
    downscaling::make_axis(r.x, screen_width, columns);
    downscaling::make_axis(r.y, screen_height, rows);
    r.channels = grey ? 1 : 3;
    r.whole = r.x.whole && r.y.whole;
}

LANDER_FN int picture_bytes(const Reduction& r) { return r.channels * r.y.cells * r.x.cells; }

/// Region of the screen that cells are made of.
LANDER_FN Region region_of(const Reduction& r, const Cells& cells) {
    using namespace downscaling;
    return {r.x.pixel[cells.left], screen_height - 1 - last_pixel(r.y, cells.bottom - 1),
            last_pixel(r.x, cells.right - 1) + 1, screen_height - r.y.pixel[cells.top]};
}

/// Cells that a region of the screen, not empty, is part of.
LANDER_FN Cells cells_of(const Reduction& r, const Region& region) {
    return {r.x.low[region.left], r.y.low[screen_height - region.top],
            r.x.high[region.right - 1] + 1, r.y.high[screen_height - 1 - region.bottom] + 1};
}

/// Computes cells from a canvas that contains their region.
LANDER_FN void reduce(const Reduction& r, const Canvas& canvas, const Cells& cells, float* levels,
                      u8* out) {
    using namespace downscaling;
    const int pixels = canvas.width() * canvas.height();
    const Levels source{levels, canvas.region.left, screen_height - canvas.region.top,
                        canvas.width()};
    for (int channel = 0; channel < r.channels; ++channel) {
        if (r.channels == 1) {
            read_grey(canvas.pixels, pixels, levels);
        } else {
            read_channel(canvas.pixels, pixels, channel, levels);
        }
        for (int row = cells.top; row < cells.bottom; ++row) {
            u8* line = out + (channel * r.y.cells + row) * r.x.cells;
            for (int column = cells.left; column < cells.right; ++column) {
                line[column] = r.whole ? whole_cell(r, source, column, row)
                                       : weighted_cell(r, source, column, row);
            }
        }
    }
}

}  // namespace LANDER_NAMESPACE
