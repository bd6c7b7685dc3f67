// Antialiased outlines of pygame.
#include "render/antialiased_lines.h"

#include "checks.h"
#include "render/antialiased_polygon.h"
#include "scenes.h"
#include "sheet.h"

using namespace lander;

namespace {

TEST(float_lines_share_their_colour) {
    Sheet sheet({0, 0, 10, 10});
    // At a height of 2.25 three quarters go to row 2, a quarter to row 3; the ends are the joints'.
    aalines::draw_line(sheet.canvas, {1.5F, 2.25F}, {5.5F, 2.25F}, true, false, rgb(200, 200, 200));
    CHECK(sheet.red(1, 2) == 0);
    for (int x = 2; x <= 5; ++x) {
        CHECK(sheet.red(x, 2) == 150 && sheet.red(x, 3) == 50);
    }
    CHECK(sheet.red(6, 2) == 0);
}

TEST(lines_from_anywhere_stay_on_the_canvas) {
    Sheet sheet({100, 50, 131, 77});
    Xorshift dice{99};
    for (int trial = 0; trial < 200000; ++trial) {
        const auto somewhere = [&dice, trial] {
            const int range = trial % 3 == 0 ? 40000 : 900;
            return static_cast<int>(dice.next() % static_cast<u32>(range)) - range / 3;
        };
        Vec2f corners[4];
        Pixel pixels[4];
        for (int i = 0; i < 4; ++i) {
            corners[i] = {0.37F * static_cast<float>(somewhere()),
                          0.41F * static_cast<float>(somewhere())};
            pixels[i] = pixel_of(corners[i]);
        }
        draw_aapolygon(sheet.canvas, pixels, 4, rgb(1, 2, 3));
        draw_aalines(sheet.canvas, corners, 4, rgb(3, 2, 1));
        if (trial % 50 == 0) {
            fill_polygon(sheet.canvas, pixels, 4, rgb(5, 5, 5));
        }
    }
}

}  // namespace
