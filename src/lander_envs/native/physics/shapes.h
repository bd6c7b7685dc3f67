// The rigid shapes of the scene: polygons, their mass, the moon's edges, bounding boxes.
//
// Polygons are made at compile time by the formulas that Box2D uses, in its order, from the
// vertices of the env: no derived number is written down by hand.
#pragma once

#include "math/vectors.h"
#include "physics/constants.h"

namespace LANDER_NAMESPACE {

inline constexpr int max_vertices = 6;

struct Polygon {
    int count;
    Vec2f vertices[max_vertices];  // anticlockwise
    Vec2f normals[max_vertices];   // of the side from vertex i to the next one
    Vec2f centroid;
};

struct MassData {
    float mass;
    float inverse_mass;
    float inverse_inertia;  // about the centre of mass
    Vec2f local_center;     // of mass, from the body's origin
};

namespace shapes {

/// Square root for compile time: Newton's iteration in double, so that the final rounding is right.
constexpr float constant_square_root(float x) {
    double guess = x > 1.0F ? x : 1.0;
    for (int i = 0; i < 60; ++i) {
        guess = 0.5 * (guess + x / guess);
    }
    return static_cast<float>(guess);
}

constexpr Vec2f outward_normal(Vec2f from, Vec2f to) {
    const Vec2f side = right_of(to - from);
    const float inverse = 1.0F / constant_square_root(side.x * side.x + side.y * side.y);
    return {side.x * inverse, side.y * inverse};
}

constexpr Vec2f centroid_of(const Polygon& shape) {
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

/// The six vertices start at the lower right corner and run anticlockwise: Box2D's convex hull
/// reorders the env's list so.
constexpr Polygon make_hull() {
    constexpr double pixels[6][2] = {{17, -10}, {17, 0}, {14, 17}, {-14, 17}, {-17, 0}, {-17, -10}};
    Polygon shape{};
    shape.count = 6;
    for (int i = 0; i < 6; ++i) {
        shape.vertices[i] = {static_cast<float>(pixels[i][0] / pixels_per_unit),
                             static_cast<float>(pixels[i][1] / pixels_per_unit)};
    }
    for (int i = 0; i < 6; ++i) {
        shape.normals[i] = outward_normal(shape.vertices[i], shape.vertices[(i + 1) % 6]);
    }
    shape.centroid = centroid_of(shape);
    return shape;
}

/// A box; the env's LEG_W and LEG_H (2 and 8 pixels) are half extents.
constexpr Polygon make_leg() {
    constexpr float x = static_cast<float>(2.0 / pixels_per_unit);
    constexpr float y = static_cast<float>(8.0 / pixels_per_unit);
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

/// Area, centre and second moment, summed over triangles around the mean vertex.
constexpr MassData mass_of(const Polygon& shape, float density) {
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

    // A body sums the masses of its fixtures, here one, and divides the weighted centre again.
    const float inverse_mass = 1.0F / mass;
    // (Adding to zero first turns a centre of -0 into +0.)
    const Vec2f local_center = inverse_mass * (Vec2f{0.0F, 0.0F} + mass * from_origin);
    inertia -= mass * dot(local_center, local_center);
    return {mass, inverse_mass, 1.0F / inertia, local_center};
}

inline constexpr Polygon hull_shape = make_hull();
inline constexpr Polygon leg_shape = make_leg();

}  // namespace shapes

// Tables live in functions: device code may not index a constant at namespace scope.
LANDER_FN const Polygon& polygon(int body) {
    static constexpr Polygon table[2] = {shapes::hull_shape, shapes::leg_shape};
    return table[body == hull ? 0 : 1];
}

LANDER_FN const MassData& mass(int body) {
    static constexpr MassData table[2] = {shapes::mass_of(shapes::hull_shape, hull_density),
                                          shapes::mass_of(shapes::leg_shape, leg_density)};
    return table[body == hull ? 0 : 1];
}

/// A side of the moon. It has no neighbours as far as collision is concerned, so both faces
/// collide.
struct Edge {
    Vec2f from, to;
};

/// The ground of one episode: heights at x = 0, 2, 4, ... 20. Python computes them in double (and a
/// renderer wants them so); Box2D rounds them to float.
struct Terrain {
    double heights[terrain_points];
};

LANDER_FN double terrain_x(int point) { return width / (terrain_points - 1) * point; }

/// Edge 0 is the flat base below everything, edges 1 to 10 follow the heights from left to right.
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

/// An axis-aligned box.
template <class F>
struct Bounds {
    Vec2<F> lower, upper;
};
using Box = Bounds<float>;

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

/// The box of an edge in the broad phase; edges never move, so it is fattened once.
LANDER_FN Box fat_box_of(Edge edge) {
    const Vec2f a = to_world(moon_pose(), edge.from);
    const Vec2f b = to_world(moon_pose(), edge.to);
    return grown(grown(Box{minimum(a, b), maximum(a, b)}, shape_radius), box_margin);
}

}  // namespace LANDER_NAMESPACE
