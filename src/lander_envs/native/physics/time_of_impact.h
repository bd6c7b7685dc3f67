// Time of impact of a moving shape and an edge (b2TimeOfImpact): conservative advancement.
//
// The closest features give a separating axis. A root finder gives the time at which the shapes
// come within reach along the axis; from there the search goes on. Source: Erin Catto, "Continuous
// Collision" (GDC 2013), as implemented in Box2D 2.3.
#pragma once

#include "math/motion.h"
#include "physics/distance.h"
#include "physics/shapes.h"

namespace LANDER_NAMESPACE {

/// Separation along an axis that is fixed to a shape or to the world (b2SeparationFunction).
struct SeparationFunction {
    enum class Kind : u8 { points, edge_face, polygon_face };

    DistanceProxy edge, polygon;
    const Sweep* sweep;
    Vec2f local_center;
    Kind kind;
    Vec2f local_point;
    Vec2f axis;
};

/// Vertices closest along the axis; -1 for the shape that has the face.
struct Witness {
    int edge, polygon;
};

/// Separation function of the closest features at time t.
LANDER_FN SeparationFunction make_separation(const SimplexCache& cache, DistanceProxy edge,
                                             DistanceProxy polygon, const Sweep& sweep,
                                             Vec2f local_center, float t) {
    using Kind = SeparationFunction::Kind;
    SeparationFunction f{edge, polygon, &sweep, local_center, Kind::points, {}, {}};
    const Posef moon = moon_pose();
    const Posef body = pose_at(sweep, local_center, t);
    if (cache.count == 1) {
        f.axis =
            to_world(body, polygon.points[cache.b[0]]) - to_world(moon, edge.points[cache.a[0]]);
        normalize(f.axis);
    } else if (cache.a[0] == cache.a[1]) {
        f.kind = Kind::polygon_face;
        const Vec2f from = polygon.points[cache.b[0]];
        const Vec2f to = polygon.points[cache.b[1]];
        f.axis = right_of(to - from);
        normalize(f.axis);
        f.local_point = 0.5F * (from + to);
        const Vec2f vertex = to_world(moon, edge.points[cache.a[0]]);
        if (dot(vertex - to_world(body, f.local_point), rotate(body.q, f.axis)) < 0.0F) {
            f.axis = -f.axis;
        }
    } else {
        f.kind = Kind::edge_face;
        const Vec2f from = edge.points[cache.a[0]];
        const Vec2f to = edge.points[cache.a[1]];
        f.axis = right_of(to - from);
        normalize(f.axis);
        f.local_point = 0.5F * (from + to);
        const Vec2f vertex = to_world(body, polygon.points[cache.b[0]]);
        if (dot(vertex - to_world(moon, f.local_point), rotate(moon.q, f.axis)) < 0.0F) {
            f.axis = -f.axis;
        }
    }
    return f;
}

/// Closest vertices along the axis, with the body at the pose `body`.
LANDER_FN Witness find_witness(const SeparationFunction& f, Posef body) {
    using Kind = SeparationFunction::Kind;
    const Posef moon = moon_pose();
    if (f.kind == Kind::points) {
        return {support(f.edge, rotate_back(moon.q, f.axis)),
                support(f.polygon, rotate_back(body.q, -f.axis))};
    }
    if (f.kind == Kind::edge_face) {
        return {-1, support(f.polygon, rotate_back(body.q, -rotate(moon.q, f.axis)))};
    }
    return {support(f.edge, rotate_back(moon.q, -rotate(body.q, f.axis))), -1};
}

/// Separation of the witness vertices, with the body at the pose `body`.
LANDER_FN float separation(const SeparationFunction& f, Witness witness, Posef body) {
    using Kind = SeparationFunction::Kind;
    const Posef moon = moon_pose();
    if (f.kind == Kind::points) {
        return dot(to_world(body, f.polygon.points[witness.polygon]) -
                       to_world(moon, f.edge.points[witness.edge]),
                   f.axis);
    }
    if (f.kind == Kind::edge_face) {
        return dot(
            to_world(body, f.polygon.points[witness.polygon]) - to_world(moon, f.local_point),
            rotate(moon.q, f.axis));
    }
    return dot(to_world(moon, f.edge.points[witness.edge]) - to_world(body, f.local_point),
               rotate(body.q, f.axis));
}

LANDER_FN float separation_at(const SeparationFunction& f, Witness witness, float t) {
    return separation(f, witness, pose_at(*f.sweep, f.local_center, t));
}

/// Time of impact as a fraction of the sweep, if the shapes touch.
struct Impact {
    bool touching;
    float t;
};

namespace advancement {

// Separation at which shapes count as touching: a little before their skins touch.
LANDER_FN float target_of(float radius) {
    const float skins = shape_radius + radius;
    return maximum(linear_slop, skins - 3.0F * linear_slop);
}
inline constexpr float tolerance = 0.25F * linear_slop;

/// The time in [t1, t2] at which the separation of two witnesses falls to the target; bisection and
/// secant steps in turn. `s1` and `s2` are the separations at its ends.
LANDER_FN float find_root(const SeparationFunction& f, Witness witness, float t1, float t2,
                          float s1, float s2, float target) {
    float low = t1, high = t2;
    for (int i = 0; i < impact_root_iterations; ++i) {
        const float t =
            (i & 1) != 0 ? low + (target - s1) * (high - low) / (s2 - s1) : 0.5F * (low + high);
        const float s = separation_at(f, witness, t);
        if (magnitude(s - target) < tolerance) {
            return t;
        }
        if (s > target) {
            low = t;
            s1 = s;
        } else {
            high = t;
            s2 = s;
        }
    }
    return t2;
}

/// Result of the advancement along one axis.
enum class AxisResult : u8 { go_on, touching, separated, failed };

/// Advances t1 along one axis: resolves the deepest vertices one after the other.
LANDER_FN AxisResult advance_along(const SeparationFunction& f, float& t1, float target) {
    float t2 = 1.0F;
    for (int i = 0; i < impact_push_backs; ++i) {
        const Posef end = pose_at(*f.sweep, f.local_center, t2);
        const Witness witness = find_witness(f, end);
        const float s2 = separation(f, witness, end);
        if (s2 > target + tolerance) {
            return AxisResult::separated;
        }
        if (s2 > target - tolerance) {
            t1 = t2;
            return AxisResult::go_on;
        }
        const float s1 = separation_at(f, witness, t1);
        if (s1 < target - tolerance) {
            return AxisResult::failed;
        }
        if (s1 <= target + tolerance) {
            return AxisResult::touching;
        }
        t2 = find_root(f, witness, t1, t2, s1, s2, target);
    }
    return AxisResult::go_on;
}

}  // namespace advancement

/// Time of impact of a shape, given by its vertices and the radius of its skin, and an edge.
LANDER_FN Impact time_of_impact(Edge edge, DistanceProxy b, float radius, const Sweep& path,
                                Vec2f local_center) {
    using namespace advancement;
    const Vec2f ends[2] = {edge.from, edge.to};
    const DistanceProxy a{ends, 2};
    const float target = target_of(radius);
    const Sweep sweep = normalized(path);
    SimplexCache cache{};
    float t1 = 0.0F;
    for (int i = 0; i < impact_iterations; ++i) {
        const Posef body = pose_at(sweep, local_center, t1);
        const float gap = distance(a, moon_pose(), b, body, cache);
        if (gap <= 0.0F) {
            return {false, 0.0F};  // overlapped: the discrete solver handles it
        }
        if (gap < target + tolerance) {
            return {true, t1};
        }
        const SeparationFunction f = make_separation(cache, a, b, sweep, local_center, t1);
        const AxisResult result = advance_along(f, t1, target);
        if (result == AxisResult::touching) {
            return {true, t1};
        }
        if (result != AxisResult::go_on) {
            return {false, t1};
        }
    }
    return {false, t1};
}

/// Distance of a polygon's vertices from an edge's line, at both ends of a sweep, above which
/// time_of_impact is not called: more than three times the separation at which it reports a touch.
inline constexpr float clear_gap = 4.0F * linear_slop;

/// True only if time_of_impact finds no touch, because all vertices stay on one side of the edge's
/// line at a sufficient distance. Between the ends of the sweep a vertex leaves its chord by less
/// than r angle^2 / 8, where r, its distance from the centre, is below 1.
LANDER_FN bool stays_clear(Edge edge, const Polygon& shape, const Sweep& sweep,
                           Vec2f local_center) {
    constexpr float many_turns = 1000.0F;  // above, an angle is not exact enough
    if (!(magnitude(sweep.a0) < many_turns && magnitude(sweep.a) < many_turns)) {
        return false;
    }
    Vec2f normal = left_of(edge.to - edge.from);
    normalize(normal);
    float nearest = float_max, furthest = -float_max;
    for (int end = 0; end < 2; ++end) {
        const Posef pose = pose_at(sweep, local_center, static_cast<float>(end));
        for (int i = 0; i < shape.count; ++i) {
            const float height = dot(to_world(pose, shape.vertices[i]) - edge.from, normal);
            nearest = minimum(nearest, height);
            furthest = maximum(furthest, height);
        }
    }
    const float turn = sweep.a - sweep.a0;
    const float needed = clear_gap + 0.125F * turn * turn;
    return nearest > needed || furthest < -needed;
}

/// Time of impact of a polygon and an edge.
LANDER_FN Impact time_of_impact(Edge edge, const Polygon& shape, const Sweep& path,
                                Vec2f local_center) {
    return time_of_impact(edge, {shape.vertices, shape.count}, shape_radius, path, local_center);
}

}  // namespace LANDER_NAMESPACE
