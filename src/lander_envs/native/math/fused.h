// Fused multiply-add: a * b + c with one rounding.
//
// The reference's double sine, cosine and exponential were compiled for processors with this
// instruction, so some of their sums round once and the others twice. No other part of the core
// fuses; its files are compiled without the instruction. So a function that needs it is compiled
// twice, with the instruction and with exact arithmetic in its place, and `call_fused` asks the
// processor. The functions with the instruction are never inlined: a test searches the machine code
// for fused operations elsewhere.
#pragma once

#include "math/portability.h"

#if defined(__CUDACC__)
#define LANDER_NO_INLINE
#elif defined(__GNUC__)
#define LANDER_NO_INLINE [[gnu::noinline]]
#else
#define LANDER_NO_INLINE
#endif

// LANDER_FMA_ALWAYS: every processor that runs this code has the instruction.
// LANDER_FMA_PERHAPS: the processor has to be asked.
#if defined(__CUDA_ARCH__) || defined(__FMA__) || defined(__aarch64__) || defined(__FP_FAST_FMA)
#define LANDER_FMA_ALWAYS
#define LANDER_FMA_TARGET
#elif defined(__GNUC__) && defined(__x86_64__)
#define LANDER_FMA_PERHAPS
#define LANDER_FMA_TARGET [[gnu::target("fma")]]
#endif

namespace LANDER_NAMESPACE {

#if defined(LANDER_FMA_TARGET)
/// The processor's instruction.
struct HardwareFma {
    LANDER_INNER static double of(double a, double b, double c) {
#if defined(__CUDA_ARCH__)
        return __fma_rn(a, b, c);
#else
        return __builtin_fma(a, b, c);
#endif
    }
};
#endif

namespace exact {

/// Sum of two doubles that are not added: `value` is the rounded sum, `rest` its error.
struct Pair {
    double value, rest;
};

LANDER_FN Pair add(double a, double b) {  // Knuth
    const double sum = a + b;
    const double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

/// Upper 26 bits of a double and the rest (Veltkamp).
LANDER_FN Pair split(double x) {
    const double scaled = 134217729.0 * x;  // 2^27 + 1
    const double upper = scaled - (scaled - x);
    return {upper, x - upper};
}

LANDER_FN Pair multiply(double a, double b) {  // Dekker
    const double product = a * b;
    const Pair x = split(a), y = split(b);
    const double rest = ((x.value * y.value - product) + x.value * y.rest + x.rest * y.value);
    return {product, rest + x.rest * y.rest};
}

/// Sum rounded to odd: if inexact, the neighbour whose last bit is 1. A second rounding, to fewer
/// bits, then gives what a single one would.
LANDER_FN double add_to_odd(double a, double b) {
    const Pair sum = add(a, b);
    const u64 bits = double_bits(sum.value);
    if (sum.rest == 0.0 || (bits & 1) != 0) {
        return sum.value;
    }
    const bool away_from_zero = (sum.rest > 0.0) == (sum.value > 0.0);
    return double_of(away_from_zero ? bits + 1 : bits - 1);
}

}  // namespace exact

/// Exact arithmetic in place of the instruction (Boldo and Melquiond, 2008), for numbers whose
/// product neither overflows nor loses bits to underflow.
struct SoftwareFma {
    LANDER_FN static double of(double a, double b, double c) {
        const exact::Pair product = exact::multiply(a, b);
        const exact::Pair low = exact::add(c, product.rest);
        const exact::Pair high = exact::add(product.value, low.value);
        return high.value + exact::add_to_odd(low.rest, high.rest);
    }
};

#if defined(LANDER_FMA_TARGET)
template <class Function>
LANDER_NO_INLINE LANDER_FMA_TARGET LANDER_FN double call_with_instruction(double x) {
    return Function::template of<HardwareFma>(x);
}
#endif

template <class Function>
LANDER_NO_INLINE LANDER_FN double call_without_instruction(double x) {
    return Function::template of<SoftwareFma>(x);
}

/// Function::of<Fma>(x), with the instruction where the processor has it.
template <class Function>
LANDER_FN double call_fused(double x) {
#if defined(LANDER_FMA_ALWAYS)
    return call_with_instruction<Function>(x);
#elif defined(LANDER_FMA_PERHAPS)
    return __builtin_cpu_supports("fma") ? call_with_instruction<Function>(x)
                                         : call_without_instruction<Function>(x);
#else
    return call_without_instruction<Function>(x);
#endif
}

}  // namespace LANDER_NAMESPACE
