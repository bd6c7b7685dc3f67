// NumPy's default random generator: SeedSequence, PCG64, uniform doubles and bounded integers.
//
// Source: the published algorithms (Melissa O'Neill's PCG XSL-RR 128/64 and seed_seq_fe, Daniel
// Lemire's bounded integers) as NumPy 2 combines them. The numbers equal those of
// `numpy.random.Generator(PCG64(seed))`; tests compare them.
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

/// Unsigned 128-bit integer, modulo 2^128; not every compiler has one.
struct U128 {
    u64 high, low;
};

LANDER_FN U128 add(U128 a, U128 b) {
    const u64 low = a.low + b.low;
    return {a.high + b.high + (low < a.low ? 1U : 0U), low};
}

LANDER_FN U128 multiply_64(u64 a, u64 b) {
    const u64 a0 = a & 0xffffffffU, a1 = a >> 32;
    const u64 b0 = b & 0xffffffffU, b1 = b >> 32;
    const u64 low = a0 * b0;
    const u64 middle = a1 * b0 + (low >> 32);
    const u64 other = a0 * b1 + (middle & 0xffffffffU);
    return {a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (low & 0xffffffffU)};
}

LANDER_FN U128 multiply(U128 a, U128 b) {
    U128 product = multiply_64(a.low, b.low);
    product.high += a.high * b.low + a.low * b.high;
    return product;
}

/// State of numpy.random.PCG64. One 64-bit draw serves two 32-bit draws; the unused half waits in
/// `half` and is part of the state.
struct Pcg64 {
    U128 state;
    U128 increment;
    u32 has_half;
    u32 half;

    LANDER_FN u64 next_uint64() {
        step();
        const u64 x = state.high ^ state.low;
        const u32 turn = static_cast<u32>(state.high >> 58);
        return x >> turn | x << ((64U - turn) & 63U);
    }

    LANDER_FN u32 next_uint32() {
        if (has_half != 0) {
            has_half = 0;
            return half;
        }
        const u64 both_halves = next_uint64();
        has_half = 1;
        half = static_cast<u32>(both_halves >> 32);
        return static_cast<u32>(both_halves);
    }

    /// Uniform in [0, 1), 53 bits.
    LANDER_FN double next_double() {
        return static_cast<double>(next_uint64() >> 11) * (1.0 / 9007199254740992.0);
    }

    LANDER_FN void step() {
        state = add(multiply(state, {0x2360ED051FC65DA4U, 0x4385DF649FCCF645U}), increment);
    }
};

/// NumPy's SeedSequence: hashes a seed of any length into independent words.
struct SeedSequence {
    static constexpr int pool_size = 4;
    u32 pool[pool_size];

    LANDER_FN static u32 hash(u32 value, u32& constant) {
        value ^= constant;
        constant *= 0x931e8875U;
        value *= constant;
        return value ^ value >> 16;
    }

    LANDER_FN static u32 mix(u32 a, u32 b) {
        const u32 result = 0xca01f9ddU * a - 0x4973f715U * b;
        return result ^ result >> 16;
    }

    /// `words`: the seed in 32-bit digits, lowest first; the seed 0 is one word of 0.
    LANDER_FN SeedSequence(const u32* words, int count) : pool{} {
        u32 constant = 0x43b0d7e5U;
        for (int i = 0; i < pool_size; ++i) {
            pool[i] = hash(i < count ? words[i] : 0U, constant);
        }
        for (int from = 0; from < pool_size; ++from) {
            for (int to = 0; to < pool_size; ++to) {
                if (from != to) {
                    pool[to] = mix(pool[to], hash(pool[from], constant));
                }
            }
        }
        for (int from = pool_size; from < count; ++from) {
            for (int to = 0; to < pool_size; ++to) {
                pool[to] = mix(pool[to], hash(words[from], constant));
            }
        }
    }

    /// Writes `count` output words of 64 bits to `words`.
    LANDER_FN void generate(u64* words, int count) const {
        u32 constant = 0x8b51f9ddU;
        for (int i = 0; i < 2 * count; ++i) {
            u32 value = pool[i % pool_size] ^ constant;
            constant *= 0x58f38dedU;
            value *= constant;
            value ^= value >> 16;
            words[i / 2] = i % 2 == 0 ? value : words[i / 2] | static_cast<u64>(value) << 32;
        }
    }
};

/// PCG64 seeded as numpy.random.PCG64(seed).
LANDER_FN Pcg64 seeded_pcg64(const u32* words, int count) {
    u64 seed[4];
    SeedSequence(words, count).generate(seed, 4);
    Pcg64 random{};
    random.increment = {seed[2] << 1 | seed[3] >> 63, seed[3] << 1 | 1U};
    random.step();
    random.state = add(random.state, {seed[0], seed[1]});
    random.step();
    return random;
}

// Distributions. A Source has next_double and next_uint32: the generator above, or a NumPy bit
// generator that lives in Python.

/// Generator.uniform(low, high).
template <class Source>
LANDER_FN double draw_uniform(Source& source, double low, double high) {
    return low + (high - low) * source.next_double();
}

/// Generator.integers(low, high): scales a 32-bit draw by Lemire's method and draws again in the
/// rare cases that would be biased.
template <class Source>
LANDER_FN i64 draw_integer(Source& source, i64 low, i64 high) {
    const u32 span = static_cast<u32>(high - low);
    const u32 threshold = (0U - span) % span;
    u64 product = static_cast<u64>(source.next_uint32()) * span;
    while (static_cast<u32>(product) < threshold) {
        product = static_cast<u64>(source.next_uint32()) * span;
    }
    return low + static_cast<i64>(product >> 32);
}

}  // namespace LANDER_NAMESPACE
