// Pure batch: steps of rows that the caller owns.
#include "batch/pure_batch.h"

#include <cstring>
#include <memory>
#include <vector>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

constexpr ObservationTransform as_it_is{{}, {}, {1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F}};

/// One lander in free fall that is restarted after `limit` steps.
struct PureLander {
    explicit PureLander(bool restarts, Shaping shaping = {}) : transforms{as_it_is, shaping} {
        const u32 seed = 0;
        entry.state.random = seeded_pcg64(&seed, 1);
        entry.params = {false, -10.0, false, 15.0, 1.5};
        out.restarts = restarts;
        const bool mask = true;
        pure_reset_group(step_entries<float>, &entry, 1, &mask, as_it_is, obs);
    }
    void step(i32 limit) {
        const auto nothing = [](int) { return Action{}; };
        pure_step_group(step_entries<float>, &entry, 1, nothing, limit, transforms, out);
    }

    Entry entry{};
    Transforms transforms;
    ObservationRow obs[1], final_obs[1];
    double reward, raw_reward;
    bool terminated, truncated, ended, on_pad;
    Outcome outcome;
    PureOutputs out{obs,        final_obs, &reward,  &raw_reward, &terminated,
                    &truncated, &ended,    &outcome, &on_pad,     true};
};

TEST(a_restart_changes_nothing_but_the_state_and_obs) {
    PureLander restarted(true), gone_on(false);
    for (int t = 1; t <= 3; ++t) {
        restarted.step(3);
        gone_on.step(3);
        CHECK(std::memcmp(restarted.final_obs, gone_on.obs, sizeof gone_on.obs) == 0);
        CHECK(restarted.reward == gone_on.reward && restarted.truncated == (t == 3));
    }
    CHECK(restarted.outcome == Outcome::timeout && gone_on.outcome == Outcome::timeout);
    CHECK(restarted.entry.elapsed == 0 && gone_on.entry.elapsed == 3);
    CHECK(restarted.obs[0][1] > restarted.final_obs[0][1]);  // at the top again
}

TEST(a_copied_state_goes_on_as_the_original) {
    PureLander single(true);
    single.step(10);
    const Entry copy = single.entry;
    single.step(10);
    const float y = single.obs[0][1];
    single.entry = copy;
    single.step(10);
    CHECK(single.obs[0][1] == y);
}

TEST(the_shaping_is_added_and_the_original_reward_kept) {
    PureLander plain(true), shaped(true, {true, 0.0, 0.0, 0.0, false, 1.0}),
        weighted(true, {true, 100.0, 0.0, 0.0, false, 1.0});
    plain.step(10);
    shaped.step(10);
    weighted.step(10);
    CHECK(shaped.reward == plain.reward);  // weights of 0
    CHECK(weighted.raw_reward == plain.reward);
    const double distance = weighted.obs[0][0] < 0.0F ? -weighted.obs[0][0] : weighted.obs[0][0];
    CHECK(weighted.reward == plain.reward - 100.0 * distance);
}

TEST(final_stacks_are_those_of_the_decision_and_stacks_those_of_the_restart) {
    const auto scratch = std::make_unique<Scratch>();
    const auto camera = std::make_unique<Camera>();
    std::vector<u8> base(84 * 84), ring(2 * 84 * 84), stack(2 * 84 * 84), last(2 * 84 * 84);
    make_camera(*camera, 84, 84, true, *scratch, base.data());
    Rows rows[2] = {};
    i32 newest = 0, decisions = 0;
    Particles particles{};
    PureLander single(true);
    single.entry.particles = &particles;
    const Pictures pictures{{camera.get(), 2, base.data(), ring.data(), rows, &newest},
                            &decisions,
                            stack.data(),
                            last.data()};
    const bool mask = true;
    pure_reset_pictures(step_entries<float>, &single.entry, 1, &mask, as_it_is, single.obs,
                        pictures, *scratch);
    const std::vector<u8> first = stack;
    const auto fires = [](int) { return Action{2, 0.0, 0.0}; };
    const auto decide = [&] {
        pure_decide_group(step_entries<float>, &single.entry, 1, fires, {4, 1000, 2},
                          single.transforms, single.out, pictures, *scratch);
    };
    decide();
    CHECK(!single.ended && stack == last && stack != first);
    decide();
    CHECK(single.truncated && stack != last && decisions == 0);
    CHECK(std::memcmp(stack.data(), stack.data() + 84 * 84, 84 * 84) == 0);  // one picture twice
}

/// Entries with some bytes changed have a fault or can be flown.
TEST(damaged_entries_have_a_fault_or_fly) {
    PureLander lander(true);
    for (int t = 0; t < 70; ++t) {
        lander.step(1000);
    }
    const Entry sound = lander.entry;
    CHECK(entry_fault(lander.entry).field == nullptr);
    CHECK(std::memcmp(&lander.entry, &sound, sizeof sound) == 0);
    Xorshift dice{12345};
    int flown = 0;
    for (int trial = 0; trial < 20000 * scale; ++trial) {
        u8 bytes[sizeof(Entry)];
        std::memcpy(bytes, &sound, sizeof sound);
        bytes[dice.next() % sizeof(Entry)] = static_cast<u8>(dice.next());
        std::memcpy(&lander.entry, bytes, sizeof sound);
        lander.entry.params = sound.params;  // a call writes its own
        lander.entry.elapsed = sound.elapsed;
        if (entry_fault(lander.entry).field == nullptr) {
            lander.step(1000);
            ++flown;
        }
    }
    CHECK(flown > 1000);
}

TEST(particles_and_picture_histories_outside_their_arrays_have_a_fault) {
    Camera camera{};
    camera.reduction.y.cells = 84;
    Rows rows[2] = {{0, 84}, {3, 3}};
    i32 newest = 1;
    const PictureHistory history{&camera, 2, nullptr, nullptr, rows, &newest};
    Particles particles{};
    CHECK(picture_fault(particles, history, 0).field == nullptr);
    newest = 2;
    CHECK(picture_fault(particles, history, 0).field != nullptr);
    newest = 0;
    rows[1].bottom = 85;
    CHECK(picture_fault(particles, history, 0).field != nullptr);
    rows[1] = {-1, 3};
    CHECK(picture_fault(particles, history, 0).field != nullptr);
    rows[1] = {0, 0};
    particles.count = 256;  // a multiple of what one byte holds
    CHECK(picture_fault(particles, history, 0).field != nullptr);
    particles.count = 1;
    particles.items[0].contact_count = edge_count + 1;
    CHECK(picture_fault(particles, history, 0).field != nullptr);
}

}  // namespace
