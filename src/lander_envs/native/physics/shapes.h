// Shapes of the scene: polygons and their masses, the moon's edges, bounding boxes.
//
// Polygons are computed at compile time from the env's vertices, by Box2D's formulas in its order.
#pragma once

#include "math/vectors.h"
#include "physics/constants.h"

namespace LANDER_NAMESPACE {

inline constexpr int max_vertices = 6;

struct Polygon {
    int count;
    Vec2f vertices[max_vertices];  // anticlockwise
    Vec2f normals[max_vertices];   // of the edge from vertex i to the next
    Vec2f centroid;
};

struct MassData {
    float mass;
    float inv_mass;
    float inv_inertia;   // about the centre of mass
    Vec2f local_center;  // centre of mass, from the body's origin
};

namespace shapes {

/// Square root at compile time: Newton's iteration in double, rounded correctly at the end.
LANDER_FN constexpr float constant_square_root(float x) {
    double guess = x > 1.0F ? x : 1.0;
    for (int i = 0; i < 60; ++i) {
        guess = 0.5 * (guess + x / guess);
    }
    return static_cast<float>(guess);
}

LANDER_FN constexpr Vec2f outward_normal(Vec2f from, Vec2f to) {
    const Vec2f side = right_of(to - from);
    const float inverse = 1.0F / constant_square_root(side.x * side.x + side.y * side.y);
    return {side.x * inverse, side.y * inverse};
}

LANDER_FN constexpr Vec2f centroid_of(const Polygon& shape) {
    constexpr float third = 1.0F / 3.0F;
    Vec2f center{0.0F, 0.0F};
    float area = 0.0F;
    for (int i = 0; i < shape.count; ++i) {
        const Vec2f a = shape.vertices[i];
        const Vec2f b = shape.vertices[i + 1 < shape.count ? i + 1 : 0];
        const float triangle = 0.5F * cross(a, b);
        area += triangle;
        center = center + (triangle * third) * (a + b);
    }
    return (1.0F / area) * center;
}

/// The hull. Vertices are in the order of Box2D's convex hull of the env's list: anticlockwise from
/// the lower right one.
LANDER_FN constexpr Polygon make_hull() {
    constexpr double pixels[max_vertices][2] = {{17, -10}, {17, 0},  {14, 17},
                                                {-14, 17}, {-17, 0}, {-17, -10}};
    Polygon shape{};
    shape.count = max_vertices;
    for (int i = 0; i < shape.count; ++i) {
        shape.vertices[i] = {static_cast<float>(pixels[i][0] / pixels_per_unit),
                             static_cast<float>(pixels[i][1] / pixels_per_unit)};
    }
    for (int i = 0; i < shape.count; ++i) {
        shape.normals[i] = outward_normal(shape.vertices[i], shape.vertices[(i + 1) % shape.count]);
    }
    shape.centroid = centroid_of(shape);
    return shape;
}

/// A leg: a box.
LANDER_FN constexpr Polygon make_leg() {
    constexpr float x = static_cast<float>(leg_half_width / pixels_per_unit);
    constexpr float y = static_cast<float>(leg_half_height / pixels_per_unit);
    Polygon shape{};
    shape.count = 4;
    shape.vertices[0] = {-x, -y};
    shape.vertices[1] = {x, -y};
    shape.vertices[2] = {x, y};
    shape.vertices[3] = {-x, y};
    shape.normals[0] = {0.0F, -1.0F};
    shape.normals[1] = {1.0F, 0.0F};
    shape.normals[2] = {0.0F, 1.0F};
    shape.normals[3] = {-1.0F, 0.0F};
    shape.centroid = {0.0F, 0.0F};
    return shape;
}

/// Mass, centre of mass and rotational inertia (b2PolygonShape::ComputeMass): sums over triangles
/// around the mean vertex.
LANDER_FN constexpr MassData mass_of(const Polygon& shape, float density) {
    constexpr float third = 1.0F / 3.0F;
    Vec2f reference{0.0F, 0.0F};
    for (int i = 0; i < shape.count; ++i) {
        reference = reference + shape.vertices[i];
    }
    reference = (1.0F / static_cast<float>(shape.count)) * reference;

    Vec2f center{0.0F, 0.0F};
    float area = 0.0F;
    float inertia = 0.0F;
    for (int i = 0; i < shape.count; ++i) {
        const Vec2f a = shape.vertices[i] - reference;
        const Vec2f b = shape.vertices[i + 1 < shape.count ? i + 1 : 0] - reference;
        const float det = cross(a, b);
        const float triangle = 0.5F * det;
        area += triangle;
        center = center + (triangle * third) * (a + b);
        const float xx = a.x * a.x + b.x * a.x + b.x * b.x;
        const float yy = a.y * a.y + b.y * a.y + b.y * b.y;
        inertia += (0.25F * third * det) * (xx + yy);
    }
    const float mass = density * area;
    center = (1.0F / area) * center;
    const Vec2f from_origin = center + reference;
    inertia = density * inertia;
    inertia += mass * (dot(from_origin, from_origin) - dot(center, center));

    // b2Body::ResetMassData sums over the body's fixtures, here one.
    const float inv_mass = 1.0F / mass;
    // (The addition to zero turns a centre of -0 into +0.)
    const Vec2f local_center = inv_mass * (Vec2f{0.0F, 0.0F} + mass * from_origin);
    inertia -= mass * dot(local_center, local_center);
    return {mass, inv_mass, 1.0F / inertia, local_center};
}

inline constexpr Polygon hull_shape = make_hull();
inline constexpr Polygon leg_shape = make_leg();

}  // namespace shapes

// Tables are local to functions: device code cannot index a constant at namespace scope.
LANDER_FN const Polygon& polygon(int body) {
    static constexpr Polygon table[2] = {shapes::hull_shape, shapes::leg_shape};
    return table[body == hull ? 0 : 1];
}

LANDER_FN const MassData& mass(int body) {
    static constexpr MassData table[2] = {shapes::mass_of(shapes::hull_shape, hull_density),
                                          shapes::mass_of(shapes::leg_shape, leg_density)};
    return table[body == hull ? 0 : 1];
}

/// Pose of the moon, which never moves. It takes part in the arithmetic, because a multiplication
/// by one and an addition of zero can turn -0 into +0.
template <class F>
LANDER_FN Pose<F> moon_pose() {
    return {{F(0.0F), F(0.0F)}, {F(0.0F), F(1.0F)}};
}
LANDER_FN Posef moon_pose() { return moon_pose<float>(); }

/// Edge of the moon. Collision knows no neighbouring edges, so both faces collide.
struct Edge {
    Vec2f from, to;
};

/// Ground of one episode: heights at x = 0, 2, 4, ... 20, in double as Python computes them. Box2D
/// rounds them to float.
struct Terrain {
    double heights[terrain_points];
};

LANDER_FN double terrain_x(int point) { return width / (terrain_points - 1) * point; }

/// Edge by index: 0 is the flat base at height 0, 1 to 10 are the terrain from left to right.
LANDER_FN Edge edge_of(const Terrain& terrain, int index) {
    if (index == 0) {
        return {{0.0F, 0.0F}, {static_cast<float>(width), 0.0F}};
    }
    return {
        {static_cast<float>(terrain_x(index - 1)), static_cast<float>(terrain.heights[index - 1])},
        {static_cast<float>(terrain_x(index)), static_cast<float>(terrain.heights[index])}};
}

LANDER_FN float edge_friction(int index) {
    return index == 0 ? base_edge_friction : terrain_friction;
}

LANDER_FN float body_friction(int body) { return body == hull ? hull_friction : leg_friction; }

/// Axis-aligned bounding box (AABB).
template <class F>
struct Bounds {
    Vec2<F> lower, upper;
};
using Box = Bounds<float>;

/// Smallest box that contains both.
template <class F>
LANDER_FN Bounds<F> around(const Bounds<F>& a, const Bounds<F>& b) {
    return {minimum(a.lower, b.lower), maximum(a.upper, b.upper)};
}

template <class F>
LANDER_FN Mask<F> contains(const Bounds<F>& outer, const Bounds<F>& inner) {
    return both(both(outer.lower.x <= inner.lower.x, outer.lower.y <= inner.lower.y),
                both(inner.upper.x <= outer.upper.x, inner.upper.y <= outer.upper.y));
}

LANDER_FN bool overlap(const Box& a, const Box& b) {
    const Vec2f right = b.lower - a.upper;
    const Vec2f left = a.lower - b.upper;
    return !(right.x > 0.0F || right.y > 0.0F || left.x > 0.0F || left.y > 0.0F);
}

template <class F>
LANDER_FN Bounds<F> grown(const Bounds<F>& box, float margin) {
    const Vec2<F> r{F(margin), F(margin)};
    return {box.lower - r, box.upper + r};
}

/// Box of a polygon at a pose, with its skin.
template <class F>
LANDER_FN Bounds<F> box_of(const Polygon& shape, const Pose<F>& pose) {
    Vec2<F> lower = to_world(pose, spread<F>(shape.vertices[0]));
    Vec2<F> upper = lower;
    for (int i = 1; i < shape.count; ++i) {
        const Vec2<F> v = to_world(pose, spread<F>(shape.vertices[i]));
        lower = minimum(lower, v);
        upper = maximum(upper, v);
    }
    return grown(Bounds<F>{lower, upper}, shape_radius);
}

/// Fat box of an edge in the broad phase. Edges never move, so it never changes.
LANDER_FN Box fat_box_of(Edge edge) {
    const Vec2f a = to_world(moon_pose(), edge.from);
    const Vec2f b = to_world(moon_pose(), edge.to);
    return grown(grown(Box{minimum(a, b), maximum(a, b)}, shape_radius), box_margin);
}

}  // namespace LANDER_NAMESPACE
