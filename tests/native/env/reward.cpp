// Observation and reward.
#include "env/reward.h"

#include "checks.h"
#include "env/reset.h"

using namespace lander;

namespace {

TEST(shaping_adds_distance_speed_tilt_and_legs) {
    const double s[observation_size] = {0.3, 0.4, 0.6, 0.8, -0.25, 9.0, 1.0, 0.0};
    CHECK(near(compute_shaping(s), -50.0 - 100.0 - 25.0 + 10.0));
}

TEST(rewards_are_differences_minus_fuel) {
    State state{};
    state.world = make_world(ResetDraws{});
    const StepResult result = observed(state.world);
    CHECK(result.observation[0] == 0.0F && !result.terminated);
    CHECK(near(result.observation[1], (40.0 / 3.0 - 10.0 / 3.0 - 0.6) / (20.0 / 3.0), 1e-6));
    CHECK(compute_reward(state, result, {0.5, 0.0, 0.0}, 1.0) ==
          -0.15);  // the first has no difference
    CHECK(near(compute_reward(state, result, {0.0, 1.0, 1.0}, 1.0), -0.03));
}

TEST(the_fuel_costs_what_its_factor_says) {
    State state{};
    state.world = make_world(ResetDraws{});
    const StepResult result = observed(state.world);
    CHECK(near(compute_reward(state, result, {1.0, 0.0, 0.0}, 2.5), -0.75));
    CHECK(compute_reward(state, result, {1.0, 1.0, 1.0}, 0.0) == 0.0);
}

TEST(ends_replace_the_reward) {
    State state{};
    state.world = make_world(ResetDraws{});
    state.world.game_over = true;
    CHECK(compute_reward(state, observed(state.world), {}, 1.0) == -100.0);
    state.world.bodies[hull].awake = false;  // asleep: landed, whatever was touched
    CHECK(observed(state.world).landed);
    CHECK(compute_reward(state, observed(state.world), {}, 1.0) == 100.0);
}

}  // namespace
