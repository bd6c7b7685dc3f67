// Lane interface for one lane. host/simd.cpp tests it for many.
#include "math/lanes.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(the_second_of_two_equals_wins) {
    CHECK(std::signbit(minimum(0.0F, -0.0F)) && !std::signbit(minimum(-0.0F, 0.0F)));
    CHECK(std::signbit(maximum(0.0F, -0.0F)) && !std::signbit(maximum(-0.0F, 0.0F)));
}

TEST(clamping_and_selecting) {
    CHECK(clamp(3.0F, -1.0F, 2.0F) == 2.0F && clamp(-3.0F, -1.0F, 2.0F) == -1.0F);
    CHECK(clamp(0.5F, -1.0F, 2.0F) == 0.5F);
    CHECK(magnitude(-2.5F) == 2.5F && magnitude(2.5F) == 2.5F);
    CHECK(select(true, 1.0F, 2.0F) == 1.0F && select(false, 1.0F, 2.0F) == 2.0F);
}

}  // namespace
