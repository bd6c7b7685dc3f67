// Floating-point environment: the rounding mode and the treatment of subnormal numbers.
//
// They belong to the caller's thread: fesetround, torch.set_flush_denormal and libraries that were
// built with -ffast-math change them. The core needs IEEE 754's defaults, whatever thread works.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif defined(__aarch64__) && !defined(_MSC_VER)
#include <cstdint>
#else
#include <cfenv>
#endif

namespace lander_host {

/// Sets rounding to nearest, subnormal numbers and no traps for its lifetime, in the calling
/// thread; gives the environment back as it was, exception flags included.
class DefaultFloatingPoint {
  public:
    DefaultFloatingPoint() : caller_(read()) { write(defaults()); }
    ~DefaultFloatingPoint() { write(caller_); }
    DefaultFloatingPoint(const DefaultFloatingPoint&) = delete;
    DefaultFloatingPoint& operator=(const DefaultFloatingPoint&) = delete;

  private:
#if defined(__x86_64__) || defined(_M_X64)
    // MXCSR. (The x87 unit has no part in float and double arithmetic of 64-bit programs.)
    using Environment = unsigned;
    static Environment defaults() { return 0x1f80; }  // all exceptions masked, the rest zero
    static Environment read() { return _mm_getcsr(); }
    static void write(Environment environment) { _mm_setcsr(environment); }
#elif defined(__aarch64__) && !defined(_MSC_VER)
    struct Environment {
        std::uint64_t control, status;
    };
    static Environment defaults() { return {0, 0}; }
    static Environment read() {
        Environment out;
        asm volatile("mrs %0, fpcr" : "=r"(out.control)::"memory");
        asm volatile("mrs %0, fpsr" : "=r"(out.status)::"memory");
        return out;
    }
    static void write(Environment environment) {
        asm volatile("msr fpcr, %0" ::"r"(environment.control) : "memory");
        asm volatile("msr fpsr, %0" ::"r"(environment.status) : "memory");
    }
#else
    using Environment = std::fenv_t;
    static const Environment& defaults() { return *FE_DFL_ENV; }
    static Environment read() {
        Environment out;
        std::fegetenv(&out);
        return out;
    }
    static void write(const Environment& environment) { std::fesetenv(&environment); }
#endif

    const Environment caller_;
};

}  // namespace lander_host
