// Downscaling.
#include "render/downscale.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(cells_are_weighted_by_their_pixels) {
    static Reduction r;
    make_reduction(r, 400, 400, true);  // one and a half pixels a cell
    CHECK(!r.whole && r.x.first[1] == 2);
    CHECK(near(r.x.weights[0], 2.0 / 3.0) && near(r.x.weights[1], 1.0 / 3.0));
    make_reduction(r, 200, 300, true);
    CHECK(r.whole);
    CHECK(downscaling::rounded(0.5F) == 0 && downscaling::rounded(1.5F) == 2);
    CHECK(grey_of(rgb(255, 255, 255)) == 255 && grey_of(rgb(128, 102, 230)) == 116);  // 116.75
}

TEST(greys_read_in_blocks_are_grey_of_every_colour) {
    int different = 0;
    for (Color first = 0; first < 1U << 24; first += downscaling::grey_block) {
        Color pixels[downscaling::grey_block];
        float levels[downscaling::grey_block];
        for (int i = 0; i < downscaling::grey_block; ++i) {
            pixels[i] = first + static_cast<Color>(i);
        }
        downscaling::read_grey(pixels, downscaling::grey_block, levels);
        for (int i = 0; i < downscaling::grey_block; ++i) {
            different += levels[i] == grey_of(pixels[i]) ? 0 : 1;
        }
    }
    CHECK(different == 0);
}

}  // namespace
