// Sine and cosine of a double. tests/native/reference/ compares them with glibc's.
#include "math/sine.h"

#include "checks.h"

using namespace lander;

namespace {

constexpr double pi_double = 3.141592653589793;

TEST(small_angles_are_their_own_sine_and_have_a_cosine_of_one) {
    CHECK(sine(0x1p-27) == 0x1p-27 && cosine(0x1p-28) == 1.0);
    CHECK(sine(0.0) == 0.0 && std::signbit(sine(-0.0)) && !std::signbit(sine(0.0)));
}

TEST(sine_and_cosine_of_fractions_of_a_turn) {
    CHECK(sine(pi_double / 6.0) == 0x1.fffffffffffffp-2);  // 0.5 less an ulp: the angle is rounded
    CHECK(cosine(pi_double / 2.0) == 6.123233995736766e-17);  // the rest of pi/2 in double
    CHECK(sine(pi_double) == 1.2246467991473532e-16);
    CHECK(sine(pi_double / 2.0) == 1.0 && cosine(pi_double) == -1.0);
    CHECK(sine(1.5 * pi_double) == -1.0);
}

TEST(sine_is_odd_and_cosine_even_in_every_case_of_the_reduction) {
    for (const double x : {0.1, 0.5, 1.0, 2.0, 3.0, 100.0, 1.0e7, 2.0e8, 1.0e15}) {
        CHECK(sine(-x) == -sine(x) && cosine(-x) == cosine(x));
        CHECK(near(sine(x), std::sin(x), 1e-15) && near(cosine(x), std::cos(x), 1e-15));
    }
}

TEST(angles_that_no_state_holds_are_refused) {
    CHECK(std::isnan(sine(0x1p50)) && std::isnan(cosine(-0x1p50)));
    CHECK(!std::isnan(sine(std::nextafter(0x1p50, 0.0))));
    CHECK(std::isnan(sine(HUGE_VAL)) && std::isnan(cosine(std::nan(""))));
}

TEST(the_same_bits_everywhere) {
    u64 hash = 0xcbf29ce484222325ULL, dice = 1;  // FNV-1a over words
    for (int i = 0; i < 200'000; ++i) {
        dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
        const double unit = static_cast<double>(dice >> 11) * 0x1p-52 - 1.0;
        for (const double x : {unit, 7.0 * unit, 1.0e5 * unit, 1.0e12 * unit}) {
            hash = (hash ^ double_bits(sine(x))) * 0x100000001b3ULL;
            hash = (hash ^ double_bits(cosine(x))) * 0x100000001b3ULL;
        }
    }
    CHECK(hash == 0x32eca2f11a5a3c2bULL);  // glibc 2.36 gives the same
}

}  // namespace
