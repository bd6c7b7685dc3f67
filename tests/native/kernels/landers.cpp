// Landers in device memory: passes over them, faults, seeds, states.
#include "kernels/landers.h"

#include <cstring>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// Two landers without pictures, as a kernel sees them.
struct TwoLanders {
    static constexpr int count = 2;
    TwoLanders() {
        for (Entry& entry : entries) {
            entry.params = {false, -10.0, false, 15.0, 1.5};
        }
        call.landers = {entries,   nullptr, nullptr, progress, faults,
                        sort_keys, order,   outputs, count};
        call.actions = actions;
        call.mask = mask;
        call.frame_skip = 1;
        call.base_steps = 3;
    }
    void pass(Pass purpose) {
        call.pass = purpose;
        for (int i = 0; i < count; ++i) {
            step_lander(call, i);
        }
    }

    Entry entries[count] = {};
    Progress progress[count];
    Fault faults[count] = {};
    u8 sort_keys[count] = {};
    i32 order[count] = {0, 1};
    float obs[count][8], final_obs[count][8];
    double rewards[count];
    bool terminated[count], truncated[count], ended[count] = {}, on_pad[count];
    Outcome outcomes[count];
    Outputs outputs{obs, rewards, terminated, truncated, ended, outcomes, on_pad, final_obs};
    i64 actions[count] = {2, 2};
    bool mask[count] = {true, true};
    StepArguments call{};
};

TEST(a_reset_starts_the_landers_of_the_mask_alone) {
    TwoLanders device;
    device.mask[1] = false;
    device.pass(Pass::reset);
    CHECK(device.progress[0] == Progress::started && device.progress[1] == Progress::none);
    CHECK(device.entries[0].state.world.bodies[hull].awake);
    CHECK(!device.entries[1].state.world.bodies[hull].awake);
}

TEST(the_third_step_of_three_truncates) {
    TwoLanders device;
    device.pass(Pass::reset);
    for (int t = 1; t <= 3; ++t) {
        device.pass(Pass::step);
        CHECK(device.truncated[0] == (t == 3) && device.ended[0] == (t == 3));
    }
    CHECK(device.outcomes[1] == Outcome::timeout);
}

TEST(an_episode_that_ended_starts_again_as_the_mode_says) {
    for (const Autoreset mode : {Autoreset::next_step, Autoreset::same_step, Autoreset::disabled}) {
        TwoLanders device;
        device.call.autoreset = mode;
        device.call.base_steps = 1;
        device.pass(Pass::reset);
        device.pass(Pass::step);
        CHECK(device.ended[0] && device.sort_keys[0] == 64);
        if (mode == Autoreset::same_step) {
            const float last = device.obs[0][1];
            device.pass(Pass::restart);
            CHECK(device.progress[0] == Progress::started && device.sort_keys[0] == 0);
            CHECK(device.final_obs[0][1] == last && device.obs[0][1] != last);
            continue;
        }
        device.pass(Pass::step);
        const bool starts = mode == Autoreset::next_step;
        CHECK(device.progress[0] == (starts ? Progress::started : Progress::none));
        CHECK(device.faults[0] == (starts ? Fault::none : Fault::ended));
    }
}

TEST(an_invalid_action_leaves_its_lander_as_it_was) {
    TwoLanders device;
    device.pass(Pass::reset);
    const float before = device.obs[0][1];
    for (const i64 action : {i64{-1}, i64{4}, i64{1} << 32}) {
        device.actions[0] = action;
        device.faults[0] = Fault::none;
        device.pass(Pass::step);
        CHECK(device.faults[0] == Fault::action && device.faults[1] == Fault::none);
        CHECK(device.obs[0][1] == before && device.entries[0].elapsed == 0);
        CHECK(device.progress[0] == Progress::none && device.progress[1] == Progress::stepped);
    }
    const double throttles[4] = {0.5, 0.0 / 0.0, 0.5, 0.5};
    device.faults[0] = Fault::none;
    device.call.actions = nullptr;
    device.call.throttles = throttles;
    device.call.base_steps = 100;
    device.ended[1] = false;
    device.pass(Pass::step);
    CHECK(device.faults[0] == Fault::action && device.faults[1] == Fault::none);
}

TEST(seeds_are_those_of_numpy_and_a_length_of_0_leaves_the_generator) {
    TwoLanders device;
    const u32 digits[4] = {7, 0, 9, 1};
    const i32 lengths[2] = {1, 0};
    seed_lander({device.entries, digits, lengths, 2, 2}, 0);
    seed_lander({device.entries, digits, lengths, 2, 2}, 1);
    const Pcg64 expected = seeded_pcg64(digits, 1);
    CHECK(std::memcmp(&device.entries[0].state.random, &expected, sizeof expected) == 0);
    CHECK(device.entries[1].state.random.increment.low == 0);
}

TEST(arguments_act_from_the_next_step_or_from_the_next_episode) {
    TwoLanders device;
    double rows[2][param_count];
    write_row(Params{false, -1.0, true, 1.0, 1.0}, rows[0]);
    write_row(Params{false, -2.0, false, 2.0, 2.0}, rows[1]);
    ParamArguments call{device.entries, device.mask, rows[0], 2, false, true};
    device.mask[1] = false;
    set_params_of(call, 0);
    set_params_of(call, 1);
    CHECK(device.entries[0].params.gravity == -10.0 && device.entries[0].params_change);
    CHECK(!device.entries[1].params_change);
    call.next = false;
    set_params_of(call, 0);
    CHECK(device.entries[0].params.gravity == -1.0 && device.entries[0].params.enable_wind);
    CHECK(!device.entries[0].params_change);
}

TEST(a_written_lander_is_restored_with_its_clock) {
    TwoLanders device;
    device.pass(Pass::reset);
    device.pass(Pass::step);
    u8 bytes[state_and_particles_capacity];
    Record record;
    write_lander({device.call.landers, bytes, &record, 1, 1}, 0);
    u8 expected[state_capacity];
    CHECK(record.size == write_state(device.entries[1].state, expected));
    CHECK(std::memcmp(bytes, expected, static_cast<std::size_t>(record.size)) == 0);
    CHECK(record.elapsed == 1 && !record.ended && record.params[param_gravity] == -10.0);
    TwoLanders other;
    restore_lander({other.call.landers, &device.entries[1].state, nullptr, &record, 0, 1}, 0);
    CHECK(other.entries[0].elapsed == 1 && other.obs[0][1] == device.obs[1][1]);
    CHECK(other.progress[0] == Progress::started);
}

}  // namespace
