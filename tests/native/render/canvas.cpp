// Canvas: blending and spans.
#include "checks.h"
#include "sheet.h"

using namespace lander;

namespace {

TEST(colours_mix) {
    CHECK(mix(u8{0}, u8{255}, 254) == 253);   // 255 x 254 / 256 = 253.0
    CHECK(mix(u8{255}, u8{0}, 1) == 254);     // -255 / 256, rounded down, is -1
    CHECK(mix(u8{0}, u8{255}, 0.5F) == 127);  // towards zero
    CHECK(mix(u8{100}, u8{200}, 1.0F) == 200);
    CHECK(mix(u8{0}, u8{255}, 1.5F) == 126);  // 382 wraps around
}

TEST(a_region_is_drawn_as_part_of_the_screen) {
    Sheet sheet({10, 20, 15, 25});
    put_span(sheet.canvas, 12, 3, 22, rgb(7, 7, 7));  // either order, clipped on the left
    CHECK(sheet.red(10, 22) == 7 && sheet.red(12, 22) == 7 && sheet.red(13, 22) == 0);
    put_column(sheet.canvas, 14, 0, 100, rgb(9, 9, 9));
    CHECK(sheet.red(14, 20) == 9 && sheet.red(14, 24) == 9);
    put(sheet.canvas, 15, 22, rgb(1, 1, 1));  // outside: nothing
    u8 bytes[3 * 25];
    write_rgb(sheet.canvas, bytes);  // rows from the top: row 22 is the third
    CHECK(bytes[3 * (2 * 5)] == 7 && bytes[3 * (2 * 5 + 4)] == 9 && bytes[0] == 0);
}

}  // namespace
