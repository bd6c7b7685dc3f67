// Pixel batch: stacks of pictures, decisions.
#include "batch/pixel_batch.h"

#include <algorithm>
#include <vector>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// The whole picture of a lander, drawn and then reduced.
std::vector<u8> reduced_whole(const Camera& camera, const Entry& entry, Scratch& scratch) {
    const Reduction& r = camera.reduction;
    std::vector<u8> small(static_cast<std::size_t>(picture_bytes(r)));
    const Canvas canvas{scratch.pixels, whole_screen()};
    draw_scene(canvas, scene_of(entry.state.world, *entry.particles));
    reduce(r, canvas, {0, 0, r.x.cells, r.y.cells}, scratch.levels, small.data());
    return small;
}

/// A few landers with all that a batch keeps of them, seeds 0, 1, 2 ...
struct Fleet {
    static constexpr int size = 3;
    Fleet(const Camera& camera, int depth)
        : stack(static_cast<std::size_t>(depth * picture_bytes(camera.reduction))),
          stacks(size * stack),
          bases(size * stack),
          rings(size * stack),
          final_stacks(size * stack),
          rows(static_cast<std::size_t>(size * depth)),
          pictures{{&camera, depth, bases.data(), rings.data(), rows.data(), newest},
                   decisions,
                   stacks.data(),
                   final_stacks.data()} {
        for (int i = 0; i < size; ++i) {
            const u32 seed = static_cast<u32>(i);
            entries[i].state.random = seeded_pcg64(&seed, 1);
            entries[i].params = {false, -10.0, false, 15.0, 1.5};
            entries[i].particles = &particles[i];
        }
    }
    bool shows(int i, const std::vector<u8>& expected) const {
        const auto first = stacks.begin() + static_cast<std::ptrdiff_t>(stack) * i;
        return std::equal(expected.begin(), expected.end(), first) && expected.size() == stack;
    }

    std::size_t stack;
    std::vector<u8> stacks, bases, rings, final_stacks;
    std::vector<Rows> rows;
    Entry entries[size] = {};
    Particles particles[size] = {};
    i32 newest[size] = {}, decisions[size] = {};
    float obs[size][8], final_obs[size][8];
    double rewards[size];
    bool terminated[size], truncated[size], ended[size] = {}, on_pad[size];
    Outcome outcomes[size];
    Outputs outputs{obs, rewards, terminated, truncated, ended, outcomes, on_pad, final_obs};
    Pictures pictures;
};

/// Decisions of 3 base steps, 4 an episode: stacks against the last pictures, drawn whole.
void check_stacks(int rows, int columns, bool grey, int depth) {
    static Camera camera;
    static Scratch scratch;
    std::vector<u8> picture(static_cast<std::size_t>(3 * rows * columns));
    make_camera(camera, rows, columns, grey, scratch, picture.data());
    Fleet fleet(camera, depth);
    std::vector<u8> expected[Fleet::size];
    const auto begin_stack = [&](int i) {
        expected[i].clear();
        const std::vector<u8> first = reduced_whole(camera, fleet.entries[i], scratch);
        for (int k = 0; k < depth; ++k) {
            expected[i].insert(expected[i].end(), first.begin(), first.end());
        }
    };
    const bool all[Fleet::size] = {true, true, true};
    reset_group(step_entries<float>, fleet.entries, 0, Fleet::size, all,
                [&](const StepResult& result, int i) {
                    write_reset(result, fleet.outputs, i);
                    fleet.pictures.start(fleet.entries[i], i, scratch);
                    begin_stack(i);
                });
    for (int t = 0; t < 11; ++t) {
        bool starts[Fleet::size];
        std::copy(fleet.ended, fleet.ended + Fleet::size, starts);
        decide_group(
            step_entries<float>, fleet.entries, 0, Fleet::size,
            [&](int i) { return Action{(t + i) % 4, 0.0, 0.0}; }, {3, 1000, 4},
            Autoreset::next_step, fleet.outputs, fleet.pictures, scratch);
        CHECK(fleet.truncated[0] == (t % 5 == 3));
        for (int i = 0; i < Fleet::size; ++i) {
            const std::vector<u8> newest = reduced_whole(camera, fleet.entries[i], scratch);
            if (starts[i]) {
                begin_stack(i);
            } else {
                const auto gone = static_cast<std::ptrdiff_t>(newest.size());
                expected[i].erase(expected[i].begin(), expected[i].begin() + gone);
                expected[i].insert(expected[i].end(), newest.begin(), newest.end());
            }
            CHECK(fleet.shows(i, expected[i]));
        }
    }
}

TEST(stacks_hold_the_last_pictures) {
    const int sizes[][2] = {{84, 84}, {1, 1}, {7, 13}, {400, 600}, {100, 150}, {399, 1}};
    for (const auto& size : sizes) {
        for (const int depth : {1, 8}) {
            for (const bool grey : {true, false}) {
                check_stacks(size[0], size[1], grey, depth);
            }
        }
    }
}

/// An episode of 7 base steps in decisions of 3: the third takes one, and gives its reward alone.
TEST(decisions_stop_at_the_end) {
    static Camera camera;
    static Scratch scratch;
    u8 picture[1];
    make_camera(camera, 1, 1, true, scratch, picture);
    Fleet fleet(camera, 1);
    NoTrace trace;
    State alone{};
    const Params params = fleet.entries[0].params;
    start(alone, params, 0, trace);
    const bool first_only[Fleet::size] = {true, false, false};
    reset_group(step_entries<float>, fleet.entries, 0, 1, first_only,
                [&](const StepResult& result, int i) {
                    write_reset(result, fleet.outputs, i);
                    fleet.pictures.start(fleet.entries[i], i, scratch);
                });
    for (const int base_steps : {3, 3, 1}) {
        double total = 0.0;
        for (int t = 0; t < base_steps; ++t) {
            const StepDraws draws = draw_step(alone.random);
            total += step(alone, params, {2, 0.0, 0.0}, draws, trace).reward;
        }
        decide_group(
            step_entries<float>, fleet.entries, 0, 1, [](int) { return Action{2, 0.0, 0.0}; },
            {3, 7, 100}, Autoreset::next_step, fleet.outputs, fleet.pictures, scratch);
        CHECK(fleet.rewards[0] == total);
        CHECK(fleet.truncated[0] == (base_steps == 1));
    }
    CHECK(fleet.outcomes[0] == Outcome::timeout && fleet.entries[0].elapsed == 7);
}

/// Under same_step a decision also starts the next episodes, and keeps what the last ones ended
/// with.
TEST(same_step_keeps_the_last_stacks) {
    static Camera camera;
    static Scratch scratch;
    std::vector<u8> picture(20 * 20);
    make_camera(camera, 20, 20, true, scratch, picture.data());
    Fleet ended(camera, 2), restarted(camera, 2);
    const bool all[Fleet::size] = {true, true, true};
    for (Fleet* fleet : {&ended, &restarted}) {
        reset_group(step_entries<float>, fleet->entries, 0, Fleet::size, all,
                    [&](const StepResult& result, int i) {
                        write_reset(result, fleet->outputs, i);
                        fleet->pictures.start(fleet->entries[i], i, scratch);
                    });
        decide_group(
            step_entries<float>, fleet->entries, 0, Fleet::size,
            [](int i) { return Action{i, 0.0, 0.0}; }, {4, 1000, 1},
            fleet == &ended ? Autoreset::disabled : Autoreset::same_step, fleet->outputs,
            fleet->pictures, scratch);
    }
    CHECK(restarted.final_stacks == ended.stacks);
    CHECK(restarted.stacks != ended.stacks);
    for (int i = 0; i < Fleet::size; ++i) {
        CHECK(std::equal(ended.obs[i], ended.obs[i] + 8, restarted.final_obs[i]));
        CHECK(restarted.ended[i] && restarted.decisions[i] == 0);
        const std::vector<u8> first = reduced_whole(camera, restarted.entries[i], scratch);
        const auto stack = restarted.stacks.begin() + static_cast<std::ptrdiff_t>(2 * 400 * i);
        CHECK(std::equal(first.begin(), first.end(), stack));
        CHECK(std::equal(first.begin(), first.end(), stack + 400));
    }
}

/// Without an array for the stacks a decision keeps its picture all the same.
TEST(stacks_can_be_written_later) {
    static Camera camera;
    static Scratch scratch;
    std::vector<u8> picture(20 * 20);
    make_camera(camera, 20, 20, true, scratch, picture.data());
    Fleet now(camera, 3), later(camera, 3);
    later.pictures.stacks = nullptr;
    const bool all[Fleet::size] = {true, true, true};
    for (Fleet* fleet : {&now, &later}) {
        reset_group(step_entries<float>, fleet->entries, 0, Fleet::size, all,
                    [&](const StepResult& result, int i) {
                        write_reset(result, fleet->outputs, i);
                        fleet->pictures.start(fleet->entries[i], i, scratch);
                    });
        for (int t = 0; t < 2; ++t) {
            decide_group(
                step_entries<float>, fleet->entries, 0, Fleet::size,
                [](int i) { return Action{i, 0.0, 0.0}; }, {4, 1000, 9}, Autoreset::next_step,
                fleet->outputs, fleet->pictures, scratch);
        }
    }
    CHECK(later.stacks == std::vector<u8>(later.stacks.size()));
    later.pictures.stacks = later.stacks.data();
    for (int i = 0; i < Fleet::size; ++i) {
        later.pictures.write(i);
    }
    CHECK(later.stacks == now.stacks);
}

}  // namespace
