// Semantics of PTX instructions, for C++ that tests/cuda/machine/ptx.py writes.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "grid.h"

namespace {

using uint128 = unsigned __int128;
using int128 = __int128;

// Special registers.
#define ctaid blockIdx
#define ntid blockDim
#define tid threadIdx

template <int bytes>
using Bits = std::conditional_t<
    bytes == 1, uint8_t,
    std::conditional_t<bytes == 2, uint16_t, std::conditional_t<bytes == 4, uint32_t, uint64_t>>>;

/// Reads a register, or bits, as a type: the low bits of an integer.
template <class T, class Register>
T get(Register bits) {
    if constexpr (std::is_floating_point_v<T>) {
        return std::bit_cast<T>(static_cast<Bits<sizeof(T)>>(bits));
    } else {
        return static_cast<T>(bits);
    }
}

/// Writes a register; an integer of fewer bits is extended by its sign.
template <class Register, class T>
void put(Register& to, T value) {
    if constexpr (std::is_floating_point_v<T>) {
        to = static_cast<Register>(std::bit_cast<Bits<sizeof(T)>>(value));
    } else {
        to = static_cast<Register>(value);
    }
}

uint64_t address(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }

template <class T>
T load(uint64_t place) {
    T value;
    std::memcpy(&value, reinterpret_cast<const void*>(place), sizeof value);
    return value;
}

template <class T>
void store(uint64_t place, T value) {
    std::memcpy(reinterpret_cast<void*>(place), &value, sizeof value);
}

template <class T>
bool unordered(T a, T b) {
    return std::isnan(a) || std::isnan(b);
}

// Minimum and maximum: of a NaN and a number the number; -0 is less than 0.
template <class T>
T lesser(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(a)) return b;
        if (std::isnan(b)) return a;
        if (a == b) return std::signbit(a) ? a : b;
    }
    return a < b ? a : b;
}

template <class T>
T greater(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(a)) return b;
        if (std::isnan(b)) return a;
        if (a == b) return std::signbit(a) ? b : a;
    }
    return a > b ? a : b;
}

template <class T>
T negative(T x) {
    if constexpr (std::is_floating_point_v<T>) {
        return -x;
    } else {
        return static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(x));
    }
}

template <class T>
T magnitude(T x) {
    return std::is_floating_point_v<T> ? std::copysign(x, T{1}) : x < 0 ? negative(x) : x;
}

template <class T>
T reciprocal(T x) {
    return T{1} / x;
}

/// copysign: the sign comes first.
template <class T>
T with_sign_of(T sign, T x) {
    return std::copysign(x, sign);
}

/// Conversion of a whole number to an integer: the nearest that fits, 0 of a NaN.
template <class T, class Real>
T saturated(Real x) {
    if (std::isnan(x)) return 0;
    if (x >= std::ldexp(Real{1}, std::numeric_limits<T>::digits))
        return std::numeric_limits<T>::max();
    if (x < static_cast<Real>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
    return static_cast<T>(x);
}

template <class T>
T high_product(T a, T b) {
    using Wide = std::conditional_t<std::is_signed_v<T>, int128, uint128>;
    return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b) >> (8 * sizeof(T)));
}

template <class Half>
uint64_t join(Half low, Half high) {
    return static_cast<uint64_t>(high) << (8 * sizeof(Half)) | low;
}

template <class T>
T left_shift(T x, uint32_t by) {
    return by >= 8 * sizeof(T) ? T{0} : static_cast<T>(x << by);
}

template <class T>
T right_shift(T x, uint32_t by) {
    constexpr uint32_t bits = 8 * sizeof(T);
    return static_cast<T>(by < bits ? x >> by : std::is_signed_v<T> ? x >> (bits - 1) : T{0});
}

/// bfi: `length` bits of `a` at `position` in `b`.
template <class T>
T insert(T a, T b, uint32_t position, uint32_t length) {
    const uint64_t ones = length >= 64 ? ~uint64_t{0} : (uint64_t{1} << length) - 1;
    const T mask = left_shift(static_cast<T>(ones), position);
    return static_cast<T>((b & ~mask) | (left_shift(a, position) & mask));
}

/// prmt: each byte of the result is one of the eight of (b, a), or its sign.
uint32_t permuted(uint32_t a, uint32_t b, uint32_t selection) {
    const uint64_t source = join(a, b);
    uint32_t result = 0;
    for (int i = 0; i < 4; ++i) {
        const uint32_t choice = selection >> (4 * i) & 15;
        const uint32_t byte = static_cast<uint32_t>(source >> (8 * (choice & 7))) & 255;
        result |= ((choice & 8) != 0 ? (byte & 128) != 0 ? 255 : 0 : byte) << (8 * i);
    }
    return result;
}

}  // namespace
