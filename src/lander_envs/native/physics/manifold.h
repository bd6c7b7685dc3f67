// Contact manifold of an edge and a polygon (Box2D's b2CollideEdgeAndPolygon).
//
// The separating axis test picks the reference face, on the edge or on the polygon; the other
// shape's incident face is clipped to it. Edges have no neighbours, so both faces of an edge
// collide, and only normals along the edge are ruled out.
#pragma once

#include "physics/shapes.h"

namespace LANDER_NAMESPACE {

/// Shape that has the reference face; the contact points are on the other one.
enum class Reference : u8 { edge, polygon };
inline constexpr int reference_count = 2;

/// Contact point, in the frame of the shape without the reference face.
struct ManifoldPoint {
    Vec2f local_point;
    float normal_impulse;  // accumulated, for warm starting
    float tangent_impulse;
    u32 id;  // feature pair; a point that keeps its id keeps its impulses
};

inline constexpr int max_manifold_points = 2;

/// Contact manifold: up to two points and the reference face.
struct Manifold {
    ManifoldPoint points[max_manifold_points];
    Vec2f local_normal;  // of the reference face
    Vec2f local_point;   // on the reference face
    Reference reference;
    u8 count;  // points: 0, 1 or 2
};

namespace collision {

inline constexpr u32 vertex_feature = 0;
inline constexpr u32 face_feature = 1;

/// Feature pair as one number: indices on the edge and on the polygon, and their kinds.
LANDER_FN u32 feature_id(int edge_index, int polygon_index, u32 edge_kind, u32 polygon_kind) {
    return static_cast<u32>(edge_index) | static_cast<u32>(polygon_index) << 8 | edge_kind << 16 |
           polygon_kind << 24;
}

LANDER_FN u32 feature_index_of_polygon(u32 id) { return id >> 8 & 0xff; }

/// Feature pair with edge and polygon exchanged.
LANDER_FN u32 swapped(u32 id) {
    return (id & 0xff) << 8 | (id >> 8 & 0xff) | (id >> 16 & 0xff) << 24 | (id >> 24) << 16;
}

/// Vertex of a segment that is clipped.
struct ClipPoint {
    Vec2f v;
    u32 id;
};

/// Clips a segment to the half plane behind a line (b2ClipSegmentToLine). `vertex` is the reference
/// vertex on the line. Returns the number of points left, 2 unless the segment is in front.
LANDER_FN int clip(ClipPoint out[2], const ClipPoint in[2], Vec2f normal, float offset,
                   int vertex) {
    int count = 0;
    const float distance0 = dot(normal, in[0].v) - offset;
    const float distance1 = dot(normal, in[1].v) - offset;
    if (distance0 <= 0.0F) {
        out[count++] = in[0];
    }
    if (distance1 <= 0.0F) {
        out[count++] = in[1];
    }
    if (distance0 * distance1 < 0.0F) {
        const float share = distance0 / (distance0 - distance1);
        out[count].v = in[0].v + share * (in[1].v - in[0].v);
        out[count].id = feature_id(vertex, static_cast<int>(feature_index_of_polygon(in[0].id)),
                                   vertex_feature, face_feature);
        ++count;
    }
    return count;
}

/// Edge and polygon in the frame of the moon, and the side of the edge that faces the polygon.
struct EdgePolygon {
    int count;
    Vec2f vertices[max_vertices];
    Vec2f normals[max_vertices];
    Vec2f from, to;
    Vec2f edge_normal;  // to the right of the edge: down, for ground drawn from left to right
    Vec2f normal;       // towards the polygon
    bool in_front;      // the polygon is to the right of the edge
    Posef pose;
};

LANDER_FN EdgePolygon make_edge_polygon(Edge edge, const Polygon& shape, Posef body) {
    EdgePolygon s;
    s.pose = relative_pose(moon_pose(), body);
    s.from = edge.from;
    s.to = edge.to;
    Vec2f along = edge.to - edge.from;
    normalize(along);
    s.edge_normal = right_of(along);
    s.in_front = dot(s.edge_normal, to_world(s.pose, shape.centroid) - s.from) >= 0.0F;
    s.normal = s.in_front ? s.edge_normal : -s.edge_normal;
    s.count = shape.count;
    for (int i = 0; i < shape.count; ++i) {
        s.vertices[i] = to_world(s.pose, shape.vertices[i]);
        s.normals[i] = rotate(s.pose.q, shape.normals[i]);
    }
    return s;
}

inline constexpr float reach = 2.0F * shape_radius;  // shapes touch if their skins overlap

/// Separation along the edge's normal.
LANDER_FN float edge_separation(const EdgePolygon& s) {
    float least = float_max;
    for (int i = 0; i < s.count; ++i) {
        const float distance = dot(s.normal, s.vertices[i] - s.from);
        if (distance < least) {
            least = distance;
        }
    }
    return least;
}

/// Separating axis of the polygon.
struct SeparatingAxis {
    int index;  // the polygon's edge, -1 if there is none
    float separation;
};

/// Maximum separation over the polygon's normals.
LANDER_FN SeparatingAxis polygon_separation(const EdgePolygon& s) {
    SeparatingAxis best{-1, -float_max};
    for (int i = 0; i < s.count; ++i) {
        const Vec2f n = -s.normals[i];
        const float from = dot(n, s.vertices[i] - s.from);
        const float to = dot(n, s.vertices[i] - s.to);
        const float distance = minimum(from, to);
        if (distance > reach) {
            return {i, distance};
        }
        // A normal that points like the back of the edge cannot push the polygon out.
        const bool wrong_way = dot(n - -s.normal, s.normal) < -angular_slop;
        if (!wrong_way && distance > best.separation) {
            best = {i, distance};
        }
    }
    return best;
}

/// Incident edge of the polygon: the one whose normal is most opposed to the edge's.
LANDER_FN int incident_edge(const EdgePolygon& s) {
    int best = 0;
    float value = dot(s.normal, s.normals[0]);
    for (int i = 1; i < s.count; ++i) {
        const float candidate = dot(s.normal, s.normals[i]);
        if (candidate < value) {
            value = candidate;
            best = i;
        }
    }
    return best;
}

/// Reference face: indices of its vertices, the vertices, its normal.
struct ReferenceFace {
    int first, second;
    Vec2f from, to;
    Vec2f normal;
};

/// Reference face on the edge; writes the polygon's incident edge.
LANDER_FN ReferenceFace face_of_edge(const EdgePolygon& s, ClipPoint incident[2]) {
    const int first = incident_edge(s);
    const int second = first + 1 < s.count ? first + 1 : 0;
    incident[0] = {s.vertices[first], feature_id(0, first, face_feature, vertex_feature)};
    incident[1] = {s.vertices[second], feature_id(0, second, face_feature, vertex_feature)};
    if (s.in_front) {
        return {0, 1, s.from, s.to, s.edge_normal};
    }
    return {1, 0, s.to, s.from, -s.edge_normal};
}

/// Reference face on the polygon; writes the edge as the incident one.
LANDER_FN ReferenceFace face_of_polygon(const EdgePolygon& s, int side, ClipPoint incident[2]) {
    incident[0] = {s.from, feature_id(0, side, vertex_feature, face_feature)};
    incident[1] = {s.to, feature_id(0, side, vertex_feature, face_feature)};
    const int next = side + 1 < s.count ? side + 1 : 0;
    return {side, next, s.vertices[side], s.vertices[next], s.normals[side]};
}

}  // namespace collision

/// Computes the manifold, without its impulses.
LANDER_FN void collide(Manifold& manifold, Edge edge, const Polygon& shape, Posef body) {
    using namespace collision;
    const EdgePolygon s = make_edge_polygon(edge, shape, body);
    manifold.count = 0;

    const float edge_distance = edge_separation(s);
    if (edge_distance > reach) {
        return;
    }
    const SeparatingAxis side = polygon_separation(s);
    if (side.index >= 0 && side.separation > reach) {
        return;
    }
    const bool by_polygon =
        side.index >= 0 &&
        side.separation > face_relative_tolerance * edge_distance + face_absolute_tolerance;

    ClipPoint incident[2];
    const ReferenceFace face =
        by_polygon ? face_of_polygon(s, side.index, incident) : face_of_edge(s, incident);
    const Vec2f first_side = right_of(face.normal);
    const Vec2f second_side = -first_side;
    ClipPoint half[2];
    ClipPoint clipped[2];
    if (clip(half, incident, first_side, dot(first_side, face.from), face.first) < 2 ||
        clip(clipped, half, second_side, dot(second_side, face.to), face.second) < 2) {
        return;
    }

    manifold.reference = by_polygon ? Reference::polygon : Reference::edge;
    manifold.local_normal = by_polygon ? shape.normals[face.first] : face.normal;
    manifold.local_point = by_polygon ? shape.vertices[face.first] : face.from;
    for (int i = 0; i < 2; ++i) {
        if (dot(face.normal, clipped[i].v - face.from) <= reach) {
            ManifoldPoint& point = manifold.points[manifold.count++];
            point.local_point = by_polygon ? clipped[i].v : to_local(s.pose, clipped[i].v);
            point.id = by_polygon ? swapped(clipped[i].id) : clipped[i].id;
        }
    }
}

}  // namespace LANDER_NAMESPACE
