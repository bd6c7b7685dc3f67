// Fused multiply-add.
#include "math/fused.h"

#include "checks.h"

using namespace lander;

namespace {

/// (1 + 2^-30)(1 - 2^-30) - 1 + x: -2^-60 if fused, 0 if the product is rounded first.
struct NearlyOne {
    template <class Fma>
    LANDER_INNER static double of(double x) {
        return Fma::of(1.0 + 0x1p-30, 1.0 - 0x1p-30, -1.0) + x;
    }
};

/// Sum of x^2 + 1 and its error, which a single rounding leaves.
struct Square {
    template <class Fma>
    LANDER_INNER static double of(double x) {
        return Fma::of(x, x, 1.0);
    }
};

TEST(one_rounding_keeps_what_two_lose) {
    CHECK(call_fused<NearlyOne>(0.0) == -0x1p-60);
    CHECK(NearlyOne::of<SoftwareFma>(0.0) == -0x1p-60);
    volatile double a = 1.0 + 0x1p-30, b = 1.0 - 0x1p-30;
    const double product = a * b;
    CHECK(product - 1.0 == 0.0);
}

TEST(ties_are_broken_by_what_lies_far_below) {
    // 1 + 2^-53 is halfway between 1 and the next double; 2^-120 beside it decides.
    CHECK(SoftwareFma::of(0x1p-60, 0x1p-60, 1.0 + 0x1p-52) == 1.0 + 0x1p-52);
    const double half_and_more = 0x1p-53 * (1.0 + 0x1p-52);
    CHECK(SoftwareFma::of(half_and_more, 1.0, 1.0) == 1.0 + 0x1p-52);
    CHECK(SoftwareFma::of(0x1p-27, 0x1p-26, 1.0) == 1.0);            // a tie, to even
    CHECK(SoftwareFma::of(0x1p-27 + 0x1p-79, 0x1p-26, 1.0) > 1.0);   // just above it
    CHECK(SoftwareFma::of(-0x1p-27, 0x1p-27 + 0x1p-79, 1.0) < 1.0);  // just below the other
    CHECK(SoftwareFma::of(-0x1p-27, 0x1p-27 - 0x1p-80, 1.0) == 1.0);
}

TEST(instruction_and_exact_arithmetic_agree) {
    u64 dice = 1;
    for (int i = 0; i < 100'000 * scale; ++i) {
        dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
        const double x = static_cast<double>(dice >> 11) * 0x1p-53 - 0.5;
        CHECK(call_fused<Square>(x) == Square::of<SoftwareFma>(x));
    }
}

}  // namespace
