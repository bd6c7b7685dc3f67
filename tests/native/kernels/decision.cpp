// Decisions in device memory: sums of rewards, their ends, the time limit.
#include "kernels/decision.h"

#include <cmath>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// A lander in the air with the default arguments.
struct DecidingLander {
    DecidingLander() {
        const u32 seed = 7;
        entry.state.random = seeded_pcg64(&seed, 1);
        kernels::decide({&entry, Action{}, true, StepResult{}}, {1, 1000, 1000}, true);
    }
    StepResult decide(int frame_skip, i32 base_steps, bool starts = false) {
        return kernels::decide({&entry, {2, 0.0, 0.0}, starts, StepResult{}},
                               {frame_skip, base_steps, 1000}, true);
    }

    Entry entry{};
};

TEST(a_decision_sums_the_rewards_of_its_base_steps) {
    DecidingLander one, other;
    double sum = 0.0;
    for (int t = 0; t < 4; ++t) {
        sum += one.decide(1, 1000).reward;
    }
    CHECK(other.decide(4, 1000).reward == sum);
    CHECK(one.entry.elapsed == 4 && other.entry.elapsed == 4);
}

TEST(a_decision_ends_at_the_time_limit_and_with_the_first_step_of_an_episode) {
    DecidingLander flight;
    flight.decide(4, 3);
    CHECK(flight.entry.elapsed == 3);
    flight.decide(4, 1000, true);
    CHECK(flight.entry.elapsed == 0);
}

/// A sum from 0 turns -0 into 0; a lander without decisions keeps the sign of its reward.
TEST(the_sum_of_rewards_begins_at_minus_0_without_decisions) {
    Entry entry{};
    const EntryStep step{&entry, Action{}, false, StepResult{}};
    CHECK(std::signbit(kernels::decide(step, {0, 1000, 1000}, false).reward));
    CHECK(!std::signbit(kernels::decide(step, {0, 1000, 1000}, true).reward));
}

TEST(decisions_and_base_steps_have_a_limit_each) {
    Entry entry{};
    i32 decisions[2] = {0, 1};
    entry.elapsed = 9;
    CHECK(!kernels::count_decision({4, 10, 2}, entry, decisions, 0) && decisions[0] == 1);
    CHECK(kernels::count_decision({4, 10, 2}, entry, decisions, 1) && decisions[1] == 2);
    CHECK(!kernels::count_decision({1, 10, 0}, entry, nullptr, 0));
    CHECK(kernels::count_decision({1, 9, 0}, entry, nullptr, 0));
}

}  // namespace
