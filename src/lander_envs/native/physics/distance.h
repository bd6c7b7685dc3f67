// The distance between an edge and a polygon, by the algorithm of Gilbert, Johnson and Keerthi.
//
// A simplex of up to three point pairs walks towards the origin of the Minkowski difference. Source
// of the method: Erin Catto, "Computing Distance" (GDC 2010), as Box2D 2.3 carries it out.
#pragma once

#include "physics/shapes.h"

namespace LANDER_NAMESPACE {

/// The corners of a shape. Shape A is the edge, shape B the polygon.
struct Corners {
    const Vec2f* points;
    int count;
};

/// The corner that lies furthest in a direction.
LANDER_FN int support(Corners corners, Vec2f direction) {
    int best = 0;
    float value = dot(corners.points[0], direction);
    for (int i = 1; i < corners.count; ++i) {
        const float candidate = dot(corners.points[i], direction);
        if (candidate > value) {
            best = i;
            value = candidate;
        }
    }
    return best;
}

/// Which corners the last query ended with; the next one starts there.
struct SimplexCache {
    float metric;  // length of a segment, area of a triangle
    int count;
    int a[3], b[3];
};

struct SimplexPoint {
    Vec2f a, b;   // corners in the world
    Vec2f w;      // b - a
    float share;  // barycentric coordinate of the closest point
    int index_a, index_b;
};

struct Simplex {
    SimplexPoint points[3];
    int count;
};

namespace gjk {

LANDER_FN SimplexPoint make_point(Corners a, Posef pose_a, int index_a, Corners b, Posef pose_b,
                                  int index_b) {
    SimplexPoint p;
    p.index_a = index_a;
    p.index_b = index_b;
    p.a = to_world(pose_a, a.points[index_a]);
    p.b = to_world(pose_b, b.points[index_b]);
    p.w = p.b - p.a;
    p.share = 0.0F;
    return p;
}

LANDER_FN float metric(const Simplex& s) {
    if (s.count == 2) {
        return length(s.points[0].w - s.points[1].w);
    }
    if (s.count == 3) {
        return cross(s.points[1].w - s.points[0].w, s.points[2].w - s.points[0].w);
    }
    return 0.0F;
}

/// Starts from the cache, unless the corners have moved too much since.
LANDER_FN Simplex recall(const SimplexCache& cache, Corners a, Posef pose_a, Corners b,
                         Posef pose_b) {
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
        s.points[0].share = 1.0F;
        s.count = 1;
    }
    return s;
}

LANDER_FN SimplexCache store(const Simplex& s) {
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
    s.points[0].share = 1.0F;
    s.count = 1;
}

/// Normalises the shares of a segment's end points.
LANDER_FN void share_segment(SimplexPoint& p, SimplexPoint& q, float share_p, float share_q) {
    const float inverse = 1.0F / (share_p + share_q);
    p.share = share_p * inverse;
    q.share = share_q * inverse;
}

/// The point of a segment that is closest to the origin.
LANDER_FN void solve_segment(Simplex& s) {
    const Vec2f w1 = s.points[0].w;
    const Vec2f w2 = s.points[1].w;
    const Vec2f e = w2 - w1;
    const float share2 = -dot(w1, e);
    if (share2 <= 0.0F) {
        keep_one(s, 0);
        return;
    }
    const float share1 = dot(w2, e);
    if (share1 <= 0.0F) {
        keep_one(s, 1);
        return;
    }
    share_segment(s.points[0], s.points[1], share1, share2);
    s.count = 2;
}

/// The point of a triangle that is closest to the origin: a corner, a point on a side, or inside.
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
        share_segment(s.points[0], s.points[1], s12_1, s12_2);
        s.count = 2;
    } else if (s13_1 > 0.0F && s13_3 > 0.0F && s123_2 <= 0.0F) {
        share_segment(s.points[0], s.points[2], s13_1, s13_3);
        s.points[1] = s.points[2];
        s.count = 2;
    } else if (s12_1 <= 0.0F && s23_3 <= 0.0F) {
        keep_one(s, 1);
    } else if (s13_1 <= 0.0F && s23_2 <= 0.0F) {
        keep_one(s, 2);
    } else if (s23_2 > 0.0F && s23_3 > 0.0F && s123_1 <= 0.0F) {
        share_segment(s.points[1], s.points[2], s23_2, s23_3);
        s.points[0] = s.points[2];
        s.count = 2;
    } else {
        const float inverse = 1.0F / (s123_1 + s123_2 + s123_3);
        s.points[0].share = s123_1 * inverse;
        s.points[1].share = s123_2 * inverse;
        s.points[2].share = s123_3 * inverse;
        s.count = 3;
    }
}

LANDER_FN Vec2f search_direction(const Simplex& s) {
    const Vec2f w = s.points[0].w;
    if (s.count == 1) {
        return -w;
    }
    const Vec2f e = s.points[1].w - w;
    return cross(e, -w) > 0.0F ? left_of(e) : right_of(e);
}

/// The distance between the closest points of the two shapes; zero inside a triangle.
LANDER_FN float witness_distance(const Simplex& s) {
    const SimplexPoint& p = s.points[0];
    const SimplexPoint& q = s.points[1];
    if (s.count == 1) {
        return length(p.a - p.b);
    }
    if (s.count == 2) {
        return length((p.share * p.a + q.share * q.a) - (p.share * p.b + q.share * q.b));
    }
    return 0.0F;
}

}  // namespace gjk

/// The distance between the cores of two shapes (their skins are left to the caller).
LANDER_FN float distance(Corners a, Posef pose_a, Corners b, Posef pose_b, SimplexCache& cache) {
    using namespace gjk;
    Simplex s = recall(cache, a, pose_a, b, pose_b);
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
            break;  // no corner is closer
        }
        s.points[s.count] = make_point(a, pose_a, index_a, b, pose_b, index_b);
        ++s.count;
    }
    cache = store(s);
    return witness_distance(s);
}

}  // namespace LANDER_NAMESPACE
