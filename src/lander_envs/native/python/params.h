// Arguments of the env at the borders: names, defaults and ranges of a row (env/params.h).
#pragma once

#include <sstream>
#include <string>

#include "env/params.h"

namespace lander_python {

/// Range of an argument. A multiple of LunarLander-v3's number is ten at most: an engine of more
/// would reach the speed limit of the solver within some thirty steps.
struct ParamRange {
    const char* name;
    double low, high;
    bool closed = true;
};

inline constexpr lander::Params default_params{};
inline constexpr double max_multiple = 10.0;

inline constexpr ParamRange param_ranges[lander::param_count] = {
    {"gravity", -12.0, 0.0, false},
    {"enable_wind", 0.0, 1.0},
    {"wind_power", -lander::max_wind, lander::max_wind},
    {"turbulence_power", -lander::max_wind, lander::max_wind},
    {"main_engine_power", 0.0, max_multiple * default_params.main_engine_power},
    {"side_engine_power", 0.0, max_multiple * default_params.side_engine_power},
    {"dispersion", 0.0, max_multiple * default_params.dispersion},
    {"initial_force", 0.0, max_multiple * default_params.initial_force},
    {"fuel_cost", 0.0, max_multiple * default_params.fuel_cost},
    {"constant_wind", 0.0, 1.0},
    {"flat_terrain", 0.0, 1.0},
};

inline bool allows(const ParamRange& range, double value) {
    return range.closed ? range.low <= value && value <= range.high
                        : range.low < value && value < range.high;
}

/// Range in words.
inline std::string allowed(const ParamRange& range) {
    std::ostringstream words;
    words << "between " << range.low << " and " << range.high
          << (range.closed ? ", including the ends" : ", excluding the ends");
    return words.str();
}

}  // namespace lander_python
