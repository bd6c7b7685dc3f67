// Time of impact: when, within a step, does a moving polygon first touch an edge?
//
// Conservative advancement along separating axes: from the closest features take an axis, find the
// time at which the shapes come within reach along it, look again from there. Source of the method:
// Erin Catto, "Continuous Collision" (GDC 2013), as Box2D 2.3 carries it out.
#pragma once

#include "physics/distance.h"

namespace LANDER_NAMESPACE {

/// A body's path over a step: from (c0, a0) at time `alpha0` to (c, a) at time 1.
struct Sweep {
    Vec2f c0, c;
    float a0, a;
    float alpha0;
};

/// Moves the start of the path to a later time.
LANDER_FN void advance(Sweep& sweep, float alpha) {
    const float beta = (alpha - sweep.alpha0) / (1.0F - sweep.alpha0);
    sweep.c0 = (1.0F - beta) * sweep.c0 + beta * sweep.c;
    sweep.a0 = (1.0F - beta) * sweep.a0 + beta * sweep.a;
    sweep.alpha0 = alpha;
}

LANDER_FN Posef pose_at(const Sweep& sweep, Vec2f local_center, float beta) {
    const Vec2f center = (1.0F - beta) * sweep.c0 + beta * sweep.c;
    const float angle = (1.0F - beta) * sweep.a0 + beta * sweep.a;
    return pose_of(center, angle, local_center);
}

/// Whole turns are taken off, because large angles can make the root finder fail.
LANDER_FN Sweep without_turns(Sweep sweep) {
    constexpr float turn = 2.0F * pi;
    const float turns = turn * floor_of(sweep.a0 / turn);
    sweep.a0 -= turns;
    sweep.a -= turns;
    return sweep;
}

/// The distance of the shapes along a direction that is fixed to one of them (or to the world).
struct SeparationFunction {
    enum class Kind : u8 { points, edge_face, polygon_face };

    Corners edge, polygon;
    const Sweep* sweep;
    Vec2f local_center;
    Kind kind;
    Vec2f local_point;
    Vec2f axis;
};

/// The two corners that are closest along the axis; -1 for the shape that carries the face.
struct Witness {
    int edge, polygon;
};

/// The axis between the features that were closest at time t.
LANDER_FN SeparationFunction make_separation(const SimplexCache& cache, Corners edge,
                                             Corners polygon, const Sweep& sweep,
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
        const Vec2f corner = to_world(moon, edge.points[cache.a[0]]);
        if (dot(corner - to_world(body, f.local_point), rotate(body.q, f.axis)) < 0.0F) {
            f.axis = -f.axis;
        }
    } else {
        f.kind = Kind::edge_face;
        const Vec2f from = edge.points[cache.a[0]];
        const Vec2f to = edge.points[cache.a[1]];
        f.axis = right_of(to - from);
        normalize(f.axis);
        f.local_point = 0.5F * (from + to);
        const Vec2f corner = to_world(body, polygon.points[cache.b[0]]);
        if (dot(corner - to_world(moon, f.local_point), rotate(moon.q, f.axis)) < 0.0F) {
            f.axis = -f.axis;
        }
    }
    return f;
}

/// The corners that are closest along the axis when the body is at `body`.
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

struct Impact {
    bool touching;
    float t;
};

namespace toi {

// Shapes count as touching a little before their skins do.
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

enum class Verdict : u8 { go_on, touching, separated, failed };

/// Advances t1 along one axis, taking the deepest corners in turn.
LANDER_FN Verdict advance_along(const SeparationFunction& f, float& t1, float target) {
    float t2 = 1.0F;
    for (int i = 0; i < impact_push_backs; ++i) {
        const Posef end = pose_at(*f.sweep, f.local_center, t2);
        const Witness witness = find_witness(f, end);
        const float s2 = separation(f, witness, end);
        if (s2 > target + tolerance) {
            return Verdict::separated;
        }
        if (s2 > target - tolerance) {
            t1 = t2;
            return Verdict::go_on;
        }
        const float s1 = separation_at(f, witness, t1);
        if (s1 < target - tolerance) {
            return Verdict::failed;
        }
        if (s1 <= target + tolerance) {
            return Verdict::touching;
        }
        t2 = find_root(f, witness, t1, t2, s1, s2, target);
    }
    return Verdict::go_on;
}

}  // namespace toi

/// The share of the sweep after which a shape, given by its corners and the radius of its skin,
/// touches the edge, if it does.
LANDER_FN Impact time_of_impact(Edge edge, Corners b, float radius, const Sweep& path,
                                Vec2f local_center) {
    using namespace toi;
    const Vec2f ends[2] = {edge.from, edge.to};
    const Corners a{ends, 2};
    const float target = target_of(radius);
    const Sweep sweep = without_turns(path);
    SimplexCache cache{};
    float t1 = 0.0F;
    for (int i = 0; i < impact_iterations; ++i) {
        const Posef body = pose_at(sweep, local_center, t1);
        const float gap = distance(a, moon_pose(), b, body, cache);
        if (gap <= 0.0F) {
            return {false, 0.0F};  // already overlapping: left to the ordinary solver
        }
        if (gap < target + tolerance) {
            return {true, t1};
        }
        const SeparationFunction f = make_separation(cache, a, b, sweep, local_center, t1);
        const Verdict verdict = advance_along(f, t1, target);
        if (verdict == Verdict::touching) {
            return {true, t1};
        }
        if (verdict != Verdict::go_on) {
            return {false, t1};
        }
    }
    return {false, t1};
}

/// How far from an edge's line a polygon's corners must be at both ends of a sweep so that
/// time_of_impact need not be asked: three times the gap at which it reports a touch.
inline constexpr float clear_gap = 4.0F * linear_slop;

/// True only where time_of_impact finds no touch, because all corners stay on one side of the
/// edge's line, further away than it cares for. Between the ends of the sweep a corner leaves its
/// chord by less than r (angle)^2 / 8, where r, the corner's distance from the centre, is below 1.
LANDER_FN bool stays_clear(Edge edge, const Polygon& shape, const Sweep& sweep,
                           Vec2f local_center) {
    constexpr float many_turns = 1000.0F;  // where an angle is no longer exact enough for this
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

LANDER_FN Impact time_of_impact(Edge edge, const Polygon& shape, const Sweep& path,
                                Vec2f local_center) {
    return time_of_impact(edge, {shape.vertices, shape.count}, shape_radius, path, local_center);
}

}  // namespace LANDER_NAMESPACE
