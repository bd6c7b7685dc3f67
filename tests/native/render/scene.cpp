// Scene: regions of what is drawn. test_scene.py tests its pixels.
#include "render/scene.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(flags_stand_at_the_ends_of_the_pad) {
    using namespace scene_parts;
    CHECK(flag_foot(0).x == 240 && flag_foot(1).x == 360 && flag_foot(0).y == 100);
    const Region flag = flag_region(0);  // pole of 50 pixels, pennant of 25 x 10, outline
    CHECK(flag.left == 239 && flag.right == 267 && flag.top == 152 && flag.bottom == 89);
}

TEST(only_regions_above_the_ground_are_sky) {
    using namespace scene_parts;
    Terrain terrain{};
    terrain.heights[5] = 4.0;  // 120 pixels at x = 300
    CHECK(is_sky({290, 130, 310, 140}, terrain));
    CHECK(!is_sky({290, 110, 310, 140}, terrain));
    CHECK(is_sky({0, 110, 100, 140}, terrain));
}

TEST(particles_fade) {
    using namespace scene_parts;
    CHECK(particle_color(0.85) == rgb(255, 108, 108));  // (0.15 + 0.85) x 255, 0.425 x 255
    CHECK(particle_color(0.0) == rgb(51, 51, 51));      // a fifth at least
}

}  // namespace
