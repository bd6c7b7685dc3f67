// Sine and cosine of a float. test_trigonometry.py compares them with glibc's.
#include "math/trigonometry.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(small_angles_are_their_own_sine) {
    const float angle = 0x1p-13F;  // below 2^-12
    CHECK(sine_cosine(angle).sine == angle && sine_cosine(angle).cosine == 1.0F);
    CHECK(std::signbit(sine_cosine(-0.0F).sine));
}

TEST(quadrants_have_their_signs) {
    const float half_pi = 1.57079637F;  // of the four angles, only multiples of pi/2
    const float expected[4][2] = {{0.0F, 1.0F}, {1.0F, 0.0F}, {0.0F, -1.0F}, {-1.0F, 0.0F}};
    for (int i = 0; i < 4; ++i) {
        const SineCosine q = sine_cosine(static_cast<float>(i) * half_pi);
        CHECK(near(q.sine, expected[i][0]) && near(q.cosine, expected[i][1]));
    }
    CHECK(near(sine_cosine(1000.0F).sine, std::sin(1000.0)));  // the reduction of large angles
    CHECK(near(sine_cosine(-1000.0F).sine, std::sin(-1000.0)));
}

}  // namespace
