// Wind and turbulence.
#pragma once

#include "env/state.h"
#include "math/sine.h"
#include "math/tanh.h"

namespace LANDER_NAMESPACE {

/// Wind at an index, in [-1, 1]; not periodic.
LANDER_FN double gust(i64 index) {
    const double i = static_cast<double>(index);
    return hyperbolic_tangent(sine(wind_slow * i) + sine(wind_fast * i));
}

/// True if wind acts: not while a leg's contact flag is set. The index stops too.
LANDER_FN bool is_windy(const World& world, const Params& params) {
    return params.enable_wind && !world.ground_contact[0] && !world.ground_contact[1];
}

/// Force and torque of wind and turbulence on the hull; advances the indices, unless the wind is
/// constant.
LANDER_FN Load wind_load(State& state, const Params& params) {
    const double wind = gust(state.wind_index) * params.wind_power;
    const double turbulence = gust(state.torque_index) * params.turbulence_power;
    if (!params.constant_wind) {
        ++state.wind_index;
        ++state.torque_index;
    }
    return {{static_cast<float>(wind), 0.0F}, static_cast<float>(turbulence)};
}

}  // namespace LANDER_NAMESPACE
