// Distances of an edge and a leg.
#include "physics/distance.h"

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(distances) {
    const Edge edge = floor_at(1.0F);
    const Vec2f ends[2] = {edge.from, edge.to};
    const DistanceProxy a{ends, 2};
    const DistanceProxy b{polygon(first_leg).vertices, 4};
    SimplexCache cache{};
    const float gap = distance(a, moon_pose(), b, upright(5.0F, 3.0F), cache);
    CHECK(near(gap, 2.0 - 8.0 / 30.0));
    cache = {};
    CHECK(distance(a, moon_pose(), b, upright(5.0F, 1.0F), cache) == 0.0F);
    // Beyond the end of the edge: a corner against a corner, 3-4-5.
    cache = {};
    const float dx = 2.0F / 30.0F, dy = 8.0F / 30.0F;
    CHECK(near(distance(a, moon_pose(), b, upright(23.0F + dx, 5.0F + dy), cache), 5.0, 1e-5));
    CHECK(cache.count == 1);
}

}  // namespace
