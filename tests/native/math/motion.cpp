// Motion: sweeps.
#include "math/motion.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(a_sweep_advances_along_itself) {
    Sweep sweep{{0.0F, 0.0F}, {4.0F, -2.0F}, 0.0F, 1.0F, 0.0F};
    CHECK(pose_at(sweep, {0.0F, 0.0F}, 0.25F).p.x == 1.0F);
    advance(sweep, 0.5F);
    CHECK(sweep.c0.x == 2.0F && sweep.c0.y == -1.0F && sweep.a0 == 0.5F && sweep.alpha0 == 0.5F);
    advance(sweep, 0.75F);  // half of the rest
    CHECK(sweep.c0.x == 3.0F && sweep.a0 == 0.75F);
}

TEST(whole_turns_do_not_matter) {
    const Sweep sweep{{0.0F, 0.0F}, {0.0F, 0.0F}, 100.0F, 101.0F, 0.0F};
    const Sweep same = normalized(sweep);
    CHECK(same.a0 >= 0.0F && same.a0 < 2.0F * pi);
    CHECK(near(same.a - same.a0, 1.0, 1e-5));
}

}  // namespace
