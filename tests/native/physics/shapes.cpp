// Shapes: masses, polygons, boxes.
#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(masses) {
    // Hull: a trapezium of (28 + 34) / 2 x 17 over a rectangle of 34 x 10, in pixels; density 5.
    CHECK(near(mass(hull).mass, 5.0 * (527.0 + 340.0) / 900.0));
    CHECK(near(mass(first_leg).mass, 4.0 * 16.0 / 900.0, 1e-8));
    // A box about its centre: m (w^2 + h^2) / 12.
    const double m = 64.0 / 900.0;
    CHECK(near(1.0 / mass(first_leg).inv_inertia, m * (16.0 + 256.0) / 900.0 / 12.0, 1e-8));
    CHECK(mass(first_leg).local_center.x == 0.0F && mass(first_leg).local_center.y == 0.0F);
    // Box2D's b2Body: mass and local centre of the hull, bit for bit.
    CHECK(mass(hull).mass == 0x1.344444p+2F);
    CHECK(mass(hull).local_center.x == 0.0F);
    CHECK(mass(hull).local_center.y == 0x1.9ef44ap-4F);
    CHECK(mass(first_leg).mass == 0x1.23456ap-4F);
    // Box2D's b2PolygonShape: the slanted sides' normals are (17, 3) over the root of 298.
    CHECK(near(polygon(hull).normals[1].x, 17.0 / std::sqrt(298.0)));
    CHECK(near(polygon(hull).normals[1].y, 3.0 / std::sqrt(298.0)));
    CHECK(std::signbit(polygon(hull).normals[0].y));  // -0, as there
}

TEST(boxes) {
    const Box box = box_of(polygon(first_leg), upright(3.0F, 4.0F));
    CHECK(near(box.lower.x, 3.0 - 2.0 / 30.0 - 0.01) && near(box.upper.y, 4.0 + 8.0 / 30.0 + 0.01));
    CHECK(overlap(box, box) && contains(box, box));
    const Box beside{{box.upper.x, box.lower.y}, {box.upper.x + 1.0F, box.upper.y}};
    CHECK(overlap(box, beside));  // touching boxes overlap
    CHECK(!overlap(box, {{box.upper.x + 0.001F, box.lower.y}, {9.0F, 9.0F}}));
    CHECK(!contains(box, beside));
}

TEST(edges_follow_the_heights) {
    Terrain terrain{};
    terrain.heights[3] = 1.5;
    const Edge edge = edge_of(terrain, 3);  // from x = 4 to 6
    CHECK(edge.from.x == 4.0F && edge.from.y == 0.0F && edge.to.x == 6.0F && edge.to.y == 1.5F);
    CHECK(edge_of(terrain, 0).to.x == 20.0F);
    const Box box = fat_box_of(edge);  // skin of 0.01, margin of 0.1
    CHECK(near(box.lower.x, 3.89) && near(box.upper.y, 1.61));
}

}  // namespace
