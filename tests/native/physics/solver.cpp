// Discrete solver.
#include "physics/solver.h"

#include "checks.h"
#include "env/reset.h"

using namespace lander;

namespace {

TEST(gravity_accelerates_all_bodies) {
    Island<float> island{};
    island.gravity = -10.0F;
    island.force = {5.0F, 0.0F};
    integrate_velocities(island);
    for (const Velocity<float>& velocity : island.velocities) {
        CHECK(near(velocity.v.y, -0.2));  // 10 x 0.02
    }
    CHECK(near(island.velocities[hull].v.x, 0.02 * 5.0 * mass(hull).inv_mass));
    CHECK(island.velocities[first_leg].v.x == 0.0F);
}

TEST(a_step_moves_two_units_and_a_quarter_turn_at_most) {
    Position<float> body{{0.0F, 0.0F}, 0.0F};
    Velocity<float> velocity{{300.0F, 400.0F}, -1000.0F};
    const Clamped<float> clamped = integrate_position(body, velocity, 0.02F);
    CHECK(clamped.translation && clamped.rotation);
    CHECK(near(body.c.x, 1.2, 1e-5) && near(body.c.y, 1.6, 1e-5));  // 2 units along (3, 4)
    CHECK(near(body.a, -1.5707963, 1e-5) && near(velocity.v.x, 60.0, 1e-4));
    velocity = {{1.0F, 0.0F}, 1.0F};
    CHECK(!integrate_position(body, velocity, 0.02F).translation);
}

TEST(a_lander_in_free_fall_keeps_its_shape) {
    ResetDraws draws{};
    World world = make_world(draws);
    NoTrace trace;
    WorldStep step{};
    const LaneStep<NoTrace> lane{&world, &step, -10.0F, &trace};
    solve_islands<float>(&lane, 1);
    // No force but gravity: the centre of mass of all three falls by 10 x 0.02^2.
    double total = 0.0, moment = 0.0, before = 0.0;
    const World start = make_world(draws);
    for (int i = 0; i < body_count; ++i) {
        total += mass(i).mass;
        moment += mass(i).mass * world.bodies[i].center.y;
        before += mass(i).mass * start.bodies[i].center.y;
    }
    CHECK(near((moment - before) / total, -0.004, 1e-5));
}

}  // namespace
