// Portability: compilers, the standard library and GPUs.
//
// The other headers of the core include no standard header and name no vendor keyword, so the same
// text compiles for the host, for nvcc and under NVRTC, which has neither <cmath> nor <cstdint>.
#pragma once

// Namespace: each instruction set has its own. Otherwise the linker merges inline functions that
// were compiled with different -m flags, and code for a newer processor can run on an older one.
#ifndef LANDER_NAMESPACE
#define LANDER_NAMESPACE lander
#endif

#if defined(__CUDACC__)
#define LANDER_FN __host__ __device__ inline
#else
#define LANDER_FN inline
#endif

// Forced inlining, for the few functions that make up the solver's iterations: a call would pass
// lanes through memory.
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__CUDACC__)
#define LANDER_INNER [[gnu::always_inline]] LANDER_FN
#else
#define LANDER_INNER LANDER_FN
#endif

#if !defined(__CUDACC_RTC__)
#include <bit>
#include <cmath>
#include <cstdint>
#endif

namespace LANDER_NAMESPACE {

#if defined(__CUDACC_RTC__)
using u8 = unsigned char;
using i16 = short;
using u32 = unsigned int;
using i32 = int;
using u64 = unsigned long long;
using i64 = long long;
#else
using u8 = std::uint8_t;
using i16 = std::int16_t;
using u32 = std::uint32_t;
using i32 = std::int32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;
#endif

static_assert(sizeof(u32) == 4 && sizeof(u64) == 8 && sizeof(float) == 4 && sizeof(double) == 8);

/// Largest finite float (FLT_MAX), and the distance from 1 to the next float (FLT_EPSILON).
inline constexpr float float_max = 3.402823466e+38F;
inline constexpr float float_epsilon = 1.1920928955078125e-7F;
/// Pi as Box2D has it (b2_pi).
inline constexpr float pi = 3.14159265359F;

LANDER_FN u32 float_bits(float x) {
#if defined(__CUDA_ARCH__)
    return __float_as_uint(x);
#else
    return std::bit_cast<u32>(x);
#endif
}

LANDER_FN float float_of(u32 bits) {
#if defined(__CUDA_ARCH__)
    return __uint_as_float(bits);
#else
    return std::bit_cast<float>(bits);
#endif
}

LANDER_FN u64 double_bits(double x) {
#if defined(__CUDA_ARCH__)
    return static_cast<u64>(__double_as_longlong(x));
#else
    return std::bit_cast<u64>(x);
#endif
}

LANDER_FN double double_of(u64 bits) {
#if defined(__CUDA_ARCH__)
    return __longlong_as_double(static_cast<long long>(bits));
#else
    return std::bit_cast<double>(bits);
#endif
}

// Choices between two floats, compiled as they stand: nvcc would take a GPU's minimum and maximum
// for them, which order the zeros (-0 is less than 0).

/// `a < b ? a : b`
LANDER_FN float choose_less(float a, float b) {
#if defined(__CUDA_ARCH__)
    float chosen;
    asm("{\n\t.reg .pred %%less;\n\tsetp.lt.f32 %%less, %1, %2;\n\tselp.f32 %0, %1, %2, "
        "%%less;\n\t}"
        : "=f"(chosen)
        : "f"(a), "f"(b));
    return chosen;
#else
    return a < b ? a : b;
#endif
}

/// `a > b ? a : b`
LANDER_FN float choose_greater(float a, float b) {
#if defined(__CUDA_ARCH__)
    float chosen;
    asm("{\n\t.reg .pred %%more;\n\tsetp.gt.f32 %%more, %1, %2;\n\tselp.f32 %0, %1, %2, "
        "%%more;\n\t}"
        : "=f"(chosen)
        : "f"(a), "f"(b));
    return chosen;
#else
    return a > b ? a : b;
#endif
}

// Square root and floor are correctly rounded everywhere (IEEE 754). Other functions of the C
// library are not, so the core has its own (sine.h, tanh.h, trigonometry.h).
#if defined(__CUDACC_RTC__)
LANDER_FN float square_root(float x) { return ::sqrtf(x); }
LANDER_FN double square_root(double x) { return ::sqrt(x); }
LANDER_FN float floor_of(float x) { return ::floorf(x); }
#else
LANDER_FN float square_root(float x) { return std::sqrt(x); }
LANDER_FN double square_root(double x) { return std::sqrt(x); }
LANDER_FN float floor_of(float x) { return std::floor(x); }
#endif

}  // namespace LANDER_NAMESPACE
