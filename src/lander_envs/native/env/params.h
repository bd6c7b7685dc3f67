// Arguments of the env: LunarLander-v3's, and the dynamics that are constants there.
//
// Outside the core they are rows of real numbers, in the order of `Param`; a row crosses to Python,
// JAX and a GPU.
#pragma once

#include "env/constants.h"
#include "math/random.h"

namespace LANDER_NAMESPACE {

/// Places in a row of arguments.
enum Param : int {
    param_gravity,
    param_enable_wind,  // 0 or 1
    param_wind_power,
    param_turbulence_power,
    param_main_engine_power,
    param_side_engine_power,
    param_dispersion,
    param_initial_force,
    param_fuel_cost,
    param_constant_wind,  // 0 or 1
    param_flat_terrain,   // 0 or 1
    param_count
};

/// Arguments of the env. The defaults are LunarLander-v3's numbers.
struct Params {
    bool continuous = false;
    double gravity = -10.0;  // Box2D rounds it to float
    bool enable_wind = false;
    double wind_power = 15.0;
    double turbulence_power = 1.5;
    double main_engine_power = 13.0;  // impulse a unit of lever arm
    double side_engine_power = 0.6;
    double dispersion = 1.0;        // size of the engines' random numbers
    double initial_force = 1000.0;  // maximum of the random push at the start, an axis
    double fuel_cost = 1.0;         // times the costs of the engines in the reward
    bool constant_wind = false;     // the wind of an episode's start, held
    bool flat_terrain = false;      // the helipad's height everywhere
};

/// Assigns the arguments of a row, one by one: a copied struct would bring the bytes of its padding
/// along.
LANDER_FN void assign_row(Params& params, const double row[param_count]) {
    params.gravity = row[param_gravity];
    params.enable_wind = row[param_enable_wind] != 0.0;
    params.wind_power = row[param_wind_power];
    params.turbulence_power = row[param_turbulence_power];
    params.main_engine_power = row[param_main_engine_power];
    params.side_engine_power = row[param_side_engine_power];
    params.dispersion = row[param_dispersion];
    params.initial_force = row[param_initial_force];
    params.fuel_cost = row[param_fuel_cost];
    params.constant_wind = row[param_constant_wind] != 0.0;
    params.flat_terrain = row[param_flat_terrain] != 0.0;
}

/// Row of arguments.
LANDER_FN void write_row(const Params& params, double row[param_count]) {
    row[param_gravity] = params.gravity;
    row[param_enable_wind] = params.enable_wind ? 1.0 : 0.0;
    row[param_wind_power] = params.wind_power;
    row[param_turbulence_power] = params.turbulence_power;
    row[param_main_engine_power] = params.main_engine_power;
    row[param_side_engine_power] = params.side_engine_power;
    row[param_dispersion] = params.dispersion;
    row[param_initial_force] = params.initial_force;
    row[param_fuel_cost] = params.fuel_cost;
    row[param_constant_wind] = params.constant_wind ? 1.0 : 0.0;
    row[param_flat_terrain] = params.flat_terrain ? 1.0 : 0.0;
}

/// Ranges from which each episode draws its arguments; an empty range (low > high) draws nothing.
struct ParamRanges {
    double low[param_count];
    double high[param_count];
};

/// Draws the arguments that have a range, in the order of a row.
template <class Source>
LANDER_FN void draw_params(const ParamRanges& ranges, Source& source, Params& params) {
    double row[param_count];
    write_row(params, row);
    for (int k = 0; k < param_count; ++k) {
        if (ranges.low[k] <= ranges.high[k]) {
            row[k] = draw_uniform(source, ranges.low[k], ranges.high[k]);
        }
    }
    assign_row(params, row);
}

}  // namespace LANDER_NAMESPACE
