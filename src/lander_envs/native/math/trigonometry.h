// Sine and cosine of a float, with the bits of glibc's sinf and cosf.
//
// Box2D calls sinf and cosf of the C library, which are not correctly rounded. To agree bit for bit
// the engine uses the same algorithm: Arm's Optimized Routines (Szabolcs Nagy and Wilco Dijkstra),
// in glibc since 2.29. It reduces the angle to [-pi/4, pi/4] in double, evaluates an odd or an even
// polynomial in double, and rounds once to float.
//
// The reference is glibc's variant with fused multiply-adds, which every current x86-64 and 64-bit
// Arm processor runs. The plain variant differs for 34 of all 2^32 floats, all next to multiples of
// pi/2, because of the reduction. Here the reduction has the fused rounding without the instruction
// (docs/engine.md).
#pragma once

#include "math/portability.h"

namespace LANDER_NAMESPACE {

struct SineCosine {
    float sine, cosine;
};

namespace trigonometry {

// Polynomial coefficients on [-pi/4, pi/4], fitted by the authors of the algorithm.
inline constexpr double c1 = -0x1.ffffffd0c621cp-2;
inline constexpr double c2 = 0x1.55553e1068f19p-5;
inline constexpr double c3 = -0x1.6c087e89a359dp-10;
inline constexpr double c4 = 0x1.99343027bf8c3p-16;
inline constexpr double s1 = -0x1.555545995a603p-3;
inline constexpr double s2 = 0x1.1107605230bc4p-7;
inline constexpr double s3 = -0x1.994eb3774cf24p-13;

// pi/2 in two parts. Small multiples of the upper part are exact, so the difference has the single
// rounding of a fused multiply-add on processors with and without one.
inline constexpr double half_pi_upper = 0x1.921FB54442D00p0;
inline constexpr double half_pi_lower = 0x1.8000000000000p-48;
// 2/pi scaled by 2^24: the quadrant is in the upper bits of a 32-bit integer, and adding half a
// unit rounds to the nearest quadrant for either sign.
inline constexpr double quadrants_per_radian = 0x1.45F306DC9C883p+23;
// pi / 2^63: the reduction of large angles works in units of 2^-62 of a half turn's half.
inline constexpr double large_unit = 0x1.921FB54442D18p-62;

// Limits of the algorithm's cases, as the bits of |x|.
inline constexpr u32 tiny = 0x39800000;      // 2^-12: the sine is the angle, the cosine is 1
inline constexpr u32 small = 0x3f400000;     // 0.75: no reduction needed
inline constexpr u32 large = 0x42f00000;     // 120: from here the reduction needs more digits of pi
inline constexpr u32 infinite = 0x7f800000;  // infinity, then NaN

/// 32 bits of 4/pi, from byte `index` on.
LANDER_FN u64 digits_of_two_over_pi(u32 index) {
    // The first 192 bits of 4/pi behind three zero bytes.
    static constexpr u8 digits[28] = {0x00, 0x00, 0x00, 0xa2, 0xf9, 0x83, 0x6e, 0x4e, 0x44, 0x15,
                                      0x29, 0xfc, 0x27, 0x57, 0xd1, 0xf5, 0x34, 0xdd, 0xc0, 0xdb,
                                      0x62, 0x95, 0x99, 0x3c, 0x43, 0x90, 0x41, 0x00};
    return static_cast<u64>(digits[index]) << 24 | static_cast<u64>(digits[index + 1]) << 16 |
           static_cast<u64>(digits[index + 2]) << 8 | static_cast<u64>(digits[index + 3]);
}

// D is double or a vector of doubles.
template <class D>
LANDER_FN D sine_polynomial(D x, D x2) {
    const D x3 = x * x2;
    const D tail = s2 + x2 * s3;
    const D x5 = x3 * x2;
    const D head = x + x3 * s1;
    return head + x5 * tail;
}

template <class D>
LANDER_FN D cosine_polynomial(D x2) {
    const D x4 = x2 * x2;
    const D tail = c3 + x2 * c4;
    const D head = 1.0 + x2 * c1;
    const D x6 = x4 * x2;
    const D middle = head + x4 * c2;
    return middle + x6 * tail;
}

struct Reduced {
    double angle;
    int quadrant;
};

/// Range reduction below 120 radians, with pi/2 in double.
LANDER_FN Reduced reduce(double x) {
    const i32 scaled = static_cast<i32>(x * quadrants_per_radian);
    const int quadrant = (scaled + 0x800000) >> 24;
    return {(x - quadrant * half_pi_upper) - quadrant * half_pi_lower, quadrant};
}

/// Payne-Hanek range reduction: multiplies the mantissa by the digits of 4/pi that matter. Ignores
/// the sign; the caller adds half a turn for a negative angle.
LANDER_FN Reduced reduce_large(u32 bits) {
    const u32 index = (bits >> 26) & 15;
    const u32 shift = (bits >> 23) & 7;
    const u32 mantissa = ((bits & 0xffffff) | 0x800000) << shift;
    const u64 high = mantissa * static_cast<u32>(digits_of_two_over_pi(index));
    const u64 middle = mantissa * digits_of_two_over_pi(index + 4);
    const u64 low = mantissa * digits_of_two_over_pi(index + 8);
    u64 fraction = ((low >> 32) | (high << 32)) + middle;
    const u64 quadrant = (fraction + (1ULL << 61)) >> 62;
    fraction -= quadrant << 62;
    return {static_cast<double>(static_cast<i64>(fraction)) * large_unit,
            static_cast<int>(quadrant)};
}

}  // namespace trigonometry

/// Sine and cosine together, the bits of glibc's sinf(angle) and cosf(angle).
LANDER_FN SineCosine sine_cosine(float angle) {
    using namespace trigonometry;
    const u32 bits = float_bits(angle);
    const u32 size = bits & 0x7fffffff;
    const double x = angle;
    if (size < tiny) {
        return {angle, 1.0F};
    }
    if (size < small) {
        const double x2 = x * x;
        return {static_cast<float>(sine_polynomial(x, x2)),
                static_cast<float>(cosine_polynomial(x2))};
    }
    if (size >= infinite) {
        return {angle - angle, angle - angle};
    }
    const Reduced reduced = size < large ? reduce(x) : reduce_large(bits);
    const int half_turn = size < large ? 0 : static_cast<int>(bits >> 31);
    // The signs follow the turned quadrant; the choice of polynomial follows the plain one.
    const int turned = reduced.quadrant + half_turn;
    const double sign = ((turned + 1) & 2) ? -1.0 : 1.0;  // + - - + for quadrants 0 1 2 3
    const double x2 = reduced.angle * reduced.angle;
    const double odd = sine_polynomial(reduced.angle * sign, x2);
    double even = cosine_polynomial(x2);
    if (turned & 2) {
        even = -even;
    }
    if (reduced.quadrant & 1) {
        return {static_cast<float>(even), static_cast<float>(odd)};
    }
    return {static_cast<float>(odd), static_cast<float>(even)};
}

}  // namespace LANDER_NAMESPACE
