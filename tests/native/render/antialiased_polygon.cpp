// Antialiased outlines of SDL_gfx.
#include "render/antialiased_polygon.h"

#include "checks.h"
#include "scenes.h"
#include "sheet.h"

using namespace lander;

namespace {

TEST(lines_share_their_colour) {
    Sheet sheet({0, 0, 10, 10});
    // From (0, 0) to (4, 1): the fraction grows by a quarter, so weights are 64, 128 and 192.
    aapolygon::draw_line(sheet.canvas, {0, 0}, {4, 1}, rgb(255, 255, 255));
    CHECK(sheet.red(0, 0) == 255);
    CHECK(sheet.red(1, 0) == 255 * ((255 * 191) >> 8) / 256);
    CHECK(sheet.red(1, 1) == 255 * ((255 * 64) >> 8) / 256);
    CHECK(sheet.red(4, 1) == 0);  // the last pixel is the next line's
}

/// Lines in any direction show the same pixels on a small canvas as on the whole screen.
TEST(parts_of_lines_are_parts_of_the_whole) {
    Sheet whole(whole_screen());
    const Region regions[] = {{100, 100, 130, 120}, {300, 0, 301, 400}, {0, 200, 600, 203}};
    Xorshift dice{5};
    for (const Region& region : regions) {
        for (int trial = 0; trial < 200; ++trial) {
            Pixel corners[3];
            for (Pixel& corner : corners) {
                corner = {static_cast<int>(dice.next() % 700) - 50,
                          static_cast<int>(dice.next() % 500) - 50};
            }
            Sheet part(region);
            fill(whole.canvas, sky_color);
            fill(part.canvas, sky_color);
            for (const Canvas& canvas : {whole.canvas, part.canvas}) {
                fill_polygon(canvas, corners, 3, body_color);
                draw_aapolygon(canvas, corners, 3, pennant_color);
            }
            bool same = true;
            for (int x = region.left; x < region.right; ++x) {
                for (int y = region.bottom; y < region.top; ++y) {
                    same = same && *whole.canvas.at(x, y) == *part.canvas.at(x, y);
                }
            }
            CHECK(same);
        }
    }
}

}  // namespace
