// Vectors, rotations, poses, matrices.
#include "math/vectors.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(products_and_quarter_turns) {
    const Vec2f a{3.0F, 4.0F}, b{-2.0F, 1.0F};
    CHECK(dot(a, b) == -2.0F && cross(a, b) == 11.0F && length(a) == 5.0F);
    CHECK(right_of(a).x == 4.0F && right_of(a).y == -3.0F);
    CHECK(left_of(a).x == -4.0F && left_of(a).y == 3.0F);
    const Vec2f turned = cross(2.0F, a);  // a point at (3, 4) that turns at 2 rad/s
    CHECK(turned.x == -8.0F && turned.y == 6.0F);
}

TEST(short_vectors_are_not_normalized) {
    Vec2f a{3.0F, 4.0F}, tiny{1e-8F, 0.0F};
    CHECK(normalize(a) == 5.0F && near(a.x, 0.6) && near(a.y, 0.8));
    CHECK(normalize(tiny) == 0.0F && tiny.x == 1e-8F);
}

TEST(poses_map_there_and_back) {
    const Posef pose{{10.0F, 20.0F}, {1.0F, 0.0F}};  // a quarter turn anticlockwise
    const Vec2f world = to_world(pose, {2.0F, 1.0F});
    CHECK(world.x == 9.0F && world.y == 22.0F);
    const Vec2f local = to_local(pose, world);
    CHECK(local.x == 2.0F && local.y == 1.0F);
    const Posef other{{10.0F, 25.0F}, {0.0F, 1.0F}};
    const Posef relative = relative_pose(pose, other);
    CHECK(relative.p.x == 5.0F && relative.p.y == 0.0F && relative.q.s == -1.0F);
}

TEST(matrices_solve) {
    const Mat22<float> m{2.0F, 1.0F, 3.0F};  // determinant 5
    const Vec2f x = solve(m, inverse_determinant(m), {4.0F, 7.0F});
    CHECK(near(x.x, 1.0) && near(x.y, 2.0));
    const Mat22<float> singular{1.0F, 2.0F, 4.0F};
    CHECK(inverse_determinant(singular) == 0.0F);
}

}  // namespace
