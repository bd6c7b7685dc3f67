// Filled polygons.
#include "render/polygon.h"

#include "checks.h"
#include "sheet.h"

using namespace lander;

namespace {

TEST(polygons_include_their_borders) {
    Sheet sheet({0, 0, 10, 10});
    const Pixel square[4] = {{2, 3}, {5, 3}, {5, 6}, {2, 6}};
    fill_polygon(sheet.canvas, square, 4, rgb(9, 9, 9));
    int count = 0;
    for (int y = 0; y < 10; ++y) {
        for (int x = 0; x < 10; ++x) {
            count += sheet.red(x, y) == 9 ? 1 : 0;
        }
    }
    CHECK(count == 16 && sheet.red(2, 3) == 9 && sheet.red(5, 6) == 9);
    const Pixel flat[3] = {{7, 8}, {1, 8}, {4, 8}};  // one row
    fill_polygon(sheet.canvas, flat, 3, rgb(8, 8, 8));
    CHECK(sheet.red(1, 8) == 8 && sheet.red(7, 8) == 8 && sheet.red(0, 8) == 0);
}

}  // namespace
