// Camera.
#include "render/camera.h"

#include <vector>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// Whatever the size, what moved alone gives the bytes of the whole picture reduced.
TEST(small_pictures_are_the_whole_picture_reduced) {
    const int episodes = 1 * scale;
    const int sizes[][2] = {{84, 84}, {1, 1}, {7, 13}, {400, 600}, {100, 150}, {399, 1}, {3, 599}};
    static Camera camera;
    static Scratch scratch;
    for (const auto& size : sizes) {
        for (const bool grey : {true, false}) {
            const auto bytes = static_cast<std::size_t>((grey ? 1 : 3) * size[0] * size[1]);
            std::vector<u8> base(bytes), small(bytes), expected(bytes);
            make_camera(camera, size[0], size[1], grey, scratch, base.data());
            for (int episode = 0; episode < episodes; ++episode) {
                NoTrace trace;
                LanderStep lander_step;
                State state{};
                Particles particles{};
                const Params params{true, -10.0, false, 15.0, 1.5};
                start(state, params, static_cast<u32>(episode), trace);
                draw_base(camera, state.world.terrain, scratch, base.data());
                for (int t = 0; t < 150; ++t) {
                    const StepDraws draws = draw_step(state.random);
                    const Action action{0, t % 5 < 3 ? 0.4 : 0.0, t % 7 - 3.0};
                    begin_step(state, params, action, draws, Load{}, lander_step, trace);
                    solve(state, params, lander_step, trace);
                    finish_step(state, params, lander_step, trace);
                    step_particles(particles, state.world.terrain, -10.0F, lander_step.particles);
                    CHECK(particles.count <= particle_capacity - 2);
                    if (t % 37 != 0) {
                        continue;
                    }
                    take_picture(camera, state.world, particles, base.data(), scratch,
                                 small.data());
                    const Canvas canvas{scratch.pixels, whole_screen()};
                    draw_scene(canvas, scene_of(state.world, particles));
                    reduce(camera.reduction, canvas, {0, 0, size[1], size[0]}, scratch.levels,
                           expected.data());
                    CHECK(small == expected);
                }
            }
        }
    }
}

TEST(rows_around_rows_hold_both_and_empty_ones_add_nothing) {
    const Rows both = around(Rows{3, 5}, Rows{7, 9});
    CHECK(both.top == 3 && both.bottom == 9);
    for (const Rows& same : {around(Rows{}, Rows{7, 9}), around(Rows{7, 9}, Rows{8, 9})}) {
        CHECK(same.top == 7 && same.bottom == 9);
    }
}

}  // namespace
