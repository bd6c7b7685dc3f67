// Broad phase: fat boxes and new pairs.
#include "physics/broad_phase.h"

#include <random>

#include "checks.h"
#include "counting_trace.h"

using namespace lander;

namespace {

TEST(a_fat_box_is_updated_when_it_is_left) {
    Box box{{0.0F, 0.0F}, {1.0F, 1.0F}};
    CHECK(!update_fat_box(box, {{0.1F, 0.1F}, {0.9F, 0.9F}}, {5.0F, 5.0F}));
    CHECK(box.upper.x == 1.0F);
    // Margin of 0.1, and twice the motion ahead.
    CHECK(update_fat_box(box, {{0.5F, 0.5F}, {1.5F, 1.5F}}, {0.25F, -0.25F}));
    CHECK(near(box.lower.x, 0.4) && near(box.upper.x, 2.1));
    CHECK(near(box.lower.y, -0.1) && near(box.upper.y, 1.6));
}

TEST(new_pairs_come_in_order_and_wake) {
    World world{};
    CountingTrace trace;
    for (int i = 0; i < body_count; ++i) {
        world.bodies[i].fat_box = {{3.0F, -1.0F}, {5.0F, 1.0F}};
    }
    const bool updated[body_count] = {true, false, true};
    find_new_pairs(world, updated, trace);
    // Flat ground at 0: the base edge and pieces 2 (2 to 4) and 3 (4 to 6); hull before leg.
    const int expected[][2] = {{0, 0}, {0, 2}, {2, 0}, {2, 2}, {3, 0}, {3, 2}};
    CHECK(world.contact_count == 6);
    for (int i = 0; i < 6; ++i) {
        CHECK(world.contacts[i].edge == expected[i][0] && world.contacts[i].body == expected[i][1]);
    }
    CHECK(world.bodies[0].awake && !world.bodies[1].awake && world.bodies[2].awake);
    CHECK(trace.counts[static_cast<int>(Event::wake_by_new_pair)] == 2);
    find_new_pairs(world, updated, trace);
    CHECK(world.contact_count == 6);
}

TEST(edges_below_a_box_do_not_meet_it) {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> height_of(0.0, 6.0);
    int below = 0, met = 0;
    for (int round = 0; round < 20000; ++round) {
        Terrain terrain;
        for (double& h : terrain.heights) {
            h = height_of(random);
        }
        const float y = static_cast<float>(height_of(random));
        const Box box{{0.0F, y}, {20.0F, y + 1.0F}};  // as wide as the moon
        for (int edge = 0; edge < edge_count; ++edge) {
            const bool meets = overlap(fat_box_of(edge_of(terrain, edge)), box);
            const bool is_low = is_below(terrain, edge, y);
            below += is_low ? 1 : 0;
            met += meets ? 1 : 0;
            CHECK(!(meets && is_low));
        }
    }
    CHECK(below > 10000 && met > 10000);
}

}  // namespace
