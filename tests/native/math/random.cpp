// Random numbers: 128-bit integers, PCG64, bounded integers.
#include "math/random.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(pcg64_gives_numpys_numbers) {
    const U128 product = multiply({0, ~0ULL}, {0, ~0ULL});  // (2^64 - 1)^2 = 2^128 - 2^65 + 1
    CHECK(product.high == ~0ULL - 1 && product.low == 1);
    const U128 sum = add({0, ~0ULL}, {0, 1});
    CHECK(sum.high == 1 && sum.low == 0);

    // numpy.random.PCG64(0).random_raw(3), NumPy 2.4
    const u32 seed = 0;
    Pcg64 random = seeded_pcg64(&seed, 1);
    CHECK(random.next_uint64() == 0xa30febcfd9c2825fULL);
    CHECK(random.next_uint64() == 0x4510bdf882d9d721ULL);
    CHECK(random.next_uint64() == 0x0a7d3da94ecde8b8ULL);

    random = seeded_pcg64(&seed, 1);
    CHECK(random.next_uint32() == 0xd9c2825fU);  // the lower half first
    CHECK(random.has_half == 1 && random.half == 0xa30febcfU);
    CHECK(random.next_uint32() == 0xa30febcfU);
    CHECK(random.has_half == 0);
}

struct FixedWords {
    const u32* words;
    u32 next_uint32() { return *words++; }
};

TEST(biased_integers_are_drawn_again) {
    // 2^32 mod 19998 = 16834: products whose low half is below that are drawn again.
    const u32 words[] = {0U, 0x80000001U};
    FixedWords source{words};
    CHECK(draw_integer(source, -9999, 9999) == 0);
    CHECK(source.words == words + 2);
}

}  // namespace
