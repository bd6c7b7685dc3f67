// Arguments as rows, and drawn from ranges.
#include "env/params.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(a_row_holds_every_argument) {
    double row[param_count], written[param_count];
    for (int k = 0; k < param_count; ++k) {
        row[k] = k + 1.0;
    }
    row[param_enable_wind] = row[param_constant_wind] = row[param_flat_terrain] = 1.0;
    Params params{};
    assign_row(params, row);
    CHECK(params.gravity == 1.0 && params.enable_wind && params.fuel_cost == 9.0);
    write_row(params, written);
    for (int k = 0; k < param_count; ++k) {
        CHECK(written[k] == row[k]);
    }
}

TEST(ranges_draw_in_the_order_of_a_row) {
    ParamRanges ranges{};
    for (double& low : ranges.low) {
        low = 1.0;  // above the high of 0: draws nothing
    }
    ranges.low[param_gravity] = -12.0;
    ranges.high[param_gravity] = -6.0;
    ranges.low[param_fuel_cost] = 0.0;
    ranges.high[param_fuel_cost] = 4.0;
    const u32 seed = 5;
    Pcg64 random = seeded_pcg64(&seed, 1), twin = random;
    Params params{};
    draw_params(ranges, random, params);
    CHECK(params.gravity == draw_uniform(twin, -12.0, -6.0));
    CHECK(params.fuel_cost == draw_uniform(twin, 0.0, 4.0));
    CHECK(params.wind_power == 15.0 && random.state.low == twin.state.low);
}

}  // namespace
