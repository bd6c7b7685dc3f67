// Sine and cosine of a double, with the bits of the reference: glibc 2.36, x86-64 with FMA.
//
// The algorithm is that of IBM's Accurate Mathematical Library, which glibc uses. An angle is
// reduced to [-pi/4, pi/4] and kept as a pair of doubles. A table holds sine and cosine at the
// multiples of 1/128, short polynomials cover what is left, and the parts are added from small to
// large. The result is not always correctly rounded, so the bits depend on each rounding: the sums
// that the reference fuses are written Fma::of, all others round twice.
//
// Angles of 2^50 and more give NaN; no state may hold one (env/serialize.h).
#pragma once

#include "math/fused.h"
#include "math/sine_table.h"

namespace LANDER_NAMESPACE {

namespace sine_parts {

// Polynomial coefficients, fitted by the authors of the algorithm: sine on [-0.126, 0.126], ...
inline constexpr double s3 = -0x1.5555555555555p-3;
inline constexpr double s5 = 0x1.1111111110ecep-7;
inline constexpr double s7 = -0x1.a01a019db08b8p-13;
inline constexpr double s9 = 0x1.71de27b9a7ed9p-19;
inline constexpr double s11 = -0x1.addffc2fcdf59p-26;
// ... sine and 1 - cosine on [-1/256, 1/256].
inline constexpr double short_s3 = -0x1.5555555555515p-3;
inline constexpr double short_s5 = 0x1.11110e829872fp-7;
inline constexpr double short_c2 = 0.5;
inline constexpr double short_c4 = -0x1.5555555555535p-5;
inline constexpr double short_c6 = 0x1.6c16bedd9e239p-10;

inline constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
// pi/2 in two doubles.
inline constexpr double half_pi = 0x1.921fb54442d18p+0;
inline constexpr double half_pi_rest = 0x1.1a62633145c07p-54;
// pi/2 in four: two of 27 bits, whose small multiples are exact, and two more.
inline constexpr double half_pi_1 = 0x1.921fb58p+0;
inline constexpr double half_pi_2 = -0x1.dde973cp-27;
inline constexpr double half_pi_3 = -0x1.cb3b398p-55;
inline constexpr double half_pi_4 = -0x1.d747f23e32ed7p-83;
// Second of two parts of pi/2, as the reduction of large angles has it.
inline constexpr double half_pi_lower = -0x1.dde974p-27;

// Adding and subtracting one of these rounds to a multiple of 1/128, 1 and 4.
inline constexpr double to_table = 0x1.8p+45;
inline constexpr double to_whole = 0x1.8p+52;
inline constexpr double to_fours = 0x1.8p+54;

// Limits of the algorithm's cases, as the upper half of the bits of |x|.
inline constexpr u32 tiny_sine = 0x3e500000;     // 2^-26: the sine is the angle
inline constexpr u32 tiny_cosine = 0x3e400000;   // 2^-27: the cosine is 1
inline constexpr u32 direct = 0x3feb6000;        // 0.855469: no reduction
inline constexpr u32 near_half_pi = 0x400368fd;  // 2.426265: the other function of pi/2 - |x|
inline constexpr u32 large = 0x419921fb;      // 1.05e8: from here the reduction needs more digits
inline constexpr u32 too_large = 0x43100000;  // 2^50
inline constexpr double taylor_limit = 0.126;

/// Angle as a pair of doubles whose sum is meant.
struct Angle {
    double value, rest;
};

struct Reduced {
    Angle angle;
    int quadrant;
};

LANDER_FN u32 size_of(double x) { return static_cast<u32>(double_bits(x) >> 32) & 0x7fffffff; }

LANDER_FN double absolute(double x) { return double_of(double_bits(x) & ~(1ULL << 63)); }

LANDER_FN double with_sign_of(double x, double sign) {
    return double_of(double_bits(absolute(x)) | (double_bits(sign) & (1ULL << 63)));
}

LANDER_FN double rounded(double x, double unit) { return (x + unit) - unit; }

/// Point of the table nearest to an angle in [0, 0.856), and the way to it.
struct Nearest {
    const double* point;  // sine, its rest, cosine, its rest
    double offset;
};

LANDER_INNER Nearest nearest_point(double x) {
    const double shifted = x + to_table;
    const int index = static_cast<int>(double_bits(shifted) & 127);
    return {sine_table(index), x - (shifted - to_table)};
}

/// 1 - cos(x) for small x.
template <class Fma>
LANDER_INNER double versine(double x2) {
    return x2 * Fma::of(Fma::of(short_c6, x2, short_c4), x2, short_c2);
}

template <class Fma>
LANDER_INNER double taylor_sine(Angle a) {
    const double x2 = a.value * a.value;
    double p = Fma::of(s11, x2, s9);
    p = Fma::of(p, x2, s7);
    p = Fma::of(p, x2, s5);
    p = Fma::of(p, x2, s3);
    const double slope = Fma::of(p, a.value, -(0.5 * a.rest));
    return a.value + Fma::of(x2, slope, a.rest);
}

/// Sine of a reduced angle.
template <class Fma>
LANDER_INNER double reduced_sine(Angle a) {
    const double size = absolute(a.value);
    if (size < taylor_limit) {
        return taylor_sine<Fma>(a);
    }
    const double rest = a.value <= 0.0 ? -a.rest : a.rest;
    const auto [point, x] = nearest_point(size);
    const double x2 = x * x;
    const double s = x + Fma::of(x * x2, Fma::of(short_s5, x2, short_s3), rest);
    const double c = Fma::of(x, rest, versine<Fma>(x2));
    double correction = Fma::of(s, point[3], point[1]);
    correction = Fma::of(-c, point[0], correction);
    correction = Fma::of(s, point[2], correction);
    return with_sign_of(point[0] + correction, a.value);
}

/// Cosine of a reduced angle.
template <class Fma>
LANDER_INNER double reduced_cosine(Angle a) {
    const double rest = a.value < 0.0 ? -a.rest : a.rest;
    const auto [point, offset] = nearest_point(absolute(a.value));
    const double x = offset + rest;
    const double x2 = x * x;
    const double s = Fma::of(x * x2, Fma::of(short_s5, x2, short_s3), x);
    const double c = versine<Fma>(x2);
    double correction = Fma::of(-s, point[1], point[3]);
    correction = Fma::of(-c, point[2], correction);
    correction = Fma::of(-s, point[0], correction);
    return point[2] + correction;
}

/// Range reduction below 1.05e8 radians.
template <class Fma>
LANDER_INNER Reduced reduce(double x) {
    const double shifted = Fma::of(x, two_over_pi, to_whole);
    const double n = shifted - to_whole;
    double upper = Fma::of(-n, half_pi_1, x);
    upper = Fma::of(-n, half_pi_2, upper);
    const double middle = Fma::of(-n, half_pi_3, upper);
    const double middle_rest = Fma::of(-n, half_pi_3, upper - middle);
    const double value = Fma::of(-n, half_pi_4, middle);
    const double rest = middle_rest + Fma::of(-n, half_pi_4, middle - value);
    return {{value, rest}, static_cast<int>(double_bits(shifted) & 3)};
}

/// Quarter turns in an angle: whole ones modulo 4, and a fraction as a pair.
struct QuarterTurns {
    double whole, fraction, rest;
};

/// Quarter turns in an angle of at most 27 bits, so that its products with the digits are exact.
LANDER_FN QuarterTurns quarter_turns(double x) {
    double parts[two_over_pi_digits], whole = 0.0;
    for (int i = 0; i < two_over_pi_digits; ++i) {
        parts[i] = x * two_over_pi_digit(i);
    }
    for (int i = 0; i < 3; ++i) {  // the others are below 1/2
        const double nearest = rounded(parts[i], to_whole);
        whole += nearest;
        parts[i] -= nearest;
    }
    double sum = 0.0;
    for (int i = two_over_pi_digits - 1; i >= 0; --i) {
        sum += parts[i];
    }
    double error = parts[0] - sum;
    for (int i = 1; i < two_over_pi_digits; ++i) {
        error += parts[i];
    }
    const double nearest = rounded(sum, to_whole);
    whole += nearest;
    sum -= nearest;
    const double fraction = sum + error;
    return {whole - rounded(whole, to_fours), fraction, (sum - fraction) + error};
}

/// Fraction of a quarter turn, a pair, in radians.
LANDER_FN Angle radians(double value, double rest) {
    const exact::Pair parts = exact::split(value);
    const double product = value * half_pi;
    double error = parts.value * half_pi_1 - product;
    error += parts.value * half_pi_lower;
    error += parts.rest * half_pi_1;
    const double small = parts.rest * half_pi_lower + value * half_pi_rest;
    error += rest * half_pi + small;
    const double sum = product + error;
    return {sum, (product - sum) + error};
}

/// Range reduction below 2^50 radians: the halves of the angle are multiplied by 144 bits of 2/pi.
LANDER_FN Reduced reduce_large(double x) {
    const exact::Pair halves = exact::split(x);
    const QuarterTurns a = quarter_turns(halves.value), b = quarter_turns(halves.rest);
    double whole = a.whole + b.whole;
    double fraction = a.fraction + b.fraction;
    const bool first = absolute(a.fraction) > absolute(b.fraction);
    const double error =
        first ? (a.fraction - fraction) + b.fraction : (b.fraction - fraction) + a.fraction;
    if (fraction > 0.5) {
        fraction -= 1.0;
        whole += 1.0;
    } else if (fraction < -0.5) {
        fraction += 1.0;
        whole -= 1.0;
    }
    const double value = fraction + ((error + a.rest) + b.rest);
    const double rest = ((fraction - value) + error) + (a.rest + b.rest);
    return {radians(value, rest), static_cast<int>(whole) & 3};
}

/// Sine of a reduced angle plus quarter turns.
template <class Fma>
LANDER_INNER double turned_sine(Angle angle, int quadrant) {
    const double y = (quadrant & 1) != 0 ? reduced_cosine<Fma>(angle) : reduced_sine<Fma>(angle);
    return (quadrant & 2) != 0 ? -y : y;
}

/// Sine of `x` plus quarter turns, for angles beyond 2.426265.
template <class Fma>
LANDER_INNER double shifted_sine(double x, int quadrants) {
    const u32 size = size_of(x);
    if (size >= too_large) {
        return (x - x) / (x - x);
    }
    const Reduced reduced = size < large ? reduce<Fma>(x) : reduce_large(x);
    return turned_sine<Fma>(reduced.angle, reduced.quadrant + quadrants);
}

struct Sine {
    template <class Fma>
    LANDER_INNER static double of(double x) {
        const u32 size = size_of(x);
        if (size < tiny_sine) {
            return x;
        }
        if (size < direct) {
            return reduced_sine<Fma>({x, 0.0});
        }
        if (size < near_half_pi) {
            const double complement = half_pi - absolute(x);
            return with_sign_of(reduced_cosine<Fma>({complement, half_pi_rest}), x);
        }
        return shifted_sine<Fma>(x, 0);
    }
};

struct Cosine {
    template <class Fma>
    LANDER_INNER static double of(double x) {
        const u32 size = size_of(x);
        if (size < tiny_cosine) {
            return 1.0;
        }
        if (size < direct) {
            return reduced_cosine<Fma>({x, 0.0});
        }
        if (size < near_half_pi) {
            const double upper = half_pi - absolute(x);
            const double value = upper + half_pi_rest;
            return reduced_sine<Fma>({value, (upper - value) + half_pi_rest});
        }
        return shifted_sine<Fma>(x, 1);
    }
};

}  // namespace sine_parts

LANDER_FN double sine(double x) { return call_fused<sine_parts::Sine>(x); }

LANDER_FN double cosine(double x) { return call_fused<sine_parts::Cosine>(x); }

}  // namespace LANDER_NAMESPACE
