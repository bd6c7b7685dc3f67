// Distance of two convex shapes: the GJK algorithm of Gilbert, Johnson and Keerthi (b2Distance).
//
// A simplex of up to three vertex pairs approaches the origin of the Minkowski difference. Source:
// Erin Catto, "Computing Distance" (GDC 2010), as implemented in Box2D 2.3.
#pragma once

#include "physics/shapes.h"

namespace LANDER_NAMESPACE {

/// Vertices of a convex shape (b2DistanceProxy). Shape A is the edge, shape B the polygon.
struct DistanceProxy {
    const Vec2f* points;
    int count;
};

/// Support point: index of the vertex furthest in a direction.
LANDER_FN int support(DistanceProxy shape, Vec2f direction) {
    int best = 0;
    float value = dot(shape.points[0], direction);
    for (int i = 1; i < shape.count; ++i) {
        const float candidate = dot(shape.points[i], direction);
        if (candidate > value) {
            best = i;
            value = candidate;
        }
    }
    return best;
}

/// Vertices of the last query's simplex; the next query starts there (b2SimplexCache).
struct SimplexCache {
    float metric;  // length of a segment, area of a triangle
    int count;
    int a[3], b[3];
};

/// Vertex of the simplex: a pair of vertices.
struct SimplexPoint {
    Vec2f a, b;    // vertices in the world
    Vec2f w;       // b - a
    float weight;  // barycentric coordinate of the closest point
    int index_a, index_b;
};

struct Simplex {
    SimplexPoint points[3];
    int count;
};

namespace gjk {

LANDER_FN SimplexPoint make_point(DistanceProxy a, Posef pose_a, int index_a, DistanceProxy b,
                                  Posef pose_b, int index_b) {
    SimplexPoint p;
    p.index_a = index_a;
    p.index_b = index_b;
    p.a = to_world(pose_a, a.points[index_a]);
    p.b = to_world(pose_b, b.points[index_b]);
    p.w = p.b - p.a;
    p.weight = 0.0F;
    return p;
}

/// Length of a segment, area of a triangle.
LANDER_FN float metric(const Simplex& s) {
    if (s.count == 2) {
        return length(s.points[0].w - s.points[1].w);
    }
    if (s.count == 3) {
        return cross(s.points[1].w - s.points[0].w, s.points[2].w - s.points[0].w);
    }
    return 0.0F;
}

/// Simplex of the cache, or a new one if the vertices have moved too much.
LANDER_FN Simplex read_cache(const SimplexCache& cache, DistanceProxy a, Posef pose_a,
                             DistanceProxy b, Posef pose_b) {
    Simplex s{};
    s.count = cache.count;
    for (int i = 0; i < s.count; ++i) {
        s.points[i] = make_point(a, pose_a, cache.a[i], b, pose_b, cache.b[i]);
    }
    if (s.count > 1) {
        const float now = metric(s);
        if (now < 0.5F * cache.metric || 2.0F * cache.metric < now || now < float_epsilon) {
            s.count = 0;
        }
    }
    if (s.count == 0) {
        s.points[0] = make_point(a, pose_a, 0, b, pose_b, 0);
        s.points[0].weight = 1.0F;
        s.count = 1;
    }
    return s;
}

LANDER_FN SimplexCache write_cache(const Simplex& s) {
    SimplexCache cache{};
    cache.metric = metric(s);
    cache.count = s.count;
    for (int i = 0; i < s.count; ++i) {
        cache.a[i] = s.points[i].index_a;
        cache.b[i] = s.points[i].index_b;
    }
    return cache;
}

LANDER_FN void keep_one(Simplex& s, int point) {
    s.points[0] = s.points[point];
    s.points[0].weight = 1.0F;
    s.count = 1;
}

/// Normalizes the barycentric coordinates of a segment.
LANDER_FN void weigh_segment(SimplexPoint& p, SimplexPoint& q, float weight_p, float weight_q) {
    const float inverse = 1.0F / (weight_p + weight_q);
    p.weight = weight_p * inverse;
    q.weight = weight_q * inverse;
}

/// Point of a segment closest to the origin.
LANDER_FN void solve_segment(Simplex& s) {
    const Vec2f w1 = s.points[0].w;
    const Vec2f w2 = s.points[1].w;
    const Vec2f e = w2 - w1;
    const float weight2 = -dot(w1, e);
    if (weight2 <= 0.0F) {
        keep_one(s, 0);
        return;
    }
    const float weight1 = dot(w2, e);
    if (weight1 <= 0.0F) {
        keep_one(s, 1);
        return;
    }
    weigh_segment(s.points[0], s.points[1], weight1, weight2);
    s.count = 2;
}

/// Point of a triangle closest to the origin: on a vertex, on an edge, or inside.
LANDER_FN void solve_triangle(Simplex& s) {
    const Vec2f w1 = s.points[0].w, w2 = s.points[1].w, w3 = s.points[2].w;
    const Vec2f e12 = w2 - w1, e13 = w3 - w1, e23 = w3 - w2;
    const float s12_1 = dot(w2, e12), s12_2 = -dot(w1, e12);
    const float s13_1 = dot(w3, e13), s13_3 = -dot(w1, e13);
    const float s23_2 = dot(w3, e23), s23_3 = -dot(w2, e23);
    const float area = cross(e12, e13);
    const float s123_1 = area * cross(w2, w3);
    const float s123_2 = area * cross(w3, w1);
    const float s123_3 = area * cross(w1, w2);

    if (s12_2 <= 0.0F && s13_3 <= 0.0F) {
        keep_one(s, 0);
    } else if (s12_1 > 0.0F && s12_2 > 0.0F && s123_3 <= 0.0F) {
        weigh_segment(s.points[0], s.points[1], s12_1, s12_2);
        s.count = 2;
    } else if (s13_1 > 0.0F && s13_3 > 0.0F && s123_2 <= 0.0F) {
        weigh_segment(s.points[0], s.points[2], s13_1, s13_3);
        s.points[1] = s.points[2];
        s.count = 2;
    } else if (s12_1 <= 0.0F && s23_3 <= 0.0F) {
        keep_one(s, 1);
    } else if (s13_1 <= 0.0F && s23_2 <= 0.0F) {
        keep_one(s, 2);
    } else if (s23_2 > 0.0F && s23_3 > 0.0F && s123_1 <= 0.0F) {
        weigh_segment(s.points[1], s.points[2], s23_2, s23_3);
        s.points[0] = s.points[2];
        s.count = 2;
    } else {
        const float inverse = 1.0F / (s123_1 + s123_2 + s123_3);
        s.points[0].weight = s123_1 * inverse;
        s.points[1].weight = s123_2 * inverse;
        s.points[2].weight = s123_3 * inverse;
        s.count = 3;
    }
}

/// Direction from the simplex to the origin.
LANDER_FN Vec2f search_direction(const Simplex& s) {
    const Vec2f w = s.points[0].w;
    if (s.count == 1) {
        return -w;
    }
    const Vec2f e = s.points[1].w - w;
    return cross(e, -w) > 0.0F ? left_of(e) : right_of(e);
}

/// Distance of the closest points (witness points) of the two shapes; 0 inside a triangle.
LANDER_FN float witness_distance(const Simplex& s) {
    const SimplexPoint& p = s.points[0];
    const SimplexPoint& q = s.points[1];
    if (s.count == 1) {
        return length(p.a - p.b);
    }
    if (s.count == 2) {
        return length((p.weight * p.a + q.weight * q.a) - (p.weight * p.b + q.weight * q.b));
    }
    return 0.0F;
}

}  // namespace gjk

/// Distance of two shapes without their skins.
LANDER_FN float distance(DistanceProxy a, Posef pose_a, DistanceProxy b, Posef pose_b,
                         SimplexCache& cache) {
    using namespace gjk;
    Simplex s = read_cache(cache, a, pose_a, b, pose_b);
    for (int iteration = 0; iteration < distance_iterations; ++iteration) {
        int seen_a[3];
        int seen_b[3];
        const int seen = s.count;
        for (int i = 0; i < seen; ++i) {
            seen_a[i] = s.points[i].index_a;
            seen_b[i] = s.points[i].index_b;
        }
        if (s.count == 2) {
            solve_segment(s);
        } else if (s.count == 3) {
            solve_triangle(s);
        }
        if (s.count == 3) {
            break;  // the origin is inside: the shapes overlap
        }
        const Vec2f d = search_direction(s);
        if (dot(d, d) < float_epsilon * float_epsilon) {
            break;  // the origin is on the simplex
        }
        const int index_a = support(a, rotate_back(pose_a.q, -d));
        const int index_b = support(b, rotate_back(pose_b.q, d));
        bool repeated = false;
        for (int i = 0; i < seen; ++i) {
            repeated = repeated || (index_a == seen_a[i] && index_b == seen_b[i]);
        }
        if (repeated) {
            break;  // no vertex is closer
        }
        s.points[s.count] = make_point(a, pose_a, index_a, b, pose_b, index_b);
        ++s.count;
    }
    cache = write_cache(s);
    return witness_distance(s);
}

}  // namespace LANDER_NAMESPACE
