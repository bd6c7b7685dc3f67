// Reset: terrain and bodies.
#include "env/reset.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(terrain_wraps_around) {
    double drawn[terrain_draws];
    for (int i = 0; i < terrain_draws; ++i) {
        drawn[i] = i;
    }
    const Terrain terrain = make_terrain(drawn);
    CHECK(terrain.heights[0] == 0.33 * (11.0 + 0.0 + 1.0));  // Python's height[-1]
    CHECK(terrain.heights[10] == 0.33 * (9.0 + 10.0 + 11.0));
    CHECK(terrain.heights[5] == 0.33 * (helipad_height + helipad_height + helipad_height));
}

TEST(a_flat_terrain_leaves_the_stream_as_a_random_one) {
    Params params{};
    const u32 seed = 3;
    Pcg64 random = seeded_pcg64(&seed, 1), flat = random;
    const ResetDraws expected = draw_reset(random, params);
    params.flat_terrain = true;
    const ResetDraws given = draw_reset(flat, params);
    CHECK(given.force[0] == expected.force[0] && given.force[1] == expected.force[1]);
    const Terrain terrain = make_terrain(given.heights);
    for (const double height : terrain.heights) {
        CHECK(height == pad_terrain_height());
    }
}

TEST(the_push_is_within_the_initial_force) {
    Params params{};
    params.initial_force = 0.0;
    const u32 seed = 3;
    Pcg64 random = seeded_pcg64(&seed, 1);
    const ResetDraws draws = draw_reset(random, params);
    CHECK(draws.force[0] == 0.0 && draws.force[1] == 0.0);
}

TEST(a_lander_starts_at_the_top) {
    const World world = make_world(ResetDraws{});
    CHECK(world.bodies[hull].pose.p.x == 10.0F &&
          near(world.bodies[hull].pose.p.y, 40.0 / 3.0, 1e-5));
    // Leg 0 (i = -1): 20 pixels to the right, turned by -0.05.
    CHECK(near(world.bodies[first_leg].pose.p.x, 10.0 + 20.0 / 30.0, 1e-5));
    CHECK(world.bodies[first_leg].angle == -0.05F && world.bodies[first_leg + 1].angle == 0.05F);
}

}  // namespace
