// Sheet: a canvas with pixels of its own over a region of the screen.
#pragma once

#include <vector>

#include "render/canvas.h"

struct Sheet {
    explicit Sheet(lander::Region region)
        : pixels(static_cast<std::size_t>((region.right - region.left) *
                                          (region.top - region.bottom))),
          canvas{pixels.data(), region} {}
    int red(int x, int y) const { return lander::red_of(*canvas.at(x, y)); }
    std::vector<lander::Color> pixels;
    lander::Canvas canvas;
};
