// Outputs.
#include "batch/outputs.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(a_landing_overrules_other_ends) {
    StepResult result{};
    CHECK(outcome_of(result, false) == Outcome::running);
    CHECK(outcome_of(result, true) == Outcome::timeout);
    result.out_of_bounds = true;
    CHECK(outcome_of(result, true) == Outcome::out_of_bounds);
    result.crashed = true;
    CHECK(outcome_of(result, false) == Outcome::crashed);
    result.landed = true;
    CHECK(outcome_of(result, false) == Outcome::landed);
}

TEST(on_pad_is_told_in_flight_at_the_end_and_at_a_reset) {
    float obs[1][observation_size];
    double reward;
    bool terminated, truncated, ended, on_pad;
    Outcome outcome;
    const Outputs outputs{obs,    &reward,  &terminated, &truncated,
                          &ended, &outcome, &on_pad,     nullptr};
    StepResult result{};
    result.observation[0] = -0.2F;  // the flag itself counts
    write_step(result, false, outputs, 0);
    CHECK(on_pad && !ended);
    write_step(result, true, outputs, 0);
    CHECK(on_pad && ended && outcome == Outcome::timeout);
    result.observation[0] = 0.21F;
    write_step(result, true, outputs, 0);
    CHECK(!on_pad);
    result.observation[0] = 0.0F;
    write_reset(result, outputs, 0);
    CHECK(on_pad && outcome == Outcome::running);
}

}  // namespace
