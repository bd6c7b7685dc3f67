// Vectors, rotations and poses in the plane, over lanes.
//
// Products and sums are evaluated left to right exactly as written: the order is part of the bits.
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

/// The velocity, at the end of `arm`, of a turn with angular velocity `spin`.
template <class F>
LANDER_FN Vec2<F> cross(F spin, Vec2<F> arm) {
    return {-spin * arm.y, spin * arm.x};
}

/// `a` turned by a quarter clockwise: the outward side of an edge whose polygon runs anticlockwise.
template <class F>
LANDER_FN constexpr Vec2<F> right_of(Vec2<F> a) {
    return {a.y, -a.x};
}

/// `a` turned by a quarter anticlockwise.
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

/// The same vector in every lane.
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

/// Scales `a` to length one and returns the length it had; leaves a vector that is too short alone.
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

/// Where a body's origin is and how it is turned.
template <class F>
struct Pose {
    Vec2<F> p;
    Rotation<F> q;
};
using Posef = Pose<float>;

/// The moon never moves. Its pose still takes part in the arithmetic, because multiplying by one
/// and adding zero can turn -0 into +0.
template <class F>
LANDER_FN Pose<F> moon_pose() {
    return {{F(0.0F), F(0.0F)}, {F(0.0F), F(1.0F)}};
}
LANDER_FN Posef moon_pose() { return moon_pose<float>(); }

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

/// The pose of `b` as seen from `a`.
LANDER_FN Posef relative_pose(Posef a, Posef b) {
    return {rotate_back(a.q, b.p - a.p),
            {a.q.c * b.q.s - a.q.s * b.q.c, a.q.c * b.q.c + a.q.s * b.q.s}};
}

/// A body is stored by its centre of mass; its pose is that of its origin.
template <class F>
LANDER_FN Pose<F> pose_of(Vec2<F> center, F angle, Vec2<F> local_center) {
    const Rotation<F> q = rotation(angle);
    return {center - rotate(q, local_center), q};
}

template <class F>
LANDER_FN Posef get(const Pose<F>& lanes, int lane) {
    return {get(lanes.p, lane), {get(lanes.q.s, lane), get(lanes.q.c, lane)}};
}

/// A symmetric 2x2 matrix in use as an effective mass.
template <class F>
struct Mat22 {
    F xx, xy, yy;
};

template <class F>
LANDER_FN Vec2<F> multiply(const Mat22<F>& m, Vec2<F> v) {
    return {m.xx * v.x + m.xy * v.y, m.xy * v.x + m.yy * v.y};
}

/// 1 / det, or the zero determinant itself: a singular system is answered with zeros.
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

/// Solves m x = b, given the inverse of m's determinant.
template <class F>
LANDER_FN Vec2<F> solve(const Mat22<F>& m, F inverse_det, Vec2<F> b) {
    return {inverse_det * (m.yy * b.x - m.xy * b.y), inverse_det * (m.xx * b.y - m.xy * b.x)};
}

/// How a body moves, at its centre of mass.
template <class F>
struct Velocity {
    Vec2<F> v;
    F w;
};

template <class F>
LANDER_FN Velocity<F> select(Mask<F> mask, Velocity<F> yes, Velocity<F> no) {
    return {select(mask, yes.v, no.v), select(mask, yes.w, no.w)};
}

/// Where a body's centre of mass is.
template <class F>
struct Position {
    Vec2<F> c;
    F a;
};

template <class F>
LANDER_FN Position<F> select(Mask<F> mask, Position<F> yes, Position<F> no) {
    return {select(mask, yes.c, no.c), select(mask, yes.a, no.a)};
}

}  // namespace LANDER_NAMESPACE
