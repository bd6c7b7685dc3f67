// State batch: time limit and autoreset.
#include "batch/state_batch.h"

#include "checks.h"

using namespace lander;

namespace {

/// One lander that crashes in free fall, and its outputs.
struct Single {
    Single() {
        const u32 seed = 0;
        entry.state.random = seeded_pcg64(&seed, 1);
        entry.params = {false, -10.0, false, 15.0, 1.5};
        const bool mask = true;
        reset_group(step_entries<float>, &entry, 0, 1, &mask,
                    [this](const StepResult& result, int i) { write_reset(result, outputs, i); });
    }
    void step(Autoreset mode, int limit) {
        const auto nothing = [](int) { return Action{}; };
        step_group(step_entries<float>, &entry, 0, 1, nothing, limit, mode, outputs);
    }

    Entry entry{};
    float obs[1][observation_size], final_obs[1][observation_size] = {};
    double reward = 0.0;
    bool terminated = false, truncated = false, ended = false, on_pad = false;
    Outcome outcome = Outcome::running;
    Outputs outputs{obs, &reward, &terminated, &truncated, &ended, &outcome, &on_pad, final_obs};
};

TEST(next_step_spends_a_step_on_the_reset) {
    Single single;
    for (int t = 1; t <= 3; ++t) {
        single.step(Autoreset::next_step, 3);
        CHECK(single.truncated == (t == 3));
    }
    const float last = single.obs[0][1];
    single.step(Autoreset::next_step, 3);
    CHECK(!single.ended && single.reward == 0.0 && single.entry.elapsed == 0);
    CHECK(single.obs[0][1] != last);
}

TEST(same_step_keeps_the_last_observation) {
    Single single;
    single.step(Autoreset::same_step, 2);
    single.step(Autoreset::same_step, 2);
    CHECK(single.ended && single.entry.elapsed == 0 && single.outcome == Outcome::timeout);
    CHECK(single.final_obs[0][3] < single.obs[0][3] || single.final_obs[0][1] != single.obs[0][1]);
}

TEST(disabled_goes_on) {
    Single single;
    for (int t = 1; t <= 5; ++t) {
        single.step(Autoreset::disabled, 2);
        CHECK(single.truncated == (t >= 2) && single.entry.elapsed == t);
    }
}

TEST(a_crash_ends_an_episode) {
    Single single;
    for (int t = 0; t < 300 && !single.ended; ++t) {
        single.step(Autoreset::disabled, 1000);
    }
    CHECK(single.terminated && single.outcome == Outcome::crashed && single.reward == -100.0);
}

}  // namespace
