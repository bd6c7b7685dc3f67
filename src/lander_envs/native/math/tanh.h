// Hyperbolic tangent of a double, with the bits of the reference: glibc 2.36, x86-64 with FMA.
//
// The algorithm is that of Sun's fdlibm, which glibc uses: tanh through exp(x) - 1, whose reduced
// argument goes into a rational function. The reference fuses sums in the exponential only.
#pragma once

#include "math/fused.h"

namespace LANDER_NAMESPACE {

namespace tanh_parts {

inline constexpr double log2_of_e = 0x1.71547652b82fep+0;
// The logarithm of 2; small multiples of its upper part are exact.
inline constexpr double ln2_upper = 0x1.62e42feep-1;
inline constexpr double ln2_lower = 0x1.a39ef35793c76p-33;
// Coefficients of the rational function, fitted by the authors of the algorithm.
inline constexpr double q1 = -0x1.11111111110f4p-5;
inline constexpr double q2 = 0x1.a01a019fe5585p-10;
inline constexpr double q3 = -0x1.4ce199eaadbb7p-14;
inline constexpr double q4 = 0x1.0cfca86e65239p-18;
inline constexpr double q5 = -0x1.afdb76e09c32dp-23;

// Limits of the algorithm's cases, as the upper half of the bits of |x|.
inline constexpr u32 half_ln2 = 0x3fd62e43;
inline constexpr u32 three_halves_ln2 = 0x3ff0a2b2;
inline constexpr u32 tiny_exponential = 0x3c900000;  // 2^-54: the result is the argument
inline constexpr u32 tiny_tanh = 0x3c800000;         // 2^-55: the result is the argument
inline constexpr u32 one = 0x3ff00000;
inline constexpr u32 saturated = 0x40360000;  // 22: the result is 1
inline constexpr u32 infinite = 0x7ff00000;

LANDER_FN u32 size_of(double x) { return static_cast<u32>(double_bits(x) >> 32) & 0x7fffffff; }

/// 2^k, for a normal number.
LANDER_FN double power_of_two(int k) { return double_of(static_cast<u64>(1023 + k) << 52); }

/// Argument minus k times the logarithm of 2, as a pair.
struct Reduced {
    double value, rest;
    int k;
};

template <class Fma>
LANDER_INNER Reduced reduce(double x) {
    double upper = x, lower = 0.0;
    int k = 0;
    if (size_of(x) < three_halves_ln2) {
        k = x < 0.0 ? -1 : 1;
        upper = x - k * ln2_upper;
        lower = k * ln2_lower;
    } else {
        k = static_cast<int>(log2_of_e * x + (x < 0.0 ? -0.5 : 0.5));
        upper = Fma::of(-static_cast<double>(k), ln2_upper, x);
        lower = k * ln2_lower;
    }
    const double value = upper - lower;
    return {value, (upper - value) - lower, k};
}

/// exp(x) - 1 for x in (-2, 0] and [2, 44): what the tangent asks for.
template <class Fma>
LANDER_INNER double exponential_minus_one(double x) {
    if (size_of(x) < tiny_exponential) {
        return x;
    }
    const Reduced r = size_of(x) < half_ln2 ? Reduced{x, 0.0, 0} : reduce<Fma>(x);
    const double half = 0.5 * r.value;
    const double h = r.value * half;
    const double h2 = h * h;
    const double low = Fma::of(h2, Fma::of(q3, h, q2), Fma::of(h, q1, 1.0));
    const double ratio = Fma::of(h2 * h2, Fma::of(q5, h, q4), low);
    const double t = Fma::of(-ratio, half, 3.0);
    double e = (ratio - t) / Fma::of(-t, r.value, 6.0) * h;
    if (r.k == 0) {
        return r.value - Fma::of(e, r.value, -h);
    }
    e = Fma::of(e - r.rest, r.value, -r.rest) - h;
    const double scale = power_of_two(r.k);
    if (r.k == -1) {
        return Fma::of(r.value - e, 0.5, -0.5);
    }
    if (r.k < -1 || r.k > 56) {
        return (1.0 - (e - r.value)) * scale - 1.0;
    }
    if (r.k < 20) {
        return ((1.0 - power_of_two(-r.k)) - (e - r.value)) * scale;
    }
    return ((r.value - (e + power_of_two(-r.k))) + 1.0) * scale;
}

struct Tanh {
    template <class Fma>
    LANDER_INNER static double of(double x) {
        const u32 size = size_of(x);
        if (size < tiny_tanh || (size >= infinite && x != x)) {
            return x;
        }
        const double absolute = x < 0.0 ? -x : x;
        double y = 1.0;
        if (size < one) {
            const double t = exponential_minus_one<Fma>(-2.0 * absolute);
            y = -t / (t + 2.0);
        } else if (size < saturated) {
            y = 1.0 - 2.0 / (exponential_minus_one<Fma>(2.0 * absolute) + 2.0);
        }
        return x < 0.0 ? -y : y;
    }
};

}  // namespace tanh_parts

LANDER_FN double hyperbolic_tangent(double x) { return call_fused<tanh_parts::Tanh>(x); }

}  // namespace LANDER_NAMESPACE
