// Engines.
#include "env/engines.h"

#include "checks.h"
#include "env/reset.h"

using namespace lander;

namespace {

TEST(throttles) {
    const Params params{true, -10.0, false, 15.0, 1.5};
    CHECK(throttle_of({0, 0.0, 0.5}, params).main == 0.0);
    CHECK(throttle_of({0, 0.5, 0.5}, params).main == 0.75);
    CHECK(throttle_of({0, 9.0, 0.5}, params).main == 1.0);
    CHECK(throttle_of({0, 0.0, 0.5}, params).side == 0.0);
    CHECK(throttle_of({0, 0.0, -0.75}, params).side == 0.75);
    CHECK(throttle_of({0, 0.0, -0.75}, params).direction == -1.0);
}

TEST(discrete_actions_fire_one_engine) {
    const Params params{};
    CHECK(throttle_of({0, 0.0, 0.0}, params).main == 0.0 &&
          throttle_of({0, 0.0, 0.0}, params).side == 0.0);
    CHECK(throttle_of({1, 0.0, 0.0}, params).side == 1.0);
    CHECK(throttle_of({1, 0.0, 0.0}, params).direction == -1.0);
    CHECK(throttle_of({2, 0.0, 0.0}, params).main == 1.0 &&
          throttle_of({2, 0.0, 0.0}, params).side == 0.0);
    CHECK(throttle_of({3, 0.0, 0.0}, params).direction == 1.0);
}

TEST(the_main_engine_pushes_up) {
    World world = make_world(ResetDraws{});
    Body& body = world.bodies[hull];
    NewParticles particles{};
    fire_engines(body, Params{}, {1.0, 0.0, 0.0}, StepDraws{}, particles);
    // The exhaust leaves 4 pixels below the origin with an impulse of 13 x 4 / 30.
    CHECK(particles.count == 1 && particles.items[0].main && particles.items[0].power == 1.0);
    CHECK(near(particles.items[0].impulse.y, -13.0 * 4.0 / 30.0));
    CHECK(near(body.velocity.y, 13.0 * 4.0 / 30.0 * mass(hull).inv_mass));
    CHECK(body.velocity.x == 0.0F && body.spin == 0.0F);
}

TEST(the_left_orientation_engine_pushes_to_the_left) {
    World world = make_world(ResetDraws{});
    Body& body = world.bodies[hull];
    NewParticles particles{};
    fire_engines(body, Params{}, {0.0, 1.0, -1.0}, StepDraws{}, particles);
    CHECK(near(body.velocity.x, -0.6 * 12.0 / 30.0 * mass(hull).inv_mass));
    CHECK(near(particles.items[0].position.x, 10.0 + 12.0 / 30.0, 1e-5));
    CHECK(!particles.items[0].main);
}

TEST(engines_push_in_proportion_to_their_power_and_draws_to_the_dispersion) {
    Params params{};
    params.main_engine_power = 6.5;
    params.side_engine_power = 0.0;
    params.dispersion = 0.0;
    World world = make_world(ResetDraws{});
    Body& body = world.bodies[hull];
    NewParticles particles{};
    fire_engines(body, params, {1.0, 1.0, 1.0}, StepDraws{{0.7, -0.9}}, particles);
    CHECK(near(body.velocity.y, 6.5 * 4.0 / 30.0 * mass(hull).inv_mass));  // half of 13
    CHECK(body.velocity.x == 0.0F && body.spin == 0.0F && particles.count == 2);
}

}  // namespace
