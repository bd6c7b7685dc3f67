// Picture history: rows that are kept, rings, restored stacks.
#include "batch/picture_history.h"

#include <algorithm>
#include <vector>

#include "batch/entry.h"
#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// One lander in flight with its history, pictures of 84 x 84. What the ring does not keep is 77.
struct Flight {
    Flight(int depth, bool grey)
        : picture(static_cast<std::size_t>((grey ? 1 : 3) * 84 * 84)),
          base(picture),
          ring(picture * static_cast<std::size_t>(depth), 77),
          rows(static_cast<std::size_t>(depth)) {
        make_camera(camera, 84, 84, grey, scratch, base.data());
        history = {&camera, depth, base.data(), ring.data(), rows.data(), &newest};
        entry.particles = &particles;
        entry.params = {false, -10.0, false, 15.0, 1.5};
        const u32 seed = 7;
        entry.state.random = seeded_pcg64(&seed, 1);
        step_entry({&entry, {}, true, {}}, entry.state.random, trace);
        start_history(history, 0, entry.state.world, particles, scratch);
    }
    void step(int action) {
        step_entry({&entry, {action, 0.0, 0.0}, false, {}}, entry.state.random, trace);
        push_picture(history, 0, entry.state.world, particles, scratch);
    }
    std::vector<u8> newest_picture() {
        std::vector<u8> out(picture);
        take_picture(camera, entry.state.world, particles, base.data(), scratch, out.data());
        return out;
    }
    std::vector<u8> stack() const {
        std::vector<u8> out(ring.size());
        write_stack(history, 0, out.data());
        return out;
    }

    static inline Camera camera;
    static inline Scratch scratch;
    NoTrace trace;
    std::size_t picture;
    std::vector<u8> base, ring;
    std::vector<Rows> rows;
    i32 newest = 0;
    PictureHistory history{};
    Entry entry{};
    Particles particles{};
};

/// Drops the first picture of a stack and appends another.
void append(std::vector<u8>& stack, const std::vector<u8>& picture) {
    stack.erase(stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(picture.size()));
    stack.insert(stack.end(), picture.begin(), picture.end());
}

TEST(a_stack_holds_the_last_pictures_oldest_first) {
    for (const int depth : {1, 4}) {
        for (const bool grey : {true, false}) {
            Flight flight(depth, grey);
            std::vector<u8> expected;
            const std::vector<u8> first = flight.newest_picture();
            for (int k = 0; k < depth; ++k) {
                expected.insert(expected.end(), first.begin(), first.end());
            }
            CHECK(flight.stack() == expected);
            for (int t = 0; t < 60; ++t) {
                flight.step(t / 5 % 4);
                append(expected, flight.newest_picture());
                CHECK(flight.stack() == expected);
            }
            CHECK(flight.particles.count > 0);
        }
    }
}

/// The hull starts at the top of the screen and is some ten cells high.
TEST(few_rows_are_kept) {
    Flight flight(4, true);
    CHECK(flight.rows[0].top == 0 && flight.rows[0].bottom < 14);
    CHECK(std::count(flight.ring.begin(), flight.ring.end(), 77) > 4 * 60 * 84);
}

TEST(any_stack_can_be_restored_and_goes_on) {
    Flight flight(3, false), other(3, false);
    Xorshift dice{1};
    std::vector<u8> expected(flight.ring.size());
    std::generate(expected.begin(), expected.end(), [&] { return static_cast<u8>(dice.next()); });
    restore_history(flight.history, 0, flight.entry.state.world.terrain, expected.data(),
                    Flight::scratch);
    CHECK(flight.stack() == expected);
    for (int t = 0; t < 4; ++t) {
        flight.step(2);
        append(expected, flight.newest_picture());
        CHECK(flight.stack() == expected);
    }
    restore_history(other.history, 0, flight.entry.state.world.terrain, expected.data(),
                    Flight::scratch);
    CHECK(other.stack() == expected);
    CHECK(other.rows[0].bottom - other.rows[0].top < 84);
}

TEST(rows_that_differ_are_found_in_every_channel) {
    Reduction r;
    make_reduction(r, 5, 2, false);
    u8 one[30] = {}, two[30] = {};
    CHECK(different_rows(r, one, two).top == 0 && different_rows(r, one, two).bottom == 0);
    two[2 * 10 + 3 * 2 + 1] = 1;  // blue, row 3
    CHECK(different_rows(r, one, two).top == 3 && different_rows(r, one, two).bottom == 4);
    one[1 * 2] = 1;  // red, row 1
    CHECK(different_rows(r, one, two).top == 1 && different_rows(r, one, two).bottom == 4);
}

}  // namespace
