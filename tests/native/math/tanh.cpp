// Hyperbolic tangent. tests/native/reference/ compares it with glibc's.
#include "math/tanh.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(small_arguments_are_their_own_tangent_and_large_ones_give_one) {
    CHECK(hyperbolic_tangent(0x1p-56) == 0x1p-56);
    CHECK(std::signbit(hyperbolic_tangent(-0.0)) && !std::signbit(hyperbolic_tangent(0.0)));
    CHECK(hyperbolic_tangent(22.0) == 1.0 && hyperbolic_tangent(-HUGE_VAL) == -1.0);
    CHECK(std::isnan(hyperbolic_tangent(std::nan(""))));
}

TEST(tangent_of_half_a_logarithm) {
    const double ln3 = 1.0986122886681098;  // (e^x - e^-x) / (e^x + e^-x) at x = ln(3) / 2
    CHECK(near(hyperbolic_tangent(0.5 * ln3), 0.5, 2e-16));
    CHECK(near(hyperbolic_tangent(-ln3), -0.8, 2e-16));
}

TEST(tangent_is_odd_in_every_case_of_the_exponential) {
    for (const double x : {0.1, 0.3, 0.6, 0.9, 1.0, 2.0, 5.0, 7.0, 15.0, 20.0}) {
        CHECK(hyperbolic_tangent(-x) == -hyperbolic_tangent(x));
        CHECK(near(hyperbolic_tangent(x), std::tanh(x), 3e-16));
    }
}

TEST(the_same_tangents_everywhere) {
    u64 hash = 0xcbf29ce484222325ULL, dice = 1;  // FNV-1a over words
    for (int i = 0; i < 400'000; ++i) {
        dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
        const double unit = static_cast<double>(dice >> 11) * 0x1p-52 - 1.0;
        for (const double x : {2.0 * unit, 23.0 * unit}) {
            hash = (hash ^ double_bits(hyperbolic_tangent(x))) * 0x100000001b3ULL;
        }
    }
    CHECK(hash == 0xc48b43929b64575bULL);  // glibc 2.36 gives the same
}

}  // namespace
