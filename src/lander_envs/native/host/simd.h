// SIMD lanes: Wide, two registers of floats with one lander a lane (math/lanes.h).
//
// The instruction set of the translation unit gives the register's width: 16 floats with AVX-512, 8
// with AVX2, else 4 (SSE2, NEON). There are two registers because each operation of the solver
// waits for the one before; the second register fills the latency of the first. Every operation
// rounds a lane as it rounds a single float, so the number of lanes changes no bit.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cstring>

#include "math/vectors.h"

namespace LANDER_NAMESPACE {

#if defined(__AVX512F__)
inline constexpr int register_lanes = 16;
#elif defined(__AVX2__)
inline constexpr int register_lanes = 8;
#else
inline constexpr int register_lanes = 4;
#endif
inline constexpr int wide_lanes = 2 * register_lanes;

namespace simd {

template <class T, int N>
using Vector [[gnu::vector_size(sizeof(T) * N)]] = T;

using Floats = Vector<float, register_lanes>;

// Operations that the compiler's vectors lack: masks, square roots, and a minimum whose second
// operand wins ties, as in a < b ? a : b.
#if defined(__AVX512F__)
using Bits = __mmask16;
inline Bits bits_of(bool x) { return x ? 0xffff : 0; }
inline Bits less(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
inline Bits at_most(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
inline Bits differ(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); }
inline Floats blend(Bits m, Floats yes, Floats no) { return _mm512_mask_blend_ps(m, no, yes); }
inline bool any_of(Bits m) { return m != 0; }
inline bool all_of(Bits m) { return m == 0xffff; }
inline bool lane_of(Bits m, int lane) { return (m >> lane & 1) != 0; }
inline Bits with_lane(Bits m, int lane, bool x) {
    return static_cast<Bits>((m & ~(1U << lane)) | static_cast<unsigned>(x) << lane);
}
inline Floats root(Floats a) { return _mm512_sqrt_ps(a); }
inline Floats least(Floats a, Floats b) { return _mm512_min_ps(a, b); }
inline Floats most(Floats a, Floats b) { return _mm512_max_ps(a, b); }
#else
using Bits = Vector<i32, register_lanes>;
inline Bits bits_of(bool x) { return Bits{} - static_cast<i32>(x); }
inline Bits less(Floats a, Floats b) { return a < b; }
inline Bits at_most(Floats a, Floats b) { return a <= b; }
inline Bits differ(Floats a, Floats b) { return a != b; }
inline bool lane_of(Bits m, int lane) { return m[lane] != 0; }
inline Bits with_lane(Bits m, int lane, bool x) {
    m[lane] = -static_cast<i32>(x);
    return m;
}
#if defined(__AVX2__)
inline Floats blend(Bits m, Floats yes, Floats no) {
    return _mm256_blendv_ps(no, yes, _mm256_castsi256_ps(reinterpret_cast<__m256i>(m)));
}
inline int sign_bits(Bits m) {
    return _mm256_movemask_ps(_mm256_castsi256_ps(reinterpret_cast<__m256i>(m)));
}
inline bool any_of(Bits m) { return sign_bits(m) != 0; }
inline bool all_of(Bits m) { return sign_bits(m) == 0xff; }
inline Floats root(Floats a) { return _mm256_sqrt_ps(a); }
inline Floats least(Floats a, Floats b) { return _mm256_min_ps(a, b); }
inline Floats most(Floats a, Floats b) { return _mm256_max_ps(a, b); }
#else
inline Floats blend(Bits m, Floats yes, Floats no) {
    return reinterpret_cast<Floats>((m & reinterpret_cast<Bits>(yes)) |
                                    (~m & reinterpret_cast<Bits>(no)));
}
inline bool any_of(Bits m) { return (m[0] | m[1] | m[2] | m[3]) != 0; }
inline bool all_of(Bits m) { return (m[0] & m[1] & m[2] & m[3]) != 0; }
inline Floats root(Floats a) {
    for (int i = 0; i < register_lanes; ++i) {
        a[i] = std::sqrt(a[i]);
    }
    return a;
}
inline Floats least(Floats a, Floats b) { return blend(less(a, b), a, b); }
inline Floats most(Floats a, Floats b) { return blend(less(b, a), a, b); }
#endif
#endif

}  // namespace simd

struct WideMask {
    simd::Bits low, high;
    WideMask() = default;
    explicit WideMask(bool x) : low(simd::bits_of(x)), high(low) {}
    WideMask(simd::Bits l, simd::Bits h) : low(l), high(h) {}
};

struct Wide {
    simd::Floats low, high;
    Wide() = default;
    explicit Wide(float x) : low(x - simd::Floats{}), high(low) {}  // (0 + x would lose -0)
    Wide(simd::Floats l, simd::Floats h) : low(l), high(h) {}
};

template <>
struct Lanes<Wide> {
    using Mask = WideMask;
    static constexpr int width = wide_lanes;
};

inline Wide operator+(Wide a, Wide b) { return {a.low + b.low, a.high + b.high}; }
inline Wide operator-(Wide a, Wide b) { return {a.low - b.low, a.high - b.high}; }
inline Wide operator*(Wide a, Wide b) { return {a.low * b.low, a.high * b.high}; }
inline Wide operator/(Wide a, Wide b) { return {a.low / b.low, a.high / b.high}; }
inline Wide operator-(Wide a) { return {-a.low, -a.high}; }
inline WideMask operator<(Wide a, Wide b) {
    return {simd::less(a.low, b.low), simd::less(a.high, b.high)};
}
inline WideMask operator<=(Wide a, Wide b) {
    return {simd::at_most(a.low, b.low), simd::at_most(a.high, b.high)};
}
inline WideMask operator>(Wide a, Wide b) { return b < a; }
inline WideMask operator>=(Wide a, Wide b) { return b <= a; }
inline WideMask operator!=(Wide a, Wide b) {
    return {simd::differ(a.low, b.low), simd::differ(a.high, b.high)};
}

inline WideMask both(WideMask a, WideMask b) {
    return {static_cast<simd::Bits>(a.low & b.low), static_cast<simd::Bits>(a.high & b.high)};
}
inline WideMask either(WideMask a, WideMask b) {
    return {static_cast<simd::Bits>(a.low | b.low), static_cast<simd::Bits>(a.high | b.high)};
}
inline WideMask negate(WideMask m) {
    return {static_cast<simd::Bits>(~m.low), static_cast<simd::Bits>(~m.high)};
}
inline bool any(WideMask m) { return simd::any_of(static_cast<simd::Bits>(m.low | m.high)); }
inline bool all(WideMask m) { return simd::all_of(static_cast<simd::Bits>(m.low & m.high)); }
inline Wide select(WideMask m, Wide yes, Wide no) {
    return {simd::blend(m.low, yes.low, no.low), simd::blend(m.high, yes.high, no.high)};
}
inline Wide minimum(Wide a, Wide b) {
    return {simd::least(a.low, b.low), simd::least(a.high, b.high)};
}
inline Wide maximum(Wide a, Wide b) {
    return {simd::most(a.low, b.low), simd::most(a.high, b.high)};
}
inline Wide square_root(Wide a) { return {simd::root(a.low), simd::root(a.high)}; }

inline void put(Wide& lanes, int lane, float x) {
    if (lane < register_lanes) {
        lanes.low[lane] = x;
    } else {
        lanes.high[lane - register_lanes] = x;
    }
}
inline float get(const Wide& lanes, int lane) {
    // (GCC 12 takes element 0 of `(condition ? low : high)[lane]` when it looks for undefined
    // behaviour.)
    return lane < register_lanes ? lanes.low[lane] : lanes.high[lane - register_lanes];
}
inline void put(WideMask& mask, int lane, bool x) {
    simd::Bits& bits = lane < register_lanes ? mask.low : mask.high;
    bits = simd::with_lane(bits, lane % register_lanes, x);
}
inline bool get(const WideMask& mask, int lane) {
    return simd::lane_of(lane < register_lanes ? mask.low : mask.high, lane % register_lanes);
}

namespace simd {

// A register holds half as many doubles.
inline constexpr int half = register_lanes / 2;
using HalfFloats = Vector<float, half>;
using HalfDoubles = Vector<double, half>;
using HalfInts = Vector<i32, half>;
using HalfLongs = Vector<i64, half>;

/// sine_cosine for angles below 120 radians, in half the lanes of a register. For angles that need
/// no reduction, the reduction changes nothing.
inline void sine_cosine_half(HalfFloats angle, HalfFloats& sine, HalfFloats& cosine) {
    using namespace trigonometry;
    const HalfDoubles x = __builtin_convertvector(angle, HalfDoubles);
    const HalfInts scaled = __builtin_convertvector(x * quadrants_per_radian, HalfInts);
    const HalfInts quadrants = (scaled + 0x800000) >> 24;
    const HalfDoubles turns = __builtin_convertvector(quadrants, HalfDoubles);
    const HalfDoubles reduced = (x - turns * half_pi_upper) - turns * half_pi_lower;
    const HalfLongs quadrant = __builtin_convertvector(quadrants, HalfLongs);
    const HalfDoubles one = HalfDoubles{} + 1.0;
    const HalfDoubles sign = ((quadrant + 1) & 2) != 0 ? -one : one;
    const HalfDoubles x2 = reduced * reduced;
    const HalfDoubles odd = sine_polynomial(reduced * sign, x2);
    const HalfDoubles unsigned_even = cosine_polynomial(x2);
    const HalfDoubles even = (quadrant & 2) != 0 ? -unsigned_even : unsigned_even;
    sine = __builtin_convertvector((quadrant & 1) != 0 ? even : odd, HalfFloats);
    cosine = __builtin_convertvector((quadrant & 1) != 0 ? odd : even, HalfFloats);
}

}  // namespace simd

/// Rotation with the bits of sine_cosine in each lane.
inline Rotation<Wide> rotation(Wide angle) {
    using namespace trigonometry;
    const Wide size = magnitude(angle);
    const WideMask reducible = size < Wide(float_of(large));
    const Wide usual = select(reducible, angle, Wide(0.0F));
    simd::HalfFloats in[4], sine[4], cosine[4];
    std::memcpy(in, &usual, sizeof in);
    for (int i = 0; i < 4; ++i) {
        simd::sine_cosine_half(in[i], sine[i], cosine[i]);
    }
    Rotation<Wide> q;
    std::memcpy(&q.s, sine, sizeof sine);
    std::memcpy(&q.c, cosine, sizeof cosine);
    const WideMask is_tiny = size < Wide(float_of(tiny));
    q.s = select(is_tiny, angle, q.s);
    q.c = select(is_tiny, Wide(1.0F), q.c);
    if (!all(reducible)) {
        for (int lane = 0; lane < wide_lanes; ++lane) {
            if (!get(reducible, lane)) {
                const Rotation<float> turned = rotation(get(angle, lane));
                put(q.s, lane, turned.s);
                put(q.c, lane, turned.c);
            }
        }
    }
    return q;
}

}  // namespace LANDER_NAMESPACE
