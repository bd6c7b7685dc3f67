// Pure landers in device memory: resets, steps, restarts, and calls that cannot be refused.
#include "kernels/pure.h"

#include <cstring>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// One lander as JAX's arrays hold it, with the default arguments.
struct OneLander {
    OneLander() {
        write_row(Params{}, row);
        for (int k = 0; k < param_count; ++k) {
            call.params.allowed.low[k] = -1e9;
            call.params.allowed.high[k] = 1e9;
        }
        call.params.rows = {row, true};
        call.words = 1;
        call.entries = &entry;
        call.actions = &action;
        call.obs = &obs;
        call.final_obs = &final_obs;
        call.rewards = {&reward, true};
        call.raw_rewards = {&raw_reward, true};
        call.terminated = &terminated;
        call.truncated = &truncated;
        call.outcomes = &outcome;
        call.on_pad = &on_pad;
        call.timing = {1, 2, 0};
        call.count = 1;
        for (float& factor : call.transforms.observation.factor) {
            factor = 1.0F;
        }
    }
    void reset() {
        entry = {};
        call.keys = &key;
        pass(Pass::reset);
    }
    void step() { pass(Pass::step); }
    void pass(Pass purpose) {
        call.pass = purpose;
        pure_lander(call, 0);
    }

    Entry entry{};
    u32 key = 7;
    i32 action = 2;
    double row[param_count];
    float obs[observation_size], final_obs[observation_size];
    double reward, raw_reward;
    bool terminated, truncated, on_pad;
    Outcome outcome;
    PureArguments call{};
};

bool same(const float (&one)[observation_size], const float (&other)[observation_size]) {
    return std::memcmp(one, other, sizeof one) == 0;
}

TEST(a_key_seeds_the_episode_and_a_step_is_that_of_the_core) {
    OneLander device;
    device.reset();
    State alone{};
    NoTrace trace;
    const Params params{};
    start(alone, params, 7, trace);
    CHECK(same(device.obs, observed(alone.world).observation));
    device.step();
    const StepDraws draws = draw_step(alone.random);
    const StepResult result = step(alone, params, {2, 0.0, 0.0}, draws, trace);
    CHECK(same(device.obs, result.observation) && same(device.final_obs, result.observation));
    CHECK(device.reward == result.reward && device.raw_reward == result.reward);
    CHECK(!device.terminated && !device.truncated && device.outcome == Outcome::running);
}

TEST(the_time_limit_truncates_and_the_next_episode_starts_on_request) {
    OneLander device;
    device.call.restarts = true;
    device.reset();
    device.step();
    device.step();
    CHECK(device.truncated && device.outcome == Outcome::timeout);
    CHECK(!same(device.obs, device.final_obs) && device.entry.elapsed == 0);
    device.call.restarts = false;
    device.step();
    device.step();
    CHECK(device.truncated && same(device.obs, device.final_obs) && device.entry.elapsed == 2);
}

TEST(with_pictures_a_decision_has_several_steps_and_the_restart_is_a_pass_of_its_own) {
    OneLander device;
    Particles particles{};
    i32 decisions = 0;
    device.call.particles = &particles;
    device.call.decisions = &decisions;
    device.call.timing = {4, 1000, 2};
    device.reset();
    CHECK(decisions == 0 && particles.count == 0);
    device.step();
    CHECK(decisions == 1 && device.entry.elapsed == 4 && particles.count > 0);
    CHECK(device.entry.particles == nullptr);
    device.pass(Pass::restart);
    CHECK(decisions == 1 && device.entry.elapsed == 4);  // its episode goes on
    device.step();
    CHECK(device.truncated && decisions == 2);
    device.pass(Pass::restart);
    CHECK(device.truncated && decisions == 0 && device.entry.elapsed == 0);
    CHECK(particles.count == 0 && !same(device.obs, device.final_obs));
}

TEST(an_invalid_action_or_argument_gives_nan_and_keeps_the_state) {
    OneLander device;
    device.reset();
    const Entry before = device.entry;
    device.action = 4;
    device.step();
    CHECK(device.obs[0] != device.obs[0] && device.reward != device.reward);
    CHECK(std::memcmp(&before, &device.entry, sizeof before) == 0);
    device.action = 2;
    device.row[param_gravity] = 0.5;
    device.call.params.allowed.high[param_gravity] = -0.001;
    device.step();
    CHECK(device.obs[0] != device.obs[0]);
    CHECK(std::memcmp(&before, &device.entry, sizeof before) == 0);
}

}  // namespace
