// SIMD lanes. test_simd.py builds and runs it for each instruction set.
#include "host/simd.h"

#include <cmath>
#include <random>

#include "checks.h"

using namespace lander;

namespace {

Wide lanes_of(std::mt19937& random, float low, float high) {
    std::uniform_real_distribution<float> draw(low, high);
    Wide out;
    for (int lane = 0; lane < wide_lanes; ++lane) {
        put(out, lane, draw(random));
    }
    return out;
}

TEST(lanes_round_as_floats_do) {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        const Wide a = lanes_of(random, -3.0F, 3.0F), b = lanes_of(random, -3.0F, 3.0F);
        const Wide c = lanes_of(random, 0.0F, 1e6F);
        const Wide sum = a + b * c, share = a / b, root = square_root(c), less = minimum(a, b);
        for (int lane = 0; lane < wide_lanes; ++lane) {
            const float x = get(a, lane), y = get(b, lane), z = get(c, lane);
            const volatile float product = y * z;  // rounded before it is added
            CHECK(float_bits(get(sum, lane)) == float_bits(x + product));
            CHECK(float_bits(get(share, lane)) == float_bits(x / y));
            CHECK(float_bits(get(root, lane)) == float_bits(std::sqrt(z)));
            CHECK(float_bits(get(less, lane)) == float_bits(x < y ? x : y));
        }
    }
}

TEST(zeros_keep_their_signs) {
    const Wide minus(-0.0F), plus(0.0F);
    CHECK(float_bits(get(minus, 3)) == 0x80000000U);
    CHECK(float_bits(get(-plus, 1)) == 0x80000000U);
    // The second of two equals wins, as in a < b ? a : b.
    CHECK(float_bits(get(minimum(plus, minus), 0)) == 0x80000000U);
    CHECK(float_bits(get(maximum(minus, plus), 0)) == 0U);
    CHECK(float_bits(get(magnitude(plus), 0)) == float_bits(magnitude(0.0F)));
}

TEST(masks_know_their_lanes) {
    for (int chosen = 0; chosen < wide_lanes; ++chosen) {
        WideMask mask(false);
        CHECK(!any(mask) && all(negate(mask)));
        put(mask, chosen, true);
        CHECK(any(mask) && !all(mask) && !all(negate(mask)));
        const Wide one_two = select(mask, Wide(1.0F), Wide(2.0F));
        for (int lane = 0; lane < wide_lanes; ++lane) {
            CHECK(get(mask, lane) == (lane == chosen));
            CHECK(get(one_two, lane) == (lane == chosen ? 1.0F : 2.0F));
        }
        put(mask, chosen, false);
        CHECK(!any(mask));
    }
}

void check_turn(const Wide& angles) {
    const Rotation<Wide> turned = rotation(angles);
    for (int lane = 0; lane < wide_lanes; ++lane) {
        const SineCosine expected = sine_cosine(get(angles, lane));
        CHECK(float_bits(get(turned.s, lane)) == float_bits(expected.sine) ||
              expected.sine != expected.sine);
        CHECK(float_bits(get(turned.c, lane)) == float_bits(expected.cosine) ||
              expected.cosine != expected.cosine);
    }
}

TEST(sines_are_those_of_one_lane) {
    std::mt19937 random(2);
    for (int round = 0; round < 20000; ++round) {
        check_turn(lanes_of(random, -130.0F, 130.0F));  // beyond 120 another reduction is used
        check_turn(lanes_of(random, -1.0F, 1.0F));
        check_turn(lanes_of(random, -3e-4F, 3e-4F));  // at 2^-12 the sine becomes the angle
        Wide any_bits;
        for (int lane = 0; lane < wide_lanes; ++lane) {
            put(any_bits, lane, float_of(static_cast<u32>(random())));
        }
        check_turn(any_bits);
    }
    check_turn(Wide(-0.0F));
}

}  // namespace
