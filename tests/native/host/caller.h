// Floating-point environments that a caller may have: any rounding mode, with or without subnormal
// numbers.
#pragma once

#include <cfenv>
#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#if defined(__x86_64__) || defined(__aarch64__)
inline constexpr bool can_flush = true;
#else
inline constexpr bool can_flush = false;
#endif

/// Control register (with MXCSR's exception flags), or the rounding mode on other processors.
inline std::uint64_t environment() {
#if defined(__x86_64__)
    return _mm_getcsr();
#elif defined(__aarch64__)
    std::uint64_t word;
    asm volatile("mrs %0, fpcr" : "=r"(word));
    return word;
#else
    return static_cast<std::uint64_t>(std::fegetround());
#endif
}

/// Sets the calling thread's environment, without exception flags.
inline void set_environment(int mode, bool flushes) {
    std::fesetenv(FE_DFL_ENV);
    std::fesetround(mode);
    if (!flushes) {
        return;
    }
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, denormals are zero
#elif defined(__aarch64__)
    asm volatile("msr fpcr, %0" ::"r"(environment() | 1U << 24));
#endif
}
