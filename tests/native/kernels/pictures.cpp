// Pictures in device memory, cell by cell, against pictures drawn whole.
#include "kernels/pictures.h"

#include <cstring>
#include <vector>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// One lander with particles and its stack of pictures, as the kernels see them.
struct OnePicture {
    OnePicture(int rows, int columns, bool grey, int depth)
        : bytes(static_cast<std::size_t>((grey ? 1 : 3) * rows * columns)),
          base(bytes),
          stack(bytes * static_cast<std::size_t>(depth)),
          last(stack) {
        make_camera(camera, rows, columns, grey, scratch, base.data());
        call = {&entry,       &particles,  &camera, &progress, base.data(),
                stack.data(), last.data(), 1,       depth,     false};
        NoTrace trace;
        start(entry.state, params, 0, trace);
    }
    void fly(int steps) {
        NoTrace trace;
        LanderStep step;
        for (int t = 0; t < steps; ++t) {
            const StepDraws draws = draw_step(entry.state.random);
            begin_step(entry.state, params, {0, t % 5 < 3 ? 0.6 : 0.0, t % 7 - 3.0}, draws, Load{},
                       step, trace);
            solve(entry.state, params, step, trace);
            finish_step(entry.state, params, step, trace);
            step_particles(particles, entry.state.world.terrain, -10.0F, step.particles);
        }
    }
    void draw() {
        const Reduction& r = camera.reduction;
        for (int cell = 0; cell < r.x.cells * r.y.cells; ++cell) {
            draw_base_cell(call, 0, cell);
        }
        for (int at = 0; at < static_cast<int>(bytes); ++at) {
            shift_byte(call, 0, at);
        }
        for (int lane = picture_threads - 1; lane >= 0; --lane) {  // the order does not matter
            draw_changed_cells(call, 0, lane);
        }
    }
    std::vector<u8> drawn_whole() {
        std::vector<u8> out(bytes);
        const Reduction& r = camera.reduction;
        const Canvas canvas{scratch.pixels, whole_screen()};
        draw_scene(canvas, scene_of(entry.state.world, particles));
        reduce(r, canvas, {0, 0, r.x.cells, r.y.cells}, scratch.levels, out.data());
        return out;
    }
    bool shows(int place, const std::vector<u8>& expected) const {
        const u8* picture = stack.data() + static_cast<std::size_t>(place) * bytes;
        return std::memcmp(picture, expected.data(), bytes) == 0;
    }

    static inline Camera camera;
    static inline Scratch scratch;
    Params params{true, -10.0, false, 15.0, 1.5};
    Entry entry{};
    Particles particles{};
    Progress progress = Progress::started;
    std::size_t bytes;
    std::vector<u8> base, stack, last;
    PictureArguments call;
};

TEST(cells_are_those_of_the_picture_drawn_whole) {
    const int sizes[][2] = {{84, 84}, {28, 28}, {100, 150}, {61, 173}, {200, 300}};
    for (const auto& size : sizes) {
        for (const bool grey : {true, false}) {
            OnePicture device(size[0], size[1], grey, 2);
            device.draw();
            std::vector<u8> before = device.drawn_whole();
            CHECK(device.shows(0, before) && device.shows(1, before));
            device.progress = Progress::stepped;
            for (int t = 0; t < 12; ++t) {
                device.fly(9);
                device.draw();
                const std::vector<u8> now = device.drawn_whole();
                CHECK(device.shows(0, before) && device.shows(1, now));
                before = now;
            }
        }
    }
}

TEST(a_thread_draws_cells_of_up_to_512_pixels) {
    CHECK(fits_a_thread(84, 84));    // 6 x 9 = 54 pixels a cell
    CHECK(fits_a_thread(28, 28));    // 16 x 23 = 368
    CHECK(fits_a_thread(23, 34));    // 19 x 19 = 361
    CHECK(fits_a_thread(20, 30));    // 21 x 21 = 441
    CHECK(fits_a_thread(400, 600));  // 2 x 2 = 4
    CHECK(!fits_a_thread(1, 600));   // 401 x 2 = 802
    CHECK(fits_a_thread(24, 24));    // 18 x 26 = 468
    CHECK(!fits_a_thread(23, 23));   // 19 x 28 = 532
}

TEST(a_lander_without_progress_keeps_its_pictures) {
    OnePicture device(28, 28, true, 2);
    device.draw();
    device.fly(50);
    const std::vector<u8> before = device.stack;
    device.progress = Progress::none;
    device.draw();
    CHECK(device.stack == before);
}

TEST(an_episode_that_begins_fills_its_stack_and_keeps_the_last_one_if_told) {
    OnePicture device(28, 28, true, 3);
    device.draw();
    device.progress = Progress::stepped;
    device.fly(50);
    device.draw();
    const std::vector<u8> before = device.stack;
    NoTrace trace;
    start(device.entry.state, device.params, 1, trace);
    device.particles.count = 0;
    device.progress = Progress::started;
    device.call.restarts = true;
    device.draw();
    CHECK(device.last == before);
    const std::vector<u8> first = device.drawn_whole();
    CHECK(device.shows(0, first) && device.shows(1, first) && device.shows(2, first));
}

}  // namespace
