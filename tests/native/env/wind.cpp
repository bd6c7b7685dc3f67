// Wind.
#include "env/wind.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(wind_is_the_tanh_of_two_sines) {
    CHECK(gust(0) == 0.0);
    CHECK(near(gust(100), std::tanh(std::sin(2.0) + std::sin(3.141592653589793))));
    State state{};
    state.wind_index = 100;
    const Params params{false, -10.0, true, 15.0, 1.5};
    const Load load = wind_load(state, params);
    CHECK(near(load.force.x, 15.0 * gust(100), 1e-5) && load.force.y == 0.0F &&
          load.torque == 0.0F);
    CHECK(state.wind_index == 101 && state.torque_index == 1);
}

TEST(a_constant_wind_holds_its_index) {
    State state{};
    state.wind_index = 100;
    state.torque_index = 7;
    Params params{false, -10.0, true, 15.0, 1.5};
    params.constant_wind = true;
    const Load first = wind_load(state, params), second = wind_load(state, params);
    CHECK(near(first.force.x, 15.0 * gust(100), 1e-5) && second.force.x == first.force.x);
    CHECK(near(first.torque, 1.5 * gust(7), 1e-5) && second.torque == first.torque);
    CHECK(state.wind_index == 100 && state.torque_index == 7);
}

TEST(no_wind_on_the_ground) {
    World world{};
    const Params params{false, -10.0, true, 15.0, 1.5};
    CHECK(is_windy(world, params) && !is_windy(world, Params{}));
    world.ground_contact[1] = true;
    CHECK(!is_windy(world, params));
}

}  // namespace
