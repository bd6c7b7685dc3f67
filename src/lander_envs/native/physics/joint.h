// Leg joint: a revolute joint with a motor (the leg's spring) and limits (b2RevoluteJoint).
//
// The joint connects hull and leg at the hull's origin. Two equations hold the point; a third,
// active while the angle is at a limit, holds the angle. Source: Erin Catto, "Modeling and Solving
// Constraints" (GDC 2009), as implemented in Box2D 2.3.
#pragma once

#include "math/motion.h"
#include "physics/shapes.h"

namespace LANDER_NAMESPACE {

/// Definition of a joint (b2RevoluteJointDef). Joint 0 is that of the env's leg i = -1, joint 1
/// that of i = +1.
struct JointSpec {
    Vec2f leg_anchor;       // on the leg, from its origin; the hull's anchor is its origin
    float reference_angle;  // leg angle minus hull angle as created (set by pybox2d)
    float lower_angle, upper_angle;
    float motor_speed;
};

LANDER_FN const JointSpec& joint_spec(int joint) {
    static constexpr float away = static_cast<float>(leg_away / pixels_per_unit);
    static constexpr float down = static_cast<float>(leg_down / pixels_per_unit);
    static constexpr JointSpec table[joint_count] = {
        {{-away, down},
         static_cast<float>(-leg_angle),
         static_cast<float>(leg_limit - leg_range),
         static_cast<float>(leg_limit),
         static_cast<float>(-leg_motor_speed)},
        {{away, down},
         static_cast<float>(leg_angle),
         static_cast<float>(-leg_limit),
         static_cast<float>(-leg_limit + leg_range),
         static_cast<float>(leg_motor_speed)},
    };
    return table[joint];
}

/// State of a joint's limit (b2LimitState).
enum class Limit : u8 { inactive, lower, upper };
inline constexpr int limit_count = 3;

/// State of a joint between steps: accumulated impulses, for warm starting, and the limit. A change
/// of the limit resets the angular impulse.
struct Joint {
    Vec2f impulse;
    float angular_impulse;
    float motor_impulse;
    Limit limit;
};

/// Accumulated impulses of a joint, over lanes.
template <class F>
struct JointImpulse {
    Vec2<F> linear;
    F angular;
    F motor;
};

/// Velocity constraint of a joint.
template <class F>
struct JointConstraint {
    Vec2<F> hull_arm, leg_arm;  // from each centre of mass to the joint
    Mat22<F> point;             // inverse effective mass of the point
    F point_inverse_det;
    Vec2<F> coupling;  // between point and angle
    F angular;         // inverse effective mass of the angle
    F motor_mass;
    F full_inverse_det;  // of the 3x3 matrix of point and angle
    Vec2<F> minor_xy;    // first row of its adjugate: cross product of columns 2 and 3
    F minor_z;
    F motor_speed;
    Mask<F> at_lower, at_upper;
};

/// Updates the limit's state; a change resets the angular impulse. Returns true if it changed.
LANDER_FN bool update_limit(Joint& joint, const JointSpec& spec, float hull_angle,
                            float leg_angle) {
    const float angle = leg_angle - hull_angle - spec.reference_angle;
    Limit now = Limit::inactive;
    if (angle <= spec.lower_angle) {
        now = Limit::lower;
    } else if (angle >= spec.upper_angle) {
        now = Limit::upper;
    }
    const bool changed = now != joint.limit;
    if (changed || now == Limit::inactive) {
        joint.angular_impulse = 0.0F;
    }
    joint.limit = now;
    return changed;
}

/// Effective masses of a joint.
template <class F>
LANDER_FN JointConstraint<F> prepare_joint(const JointSpec& spec, const Rotation<F>& hull_turned,
                                           const Rotation<F>& leg_turned, Mask<F> at_lower,
                                           Mask<F> at_upper) {
    const MassData& a = mass(hull);
    const MassData& b = mass(first_leg);
    const F ma(a.inv_mass), mb(b.inv_mass);
    const F ia(a.inv_inertia), ib(b.inv_inertia);
    const Vec2f hull_anchor = Vec2f{0.0F, 0.0F} - a.local_center;
    const Vec2f leg_anchor = spec.leg_anchor - b.local_center;

    JointConstraint<F> j;
    j.hull_arm = rotate(hull_turned, spread<F>(hull_anchor));
    j.leg_arm = rotate(leg_turned, spread<F>(leg_anchor));
    const Vec2<F> ra = j.hull_arm, rb = j.leg_arm;

    j.point.xx = ma + mb + ra.y * ra.y * ia + rb.y * rb.y * ib;
    j.point.xy = -ra.y * ra.x * ia - rb.y * rb.x * ib;
    j.point.yy = ma + mb + ra.x * ra.x * ia + rb.x * rb.x * ib;
    j.coupling = {-ra.y * ia - rb.y * ib, ra.x * ia + rb.x * ib};
    j.angular = ia + ib;
    j.point_inverse_det = inverse_determinant(j.point);

    // Columns of the symmetric 3x3 matrix: x = (xx, xy, cx), y = (xy, yy, cy), z = (cx, cy,
    // angular).
    const F cx = j.coupling.x, cy = j.coupling.y;
    j.minor_xy = {j.point.yy * j.angular - cy * cy, cy * cx - j.point.xy * j.angular};
    j.minor_z = j.point.xy * cy - j.point.yy * cx;
    const F determinant = j.point.xx * j.minor_xy.x + j.point.xy * j.minor_xy.y + cx * j.minor_z;
    j.full_inverse_det = invert_determinant(determinant);

    j.motor_mass = F(1.0F) / j.angular;
    j.motor_speed = F(spec.motor_speed);
    j.at_lower = at_lower;
    j.at_upper = at_upper;
    return j;
}

/// Warm start: applies the accumulated impulses. (Box2D scales them by the ratio of the time steps,
/// which is 1, or 0 in the first step, when they are zero.)
template <class F>
LANDER_FN void warm_start_joint(const JointConstraint<F>& j, const JointImpulse<F>& impulse,
                                Velocity<F>& body, Velocity<F>& leg) {
    const MassData& a = mass(hull);
    const MassData& b = mass(first_leg);
    const Vec2<F> p = impulse.linear;
    body.v = body.v - F(a.inv_mass) * p;
    body.w = body.w - F(a.inv_inertia) * (cross(j.hull_arm, p) + impulse.motor + impulse.angular);
    leg.v = leg.v + F(b.inv_mass) * p;
    leg.w = leg.w + F(b.inv_inertia) * (cross(j.leg_arm, p) + impulse.motor + impulse.angular);
}

/// Relative velocity of the two anchors (Box2D's Cdot).
template <class F>
LANDER_INNER Vec2<F> anchor_velocity(const JointConstraint<F>& j, const Velocity<F>& body,
                                     const Velocity<F>& leg) {
    return leg.v + cross(leg.w, j.leg_arm) - body.v - cross(body.w, j.hull_arm);
}

template <class F>
LANDER_INNER void solve_motor(const JointConstraint<F>& j, F& motor_impulse, Velocity<F>& body,
                              Velocity<F>& leg) {
    constexpr float limit = time_step * leg_spring_torque;
    const F cdot = leg.w - body.w - j.motor_speed;
    const F before = motor_impulse;
    motor_impulse = clamp(before + -j.motor_mass * cdot, F(-limit), F(limit));
    const F impulse = motor_impulse - before;
    body.w = body.w - F(mass(hull).inv_inertia) * impulse;
    leg.w = leg.w + F(mass(first_leg).inv_inertia) * impulse;
}

/// Linear and angular impulse at the joint.
template <class F>
struct LimitImpulse {
    Vec2<F> linear;
    F angular;
};

/// Point and angle together, for a joint at a limit. The accumulated angular impulse may only push
/// the leg back inside: where it would change sign it is reset, and only the point is solved.
template <class F>
LANDER_INNER LimitImpulse<F> solve_limit(const JointConstraint<F>& j, const JointImpulse<F>& sum,
                                         Vec2<F> cdot, F turn) {
    const F cx = j.coupling.x, cy = j.coupling.y;
    const F xx = j.point.xx, xy = j.point.xy, yy = j.point.yy;
    const F x = cdot.x, y = cdot.y, z = turn;
    // Cramer's rule by cross products: b x column 3, column 2 x b.
    const F det = j.full_inverse_det;
    const F solved_x = det * (x * j.minor_xy.x + y * j.minor_xy.y + z * j.minor_z);
    const F solved_y = det * (xx * (y * j.angular - z * cy) + xy * (z * cx - x * j.angular) +
                              cx * (x * cy - y * cx));
    const F solved_z =
        det * (xx * (yy * z - cy * y) + xy * (cy * x - xy * z) + cx * (xy * y - yy * x));
    LimitImpulse<F> full{{-solved_x, -solved_y}, -solved_z};

    const F total = sum.angular + full.angular;
    const Mask<F> pulls =
        either(both(j.at_lower, total < F(0.0F)), both(j.at_upper, total > F(0.0F)));
    if (any(pulls)) {
        const Vec2<F> reduced =
            solve(j.point, j.point_inverse_det, -cdot + sum.angular * j.coupling);
        full.linear = select(pulls, reduced, full.linear);
        full.angular = select(pulls, -sum.angular, full.angular);
    }
    return full;
}

/// One velocity iteration of a joint.
template <class F>
LANDER_INNER void solve_joint(const JointConstraint<F>& j, JointImpulse<F>& sum, Velocity<F>& body,
                              Velocity<F>& leg) {
    solve_motor(j, sum.motor, body, leg);

    const Mask<F> limited = either(j.at_lower, j.at_upper);
    const Vec2<F> cdot = anchor_velocity(j, body, leg);
    LimitImpulse<F> step{};
    if (any(limited)) {
        step = solve_limit(j, sum, cdot, leg.w - body.w);
        const F total = sum.angular + step.angular;
        sum.angular = select(limited, total, sum.angular);
    }
    if (!all(limited)) {
        const Vec2<F> point = solve(j.point, j.point_inverse_det, -cdot);
        step.linear = select(limited, step.linear, point);
    }
    sum.linear = sum.linear + step.linear;

    const MassData& a = mass(hull);
    const MassData& b = mass(first_leg);
    const F hull_turn = cross(j.hull_arm, step.linear);
    const F leg_turn = cross(j.leg_arm, step.linear);
    body.v = body.v - F(a.inv_mass) * step.linear;
    body.w = body.w - F(a.inv_inertia) * select(limited, hull_turn + step.angular, hull_turn);
    leg.v = leg.v + F(b.inv_mass) * step.linear;
    leg.w = leg.w + F(b.inv_inertia) * select(limited, leg_turn + step.angular, leg_turn);
}

/// Position correction of the angle. Returns the angular error.
template <class F>
LANDER_FN F solve_joint_angle(const JointConstraint<F>& j, const JointSpec& spec, Position<F>& body,
                              Position<F>& leg) {
    const F angle = leg.a - body.a - F(spec.reference_angle);
    const F below = angle - F(spec.lower_angle);
    const F above = angle - F(spec.upper_angle);
    const F cap(max_angular_correction);
    const F lift = clamp(below + F(angular_slop), -cap, F(0.0F));
    const F lower = clamp(above - F(angular_slop), F(0.0F), cap);
    const F correction = select(j.at_lower, lift, lower);
    const F impulse = -j.motor_mass * correction;
    const Mask<F> limited = either(j.at_lower, j.at_upper);
    body.a = select(limited, body.a - F(mass(hull).inv_inertia) * impulse, body.a);
    leg.a = select(limited, leg.a + F(mass(first_leg).inv_inertia) * impulse, leg.a);
    return select(limited, select(j.at_lower, -below, above), F(0.0F));
}

/// One position iteration of a joint. True where the errors are below the slops.
template <class F>
LANDER_FN Mask<F> solve_joint_position(const JointConstraint<F>& j, const JointSpec& spec,
                                       Position<F>& body, Position<F>& leg) {
    F angular_error(0.0F);
    if (any(either(j.at_lower, j.at_upper))) {
        angular_error = solve_joint_angle(j, spec, body, leg);
    }

    const MassData& a = mass(hull);
    const MassData& b = mass(first_leg);
    const F ma(a.inv_mass), mb(b.inv_mass);
    const F ia(a.inv_inertia), ib(b.inv_inertia);
    const Vec2f hull_anchor = Vec2f{0.0F, 0.0F} - a.local_center;
    const Vec2f leg_anchor = spec.leg_anchor - b.local_center;
    const Vec2<F> ra = rotate(rotation(body.a), spread<F>(hull_anchor));
    const Vec2<F> rb = rotate(rotation(leg.a), spread<F>(leg_anchor));
    const Vec2<F> gap = leg.c + rb - body.c - ra;
    const F position_error = length(gap);

    Mat22<F> k;
    k.xx = ma + mb + ia * ra.y * ra.y + ib * rb.y * rb.y;
    k.xy = -ia * ra.x * ra.y - ib * rb.x * rb.y;
    k.yy = ma + mb + ia * ra.x * ra.x + ib * rb.x * rb.x;
    const Vec2<F> impulse = -solve(k, inverse_determinant(k), gap);

    body.c = body.c - ma * impulse;
    body.a = body.a - ia * cross(ra, impulse);
    leg.c = leg.c + mb * impulse;
    leg.a = leg.a + ib * cross(rb, impulse);
    return both(position_error <= F(linear_slop), angular_error <= F(angular_slop));
}

}  // namespace LANDER_NAMESPACE
