// Motion of a body: velocity, position, and the sweep between two positions.
#pragma once

#include "math/vectors.h"

namespace LANDER_NAMESPACE {

/// Velocity of the centre of mass, and angular velocity.
template <class F>
struct Velocity {
    Vec2<F> v;
    F w;
};

template <class F>
LANDER_FN Velocity<F> select(Mask<F> mask, Velocity<F> yes, Velocity<F> no) {
    return {select(mask, yes.v, no.v), select(mask, yes.w, no.w)};
}

/// Position of the centre of mass, and angle.
template <class F>
struct Position {
    Vec2<F> c;
    F a;
};

template <class F>
LANDER_FN Position<F> select(Mask<F> mask, Position<F> yes, Position<F> no) {
    return {select(mask, yes.c, no.c), select(mask, yes.a, no.a)};
}

/// Sweep: a body's motion over a step, from (c0, a0) at the fraction `alpha0` to (c, a) at 1.
struct Sweep {
    Vec2f c0, c;
    float a0, a;
    float alpha0;
};

/// Moves the start of the sweep to a later time.
LANDER_FN void advance(Sweep& sweep, float alpha) {
    const float beta = (alpha - sweep.alpha0) / (1.0F - sweep.alpha0);
    sweep.c0 = (1.0F - beta) * sweep.c0 + beta * sweep.c;
    sweep.a0 = (1.0F - beta) * sweep.a0 + beta * sweep.a;
    sweep.alpha0 = alpha;
}

/// Pose at the fraction `beta` of the sweep.
LANDER_FN Posef pose_at(const Sweep& sweep, Vec2f local_center, float beta) {
    const Vec2f center = (1.0F - beta) * sweep.c0 + beta * sweep.c;
    const float angle = (1.0F - beta) * sweep.a0 + beta * sweep.a;
    return pose_of(center, angle, local_center);
}

/// The sweep without whole turns (b2Sweep::Normalize): large angles can make the root finder fail.
LANDER_FN Sweep normalized(Sweep sweep) {
    constexpr float turn = 2.0F * pi;
    const float turns = turn * floor_of(sweep.a0 / turn);
    sweep.a0 -= turns;
    sweep.a -= turns;
    return sweep;
}

}  // namespace LANDER_NAMESPACE
