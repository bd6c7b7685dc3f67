// Manifolds of an edge and a leg.
#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(resting_leg_has_two_points_on_the_edge) {
    Manifold manifold{};
    const float half = 8.0F / 30.0F;
    collide(manifold, floor_at(1.0F), polygon(first_leg), upright(5.0F, 1.0F + half + 0.015F));
    CHECK(manifold.count == 2 && manifold.reference == Reference::edge);
    CHECK(manifold.local_normal.x == 0.0F && manifold.local_normal.y == 1.0F);
    // The leg's lower corners, in its frame; corner ids 0 and 1.
    CHECK(near(manifold.points[0].local_point.x, -2.0 / 30.0) &&
          near(manifold.points[1].local_point.x, 2.0 / 30.0));
    CHECK(collision::feature_index_of_polygon(manifold.points[0].id) == 0);
    CHECK(collision::feature_index_of_polygon(manifold.points[1].id) == 1);
}

TEST(skins_reach_two_radii) {
    Manifold manifold{};
    const float half = 8.0F / 30.0F;
    collide(manifold, floor_at(0.0F), polygon(first_leg), upright(5.0F, half + 0.0199F));
    CHECK(manifold.count == 2);
    collide(manifold, floor_at(0.0F), polygon(first_leg), upright(5.0F, half + 0.0201F));
    CHECK(manifold.count == 0);
}

TEST(edges_collide_from_below_too) {
    Manifold manifold{};
    const float half = 8.0F / 30.0F;
    collide(manifold, floor_at(9.0F), polygon(first_leg), upright(5.0F, 9.0F - half - 0.01F));
    CHECK(manifold.count == 2 && manifold.local_normal.y == -1.0F);
}

TEST(a_peak_meets_the_side_of_a_leg) {
    // The end of an edge pokes into the middle of the leg's left side: the polygon's face refers.
    Manifold manifold{};
    const Edge spike{{0.0F, 0.0F}, {4.9333F + 0.005F, 0.0F}};
    collide(manifold, spike, polygon(first_leg), upright(5.0F, 0.0F));
    CHECK(manifold.count == 1 && manifold.reference == Reference::polygon);
    CHECK(manifold.local_normal.x == -1.0F);
}

}  // namespace
