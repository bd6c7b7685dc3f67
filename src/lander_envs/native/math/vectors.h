// Vectors, rotations, poses and 2x2 matrices in the plane, over lanes.
//
// Products and sums are evaluated from left to right as written: the order is part of the bits.
#pragma once

#include "math/lanes.h"
#include "math/trigonometry.h"

namespace LANDER_NAMESPACE {

template <class F>
struct Vec2 {
    F x, y;
};
using Vec2f = Vec2<float>;

template <class F>
LANDER_FN constexpr Vec2<F> operator+(Vec2<F> a, Vec2<F> b) {
    return {a.x + b.x, a.y + b.y};
}

template <class F>
LANDER_FN constexpr Vec2<F> operator-(Vec2<F> a, Vec2<F> b) {
    return {a.x - b.x, a.y - b.y};
}

template <class F>
LANDER_FN constexpr Vec2<F> operator-(Vec2<F> a) {
    return {-a.x, -a.y};
}

template <class F>
LANDER_FN constexpr Vec2<F> operator*(F scale, Vec2<F> a) {
    return {scale * a.x, scale * a.y};
}

template <class F>
LANDER_FN constexpr F dot(Vec2<F> a, Vec2<F> b) {
    return a.x * b.x + a.y * b.y;
}

template <class F>
LANDER_FN constexpr F cross(Vec2<F> a, Vec2<F> b) {
    return a.x * b.y - a.y * b.x;
}

/// Cross product of the angular velocity `spin` and `arm`: the velocity at the end of the arm.
template <class F>
LANDER_FN Vec2<F> cross(F spin, Vec2<F> arm) {
    return {-spin * arm.y, spin * arm.x};
}

/// `a` turned clockwise by a quarter turn: the outward normal of an anticlockwise polygon's edge.
template <class F>
LANDER_FN constexpr Vec2<F> right_of(Vec2<F> a) {
    return {a.y, -a.x};
}

/// `a` turned anticlockwise by a quarter turn.
template <class F>
LANDER_FN constexpr Vec2<F> left_of(Vec2<F> a) {
    return {-a.y, a.x};
}

template <class F>
LANDER_FN Vec2<F> select(Mask<F> mask, Vec2<F> yes, Vec2<F> no) {
    return {select(mask, yes.x, no.x), select(mask, yes.y, no.y)};
}

template <class F>
LANDER_FN void put(Vec2<F>& lanes, int lane, Vec2f a) {
    put(lanes.x, lane, a.x);
    put(lanes.y, lane, a.y);
}

template <class F>
LANDER_FN Vec2f get(const Vec2<F>& lanes, int lane) {
    return {get(lanes.x, lane), get(lanes.y, lane)};
}

/// Broadcasts a vector to every lane.
template <class F>
LANDER_FN Vec2<F> spread(Vec2f a) {
    return {F(a.x), F(a.y)};
}

template <class F>
LANDER_FN Vec2<F> minimum(Vec2<F> a, Vec2<F> b) {
    return {minimum(a.x, b.x), minimum(a.y, b.y)};
}

template <class F>
LANDER_FN Vec2<F> maximum(Vec2<F> a, Vec2<F> b) {
    return {maximum(a.x, b.x), maximum(a.y, b.y)};
}

template <class F>
LANDER_FN F length(Vec2<F> a) {
    return square_root(a.x * a.x + a.y * a.y);
}

/// Normalizes `a` and returns its length; a vector shorter than epsilon stays as it is (returns 0).
LANDER_FN float normalize(Vec2f& a) {
    const float size = length(a);
    if (size < float_epsilon) {
        return 0.0F;
    }
    const float inverse = 1.0F / size;
    a = {a.x * inverse, a.y * inverse};
    return size;
}

template <class F>
struct Rotation {
    F s, c;  // sine, cosine
};

LANDER_FN Rotation<float> rotation(float angle) {
    const SineCosine both_of = sine_cosine(angle);
    return {both_of.sine, both_of.cosine};
}

template <class F>
LANDER_FN Vec2<F> rotate(Rotation<F> q, Vec2<F> v) {
    return {q.c * v.x - q.s * v.y, q.s * v.x + q.c * v.y};
}

template <class F>
LANDER_FN Vec2<F> rotate_back(Rotation<F> q, Vec2<F> v) {
    return {q.c * v.x + q.s * v.y, -q.s * v.x + q.c * v.y};
}

/// Position of a body's origin, and rotation (Box2D's b2Transform).
template <class F>
struct Pose {
    Vec2<F> p;
    Rotation<F> q;
};
using Posef = Pose<float>;

template <class F>
LANDER_FN Pose<F> select(Mask<F> mask, Pose<F> yes, Pose<F> no) {
    return {select(mask, yes.p, no.p),
            {select(mask, yes.q.s, no.q.s), select(mask, yes.q.c, no.q.c)}};
}

template <class F>
LANDER_FN Vec2<F> to_world(Pose<F> pose, Vec2<F> local) {
    return {(pose.q.c * local.x - pose.q.s * local.y) + pose.p.x,
            (pose.q.s * local.x + pose.q.c * local.y) + pose.p.y};
}

template <class F>
LANDER_FN Vec2<F> to_local(Pose<F> pose, Vec2<F> world) {
    const F x = world.x - pose.p.x;
    const F y = world.y - pose.p.y;
    return {pose.q.c * x + pose.q.s * y, -pose.q.s * x + pose.q.c * y};
}

/// Pose of `b` in the frame of `a`.
LANDER_FN Posef relative_pose(Posef a, Posef b) {
    return {rotate_back(a.q, b.p - a.p),
            {a.q.c * b.q.s - a.q.s * b.q.c, a.q.c * b.q.c + a.q.s * b.q.s}};
}

/// Pose of a body's origin, from its centre of mass and its angle.
template <class F>
LANDER_FN Pose<F> pose_of(Vec2<F> center, F angle, Vec2<F> local_center) {
    const Rotation<F> q = rotation(angle);
    return {center - rotate(q, local_center), q};
}

template <class F>
LANDER_FN Posef get(const Pose<F>& lanes, int lane) {
    return {get(lanes.p, lane), {get(lanes.q.s, lane), get(lanes.q.c, lane)}};
}

/// Symmetric 2x2 matrix.
template <class F>
struct Mat22 {
    F xx, xy, yy;
};

template <class F>
LANDER_FN Vec2<F> multiply(const Mat22<F>& m, Vec2<F> v) {
    return {m.xx * v.x + m.xy * v.y, m.xy * v.x + m.yy * v.y};
}

/// 1 / determinant, or 0 for a singular matrix, whose solutions are then zeros.
template <class F>
LANDER_FN F invert_determinant(F determinant) {
    return select(determinant != F(0.0F), F(1.0F) / determinant, determinant);
}

template <class F>
LANDER_FN F inverse_determinant(const Mat22<F>& m) {
    return invert_determinant(m.xx * m.yy - m.xy * m.xy);
}

template <class F>
LANDER_FN Mat22<F> inverse(const Mat22<F>& m) {
    const F d = inverse_determinant(m);
    return {d * m.yy, -d * m.xy, d * m.xx};
}

/// Solution of m x = b, given 1 / det(m).
template <class F>
LANDER_FN Vec2<F> solve(const Mat22<F>& m, F inverse_det, Vec2<F> b) {
    return {inverse_det * (m.yy * b.x - m.xy * b.y), inverse_det * (m.xx * b.y - m.xy * b.x)};
}

}  // namespace LANDER_NAMESPACE
