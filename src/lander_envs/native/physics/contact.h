// Contacts and the contact solver (Box2D's b2ContactSolver): sequential impulses.
//
// Velocities: accumulated impulses, friction before non-penetration; two points are solved together
// by a block solver, which tries the four cases of a linear complementarity problem. Positions:
// non-linear Gauss-Seidel. Source: Erin Catto, "Iterative Dynamics with Temporal Coherence" (GDC
// 2005), as implemented in Box2D 2.3.
//
// The moon has infinite mass and never moves, so only one body moves. The moon's terms are left out
// where that changes no bit, and kept where they can change -0 to +0.
#pragma once

#include "math/motion.h"
#include "physics/manifold.h"

namespace LANDER_NAMESPACE {

/// Contact: an edge and a body whose fat boxes overlap.
struct Contact {
    Manifold manifold;
    u8 edge;
    u8 body;
    bool touching;
    // False for a contact without points at its time of impact, until the next update.
    bool enabled;
};

/// Manifolds of several contacts, one a lane, without impulses.
template <class F>
struct LaneManifold {
    Vec2<F> local_normal, local_point, points[2];
    Mask<F> on_edge;  // the reference face is the edge's
    Mask<F> present;  // lanes that hold a contact
    Mask<F> has_second;
    F friction;
};

template <class F>
LANDER_FN void put(LaneManifold<F>& lanes, int lane, const Contact& contact) {
    const Manifold& manifold = contact.manifold;
    put(lanes.local_normal, lane, manifold.local_normal);
    put(lanes.local_point, lane, manifold.local_point);
    put(lanes.points[0], lane, manifold.points[0].local_point);
    put(lanes.points[1], lane, manifold.points[1].local_point);
    put(lanes.on_edge, lane, manifold.reference == Reference::edge);
    put(lanes.present, lane, true);
    put(lanes.has_second, lane, manifold.count == 2);
    put(lanes.friction, lane,
        square_root(edge_friction(contact.edge) * body_friction(contact.body)));
}

LANDER_FN LaneManifold<float> lane_manifold(const Contact& contact) {
    LaneManifold<float> manifold;
    put(manifold, 0, contact);
    return manifold;
}

/// Constraint of one contact point.
template <class F>
struct ContactPoint {
    Vec2<F> arm;                  // from the body's centre of mass
    Vec2<F> moon_velocity;        // at the point: zeros, whose signs matter
    F normal_mass, tangent_mass;  // effective masses
    F normal_impulse, tangent_impulse;
};

/// Velocity constraint of a contact.
template <class F>
struct ContactConstraint {
    ContactPoint<F> points[2];
    Mask<F> present;
    Mask<F> has_two;        // the block solver is used for two points
    Vec2<F> normal;         // from the moon to the body
    Mat22<F> k, k_inverse;  // block solver: inverse effective mass, effective mass
    F friction;
    F inv_mass, inv_inertia;
};

/// Manifold in world coordinates (b2WorldManifold).
template <class F>
struct WorldManifold {
    Vec2<F> normal;
    Vec2<F> points[2];
};

/// World manifold at a pose; the points are midway between the two skins.
template <class F>
LANDER_FN WorldManifold<F> world_manifold(const LaneManifold<F>& manifold, const Pose<F>& body) {
    const Pose<F> moon = moon_pose<F>();
    const Pose<F> reference = select(manifold.on_edge, moon, body);
    const Pose<F> other = select(manifold.on_edge, body, moon);
    WorldManifold<F> world;
    const Vec2<F> normal = rotate(reference.q, manifold.local_normal);
    const Vec2<F> plane = to_world(reference, manifold.local_point);
    for (int i = 0; i < 2; ++i) {
        const Vec2<F> point = to_world(other, manifold.points[i]);
        const F lift = F(shape_radius) - dot(point - plane, normal);
        const Vec2<F> on_reference = point + lift * normal;
        const Vec2<F> on_other = point - F(shape_radius) * normal;
        world.points[i] = F(0.5F) * (on_reference + on_other);
    }
    world.normal = select(manifold.on_edge, normal, -normal);
    return world;
}

/// Effective masses of a contact point.
template <class F>
LANDER_FN ContactPoint<F> prepare_point(const ContactConstraint<F>& c, Vec2<F> at, Vec2<F> center) {
    ContactPoint<F> p{};
    p.arm = at - center;
    p.moon_velocity = cross(F(0.0F), at);
    const F normal_lever = cross(p.arm, c.normal);
    const F tangent_lever = cross(p.arm, right_of(c.normal));
    p.normal_mass = F(1.0F) / (c.inv_mass + c.inv_inertia * normal_lever * normal_lever);
    p.tangent_mass = F(1.0F) / (c.inv_mass + c.inv_inertia * tangent_lever * tangent_lever);
    return p;
}

/// Matrix of the block solver. Returns false where it is ill-conditioned; then only the first point
/// is solved.
template <class F>
LANDER_FN Mask<F> prepare_block(ContactConstraint<F>& c) {
    const F lever1 = cross(c.points[0].arm, c.normal);
    const F lever2 = cross(c.points[1].arm, c.normal);
    c.k.xx = c.inv_mass + c.inv_inertia * lever1 * lever1;
    c.k.yy = c.inv_mass + c.inv_inertia * lever2 * lever2;
    c.k.xy = c.inv_mass + c.inv_inertia * lever1 * lever2;
    c.k_inverse = inverse(c.k);
    return c.k.xx * c.k.xx < F(max_condition) * (c.k.xx * c.k.yy - c.k.xy * c.k.xy);
}

/// Velocity constraint of a contact. Restitution is zero, so there is no velocity bias.
template <class F>
LANDER_FN ContactConstraint<F> prepare_contact(const LaneManifold<F>& manifold,
                                               const MassData& body, Vec2<F> center,
                                               const Pose<F>& pose) {
    const WorldManifold<F> world = world_manifold(manifold, pose);
    ContactConstraint<F> c{};
    c.present = manifold.present;
    c.normal = world.normal;
    c.friction = manifold.friction;
    c.inv_mass = F(body.inv_mass);
    c.inv_inertia = F(body.inv_inertia);
    for (int i = 0; i < 2; ++i) {
        c.points[i] = prepare_point(c, world.points[i], center);
    }
    c.has_two = both(manifold.has_second, prepare_block(c));
    return c;
}

LANDER_FN ContactConstraint<float> prepare_contact(const Contact& contact, Vec2f center,
                                                   float angle) {
    const MassData& body = mass(contact.body);
    return prepare_contact(lane_manifold(contact), body, center,
                           pose_of(center, angle, body.local_center));
}

/// Loads the accumulated impulses of the step before.
template <class F>
LANDER_FN void load_impulses(ContactConstraint<F>& c, int lane, const Manifold& manifold) {
    for (int i = 0; i < manifold.count; ++i) {
        put(c.points[i].normal_impulse, lane, manifold.points[i].normal_impulse);
        put(c.points[i].tangent_impulse, lane, manifold.points[i].tangent_impulse);
    }
}

template <class F>
LANDER_FN void warm_start_point(const ContactConstraint<F>& c, const ContactPoint<F>& p,
                                Mask<F> active, Velocity<F>& body) {
    const Vec2<F> impulse = p.normal_impulse * c.normal + p.tangent_impulse * right_of(c.normal);
    const Velocity<F> moved{body.v + c.inv_mass * impulse,
                            body.w + c.inv_inertia * cross(p.arm, impulse)};
    body = select(active, moved, body);
}

template <class F>
LANDER_FN void warm_start_contact(const ContactConstraint<F>& c, Velocity<F>& body) {
    warm_start_point(c, c.points[0], c.present, body);
    if (any(c.has_two)) {
        warm_start_point(c, c.points[1], c.has_two, body);
    }
}

/// Relative velocity at a contact point.
template <class F>
LANDER_INNER Vec2<F> velocity_at(const ContactPoint<F>& p, const Velocity<F>& body) {
    return body.v + cross(body.w, p.arm) - p.moon_velocity;
}

/// Friction: the tangent impulse, bounded by friction times the normal impulse.
template <class F>
LANDER_INNER void solve_friction(const ContactConstraint<F>& c, ContactPoint<F>& p, Mask<F> active,
                                 Velocity<F>& body) {
    const Vec2<F> tangent = right_of(c.normal);
    const F slip = dot(velocity_at(p, body), tangent);
    const F bound = c.friction * p.normal_impulse;
    const F total = clamp(p.tangent_impulse + p.tangent_mass * -slip, -bound, bound);
    const Vec2<F> impulse = (total - p.tangent_impulse) * tangent;
    const Velocity<F> moved{body.v + c.inv_mass * impulse,
                            body.w + c.inv_inertia * cross(p.arm, impulse)};
    p.tangent_impulse = select(active, total, p.tangent_impulse);
    body = select(active, moved, body);
}

/// Non-penetration of one point: the normal impulse, never negative.
template <class F>
LANDER_INNER void solve_one_point(const ContactConstraint<F>& c, ContactPoint<F>& p, Mask<F> active,
                                  Velocity<F>& body) {
    const F approach = dot(velocity_at(p, body), c.normal);
    const F total = maximum(p.normal_impulse + -p.normal_mass * approach, F(0.0F));
    const Vec2<F> impulse = (total - p.normal_impulse) * c.normal;
    const Velocity<F> moved{body.v + c.inv_mass * impulse,
                            body.w + c.inv_inertia * cross(p.arm, impulse)};
    p.normal_impulse = select(active, total, p.normal_impulse);
    body = select(active, moved, body);
}

/// Normal impulses of two points, and whether they satisfy the constraints.
template <class F>
struct BlockSolution {
    Vec2<F> x;
    Mask<F> valid;
};

template <class F>
LANDER_INNER BlockSolution<F> first_valid(BlockSolution<F> a, BlockSolution<F> b) {
    return {select(a.valid, a.x, b.x), either(a.valid, b.valid)};
}

/// Linear complementarity problem of two points: x >= 0, k x + b >= 0, and x (k x + b) = 0 for
/// each. Tries the cases in order: both points push, the first, the second, none. If rounding
/// leaves no case valid, nothing changes.
template <class F>
LANDER_INNER BlockSolution<F> solve_cases(const ContactConstraint<F>& c, Vec2<F> b) {
    const F zero(0.0F);
    const Vec2<F> pushes = -multiply(c.k_inverse, b);
    BlockSolution<F> found{pushes, both(pushes.x >= zero, pushes.y >= zero)};
    if (!all(found.valid)) {
        const F x = -c.points[0].normal_mass * b.x;
        const F free = c.k.xy * x + b.y;
        found = first_valid(found, {{x, zero}, both(x >= zero, free >= zero)});
    }
    if (!all(found.valid)) {
        const F y = -c.points[1].normal_mass * b.y;
        const F free = c.k.xy * y + b.x;
        found = first_valid(found, {{zero, y}, both(y >= zero, free >= zero)});
    }
    if (!all(found.valid)) {
        found = first_valid(found, {{zero, zero}, both(b.x >= zero, b.y >= zero)});
    }
    return found;
}

/// Non-penetration of two points together (block solver).
template <class F>
LANDER_INNER void solve_two_points(ContactConstraint<F>& c, Mask<F> active, Velocity<F>& body) {
    ContactPoint<F>& p = c.points[0];
    ContactPoint<F>& q = c.points[1];
    const Vec2<F> before{p.normal_impulse, q.normal_impulse};
    const Vec2<F> approach{dot(velocity_at(p, body), c.normal),
                           dot(velocity_at(q, body), c.normal)};
    const BlockSolution<F> found = solve_cases(c, approach - multiply(c.k, before));
    const Mask<F> apply = both(active, found.valid);
    const Vec2<F> step = found.x - before;
    const Vec2<F> impulse1 = step.x * c.normal;
    const Vec2<F> impulse2 = step.y * c.normal;
    const Velocity<F> moved{
        body.v + c.inv_mass * (impulse1 + impulse2),
        body.w + c.inv_inertia * (cross(p.arm, impulse1) + cross(q.arm, impulse2))};
    p.normal_impulse = select(apply, found.x.x, p.normal_impulse);
    q.normal_impulse = select(apply, found.x.y, q.normal_impulse);
    body = select(apply, moved, body);
}

/// One velocity iteration of a contact.
template <class F>
LANDER_FN void solve_contact(ContactConstraint<F>& c, Velocity<F>& body) {
    const Mask<F> has_one = both(c.present, negate(c.has_two));
    solve_friction(c, c.points[0], c.present, body);
    if (any(c.has_two)) {
        solve_friction(c, c.points[1], c.has_two, body);
    }
    if (any(has_one)) {
        solve_one_point(c, c.points[0], has_one, body);
    }
    if (any(c.has_two)) {
        solve_two_points(c, c.has_two, body);
    }
}

/// Stores the impulses for the next step. A second point that was not solved keeps its own.
template <class F>
LANDER_FN void store_impulses(const ContactConstraint<F>& c, int lane, Manifold& manifold) {
    const int count = get(c.has_two, lane) ? 2 : 1;
    for (int i = 0; i < count; ++i) {
        manifold.points[i].normal_impulse = get(c.points[i].normal_impulse, lane);
        manifold.points[i].tangent_impulse = get(c.points[i].tangent_impulse, lane);
    }
}

/// Position correction at one contact point. Returns its separation.
template <class F>
LANDER_FN F correct_point(const LaneManifold<F>& manifold, Vec2<F> local_point, const MassData& m,
                          float rate, Mask<F> active, Position<F>& body) {
    const Pose<F> pose = pose_of(body.c, body.a, spread<F>(m.local_center));
    const Pose<F> moon = moon_pose<F>();
    const Pose<F> reference = select(manifold.on_edge, moon, pose);
    const Pose<F> other = select(manifold.on_edge, pose, moon);
    const Vec2<F> face_normal = rotate(reference.q, manifold.local_normal);
    const Vec2<F> plane = to_world(reference, manifold.local_point);
    const Vec2<F> point = to_world(other, local_point);
    const F separation = dot(point - plane, face_normal) - F(shape_radius) - F(shape_radius);
    const Vec2<F> normal = select(manifold.on_edge, face_normal, -face_normal);

    const F correction =
        clamp(F(rate) * (separation + F(linear_slop)), F(-max_linear_correction), F(0.0F));
    const Vec2<F> arm = point - body.c;
    const F lever = cross(arm, normal);
    const F k = F(m.inv_mass) + F(m.inv_inertia) * lever * lever;
    const F impulse = select(k > F(0.0F), -correction / k, F(0.0F));
    const Vec2<F> push = impulse * normal;
    const Position<F> moved{body.c + F(m.inv_mass) * push,
                            body.a + F(m.inv_inertia) * cross(arm, push)};
    body = select(active, moved, body);
    return separation;
}

/// One position iteration of a contact, point after point. Returns the minimum separation, 0 at
/// most.
template <class F>
LANDER_FN F solve_contact_position(const LaneManifold<F>& manifold, const MassData& m, float rate,
                                   Mask<F> active, Position<F>& body) {
    const F zero(0.0F);
    const F first = correct_point(manifold, manifold.points[0], m, rate, active, body);
    F deepest = select(active, minimum(zero, first), zero);
    const Mask<F> second_too = both(active, manifold.has_second);
    if (any(second_too)) {
        const F second = correct_point(manifold, manifold.points[1], m, rate, second_too, body);
        deepest = select(second_too, minimum(deepest, second), deepest);
    }
    return deepest;
}

LANDER_FN float solve_contact_position(const Contact& contact, float rate, Position<float>& body) {
    return solve_contact_position(lane_manifold(contact), mass(contact.body), rate, true, body);
}

}  // namespace LANDER_NAMESPACE
