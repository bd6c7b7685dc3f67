// Floating-point environment of the caller and of the pool's threads.
#include "host/floating_point.h"

#include <atomic>
#include <cfenv>
#include <cfloat>

#include "checks.h"
#include "host/caller.h"
#include "host/thread_pool.h"

using lander_host::DefaultFloatingPoint;

namespace {

/// Upward, 1 + 2^-26 is above 1; downward and toward zero, 1 - 2^-26 is below 1.
bool rounds_to_nearest() {
    const volatile float one = 1.0F, little = 0x1p-26F;
    return one + little == 1.0F && one - little == 1.0F;
}

bool keeps_subnormals() {
    const volatile float smallest_normal = FLT_MIN, half = 0.5F;
    const volatile float subnormal = smallest_normal * half;
    return subnormal != 0.0F && subnormal + subnormal == smallest_normal;
}

TEST(defaults_hold_within_and_the_callers_environment_after) {
    for (const int mode : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        for (const bool flushes : {false, true}) {
            set_environment(mode, flushes);
            const auto before = environment();
            {
                const DefaultFloatingPoint floating_point;
                CHECK(rounds_to_nearest() && keeps_subnormals());
                const DefaultFloatingPoint once_more;
                CHECK(rounds_to_nearest() && keeps_subnormals());
            }
            CHECK(environment() == before);
            CHECK(std::fegetround() == mode && rounds_to_nearest() == (mode == FE_TONEAREST));
            CHECK(!can_flush || keeps_subnormals() != flushes);
        }
    }
    set_environment(FE_TONEAREST, false);
}

TEST(threads_of_a_pool_do_not_inherit_their_creators_environment) {
    set_environment(FE_UPWARD, true);
    std::atomic<int> right = 0;
    {
        lander_host::ThreadPool pool(3);
        const int caller = 0;
        for (int call = 0; call < 2; ++call) {
            pool.run(3, [&](int first, int) {
                right += first != caller && rounds_to_nearest() && keeps_subnormals() ? 1 : 0;
            });
        }
    }
    set_environment(FE_TONEAREST, false);
    CHECK(right == 4);
}

TEST(exception_flags_do_not_leak) {
    set_environment(FE_TONEAREST, false);
    {
        const DefaultFloatingPoint floating_point;
        const volatile float zero = 0.0F;
        const volatile float quotient = 1.0F / zero;
        CHECK(quotient > FLT_MAX && std::fetestexcept(FE_DIVBYZERO) != 0);
    }
    CHECK(std::fetestexcept(FE_ALL_EXCEPT) == 0);
}

}  // namespace
