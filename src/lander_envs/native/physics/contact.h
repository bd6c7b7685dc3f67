// Contacts: what is kept of a touching pair, and the constraint that keeps it from sinking in.
//
// The velocity solver works with accumulated impulses (friction first, then non-penetration); two
// points are solved together as a small complementarity problem by trying its four cases. Source of
// the method: Erin Catto, "Iterative Dynamics with Temporal Coherence" (GDC 2005), as Box2D 2.3
// carries it out. The moon's mass is infinite and its velocity zero, so only one body moves; its
// share of every sum is left out where that changes no bit, and kept where it can change -0 to +0.
#pragma once

#include "physics/manifold.h"

namespace LANDER_NAMESPACE {

/// A pair of an edge and a body whose fat boxes overlap.
struct Contact {
    Manifold manifold;
    u8 edge;
    u8 body;
    bool touching;
    // A contact that turns out empty at its time of impact is off until it is updated again.
    bool enabled;
};

/// Where contacts touch, as far as the solver needs to know, over lanes. A slot of it holds one
/// contact in each lane that has one.
template <class F>
struct Touch {
    Vec2<F> local_normal, local_point, points[2];
    Mask<F> on_edge;  // which shape carries the reference face
    Mask<F> present, has_second;
    F friction;
};

template <class F>
LANDER_FN void put(Touch<F>& touch, int lane, const Contact& contact) {
    const Manifold& manifold = contact.manifold;
    put(touch.local_normal, lane, manifold.local_normal);
    put(touch.local_point, lane, manifold.local_point);
    put(touch.points[0], lane, manifold.points[0].local_point);
    put(touch.points[1], lane, manifold.points[1].local_point);
    put(touch.on_edge, lane, manifold.reference == Reference::edge);
    put(touch.present, lane, true);
    put(touch.has_second, lane, manifold.count == 2);
    put(touch.friction, lane,
        square_root(edge_friction(contact.edge) * body_friction(contact.body)));
}

LANDER_FN Touch<float> touch_of(const Contact& contact) {
    Touch<float> touch;
    put(touch, 0, contact);
    return touch;
}

template <class F>
struct ContactPoint {
    Vec2<F> arm;    // from the body's centre of mass
    Vec2<F> still;  // velocity of the moon there: zeros, whose signs matter
    F normal_mass, tangent_mass;
    F normal_impulse, tangent_impulse;
};

/// A contact's equations, linearised for one step.
template <class F>
struct ContactConstraint {
    ContactPoint<F> points[2];
    Mask<F> present;
    Mask<F> has_two;  // solve both points; false too where they are too much alike
    Vec2<F> normal;   // from the moon to the body
    Mat22<F> k, k_inverse;
    F friction;
    F inverse_mass, inverse_inertia;
};

/// A contact in world coordinates.
template <class F>
struct WorldManifold {
    Vec2<F> normal;
    Vec2<F> points[2];
};

/// Points lie midway between the two skins.
template <class F>
LANDER_FN WorldManifold<F> world_manifold(const Touch<F>& touch, const Pose<F>& body) {
    const Pose<F> moon = moon_pose<F>();
    const Pose<F> reference = select(touch.on_edge, moon, body);
    const Pose<F> other = select(touch.on_edge, body, moon);
    WorldManifold<F> world;
    const Vec2<F> normal = rotate(reference.q, touch.local_normal);
    const Vec2<F> plane = to_world(reference, touch.local_point);
    for (int i = 0; i < 2; ++i) {
        const Vec2<F> point = to_world(other, touch.points[i]);
        const F lift = F(shape_radius) - dot(point - plane, normal);
        const Vec2<F> on_reference = point + lift * normal;
        const Vec2<F> on_other = point - F(shape_radius) * normal;
        world.points[i] = F(0.5F) * (on_reference + on_other);
    }
    world.normal = select(touch.on_edge, normal, -normal);
    return world;
}

template <class F>
LANDER_FN ContactPoint<F> prepare_point(const ContactConstraint<F>& c, Vec2<F> at, Vec2<F> center) {
    ContactPoint<F> p{};
    p.arm = at - center;
    p.still = cross(F(0.0F), at);
    const F normal_lever = cross(p.arm, c.normal);
    const F tangent_lever = cross(p.arm, right_of(c.normal));
    p.normal_mass = F(1.0F) / (c.inverse_mass + c.inverse_inertia * normal_lever * normal_lever);
    p.tangent_mass = F(1.0F) / (c.inverse_mass + c.inverse_inertia * tangent_lever * tangent_lever);
    return p;
}

/// The matrix that couples the two points. False where they are so much alike that it cannot be
/// inverted safely; the first point is then solved alone.
template <class F>
LANDER_FN Mask<F> prepare_block(ContactConstraint<F>& c) {
    const F lever1 = cross(c.points[0].arm, c.normal);
    const F lever2 = cross(c.points[1].arm, c.normal);
    c.k.xx = c.inverse_mass + c.inverse_inertia * lever1 * lever1;
    c.k.yy = c.inverse_mass + c.inverse_inertia * lever2 * lever2;
    c.k.xy = c.inverse_mass + c.inverse_inertia * lever1 * lever2;
    c.k_inverse = inverse(c.k);
    return c.k.xx * c.k.xx < F(max_condition) * (c.k.xx * c.k.yy - c.k.xy * c.k.xy);
}

/// Restitution is zero throughout, so no velocity bias appears.
template <class F>
LANDER_FN ContactConstraint<F> prepare_contact(const Touch<F>& touch, const MassData& body,
                                               Vec2<F> center, const Pose<F>& pose) {
    const WorldManifold<F> world = world_manifold(touch, pose);
    ContactConstraint<F> c{};
    c.present = touch.present;
    c.normal = world.normal;
    c.friction = touch.friction;
    c.inverse_mass = F(body.inverse_mass);
    c.inverse_inertia = F(body.inverse_inertia);
    for (int i = 0; i < 2; ++i) {
        c.points[i] = prepare_point(c, world.points[i], center);
    }
    c.has_two = both(touch.has_second, prepare_block(c));
    return c;
}

LANDER_FN ContactConstraint<float> prepare_contact(const Contact& contact, Vec2f center,
                                                   float angle) {
    const MassData& body = mass(contact.body);
    return prepare_contact(touch_of(contact), body, center,
                           pose_of(center, angle, body.local_center));
}

/// Takes over the impulses of the step before.
template <class F>
LANDER_FN void recall_impulses(ContactConstraint<F>& c, int lane, const Manifold& manifold) {
    for (int i = 0; i < manifold.count; ++i) {
        put(c.points[i].normal_impulse, lane, manifold.points[i].normal_impulse);
        put(c.points[i].tangent_impulse, lane, manifold.points[i].tangent_impulse);
    }
}

template <class F>
LANDER_FN void warm_start_point(const ContactConstraint<F>& c, const ContactPoint<F>& p,
                                Mask<F> active, Velocity<F>& body) {
    const Vec2<F> impulse = p.normal_impulse * c.normal + p.tangent_impulse * right_of(c.normal);
    const Velocity<F> moved{body.v + c.inverse_mass * impulse,
                            body.w + c.inverse_inertia * cross(p.arm, impulse)};
    body = select(active, moved, body);
}

template <class F>
LANDER_FN void warm_start_contact(const ContactConstraint<F>& c, Velocity<F>& body) {
    warm_start_point(c, c.points[0], c.present, body);
    if (any(c.has_two)) {
        warm_start_point(c, c.points[1], c.has_two, body);
    }
}

/// The body's velocity at a contact point, seen from the moon.
template <class F>
LANDER_INNER Vec2<F> velocity_at(const ContactPoint<F>& p, const Velocity<F>& body) {
    return body.v + cross(body.w, p.arm) - p.still;
}

template <class F>
LANDER_INNER void solve_friction(const ContactConstraint<F>& c, ContactPoint<F>& p, Mask<F> active,
                                 Velocity<F>& body) {
    const Vec2<F> tangent = right_of(c.normal);
    const F slip = dot(velocity_at(p, body), tangent);
    const F bound = c.friction * p.normal_impulse;
    const F total = clamp(p.tangent_impulse + p.tangent_mass * -slip, -bound, bound);
    const Vec2<F> impulse = (total - p.tangent_impulse) * tangent;
    const Velocity<F> moved{body.v + c.inverse_mass * impulse,
                            body.w + c.inverse_inertia * cross(p.arm, impulse)};
    p.tangent_impulse = select(active, total, p.tangent_impulse);
    body = select(active, moved, body);
}

template <class F>
LANDER_INNER void solve_one_point(const ContactConstraint<F>& c, ContactPoint<F>& p, Mask<F> active,
                                  Velocity<F>& body) {
    const F approach = dot(velocity_at(p, body), c.normal);
    const F total = maximum(p.normal_impulse + -p.normal_mass * approach, F(0.0F));
    const Vec2<F> impulse = (total - p.normal_impulse) * c.normal;
    const Velocity<F> moved{body.v + c.inverse_mass * impulse,
                            body.w + c.inverse_inertia * cross(p.arm, impulse)};
    p.normal_impulse = select(active, total, p.normal_impulse);
    body = select(active, moved, body);
}

/// Impulses of two points, and whether they solve the problem.
template <class F>
struct BlockSolution {
    Vec2<F> x;
    Mask<F> valid;
};

template <class F>
LANDER_INNER BlockSolution<F> first_valid(BlockSolution<F> a, BlockSolution<F> b) {
    return {select(a.valid, a.x, b.x), either(a.valid, b.valid)};
}

/// Finds impulses x >= 0 with velocities k x + b >= 0 of which, point by point, one is zero. The
/// cases are tried in this order: both points push, the first, the second, none. Rounding can leave
/// none of them valid; then nothing changes.
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
        body.v + c.inverse_mass * (impulse1 + impulse2),
        body.w + c.inverse_inertia * (cross(p.arm, impulse1) + cross(q.arm, impulse2))};
    p.normal_impulse = select(apply, found.x.x, p.normal_impulse);
    q.normal_impulse = select(apply, found.x.y, q.normal_impulse);
    body = select(apply, moved, body);
}

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

/// Keeps the impulses for the next step. A second point that was left out keeps what it had.
template <class F>
LANDER_FN void store_impulses(const ContactConstraint<F>& c, int lane, Manifold& manifold) {
    const int count = get(c.has_two, lane) ? 2 : 1;
    for (int i = 0; i < count; ++i) {
        manifold.points[i].normal_impulse = get(c.points[i].normal_impulse, lane);
        manifold.points[i].tangent_impulse = get(c.points[i].tangent_impulse, lane);
    }
}

/// Pushes a body out along one point of a contact; returns how deep it was.
template <class F>
LANDER_FN F push_out(const Touch<F>& touch, Vec2<F> local_point, const MassData& m, float rate,
                     Mask<F> active, Position<F>& body) {
    const Pose<F> pose = pose_of(body.c, body.a, spread<F>(m.local_center));
    const Pose<F> moon = moon_pose<F>();
    const Pose<F> reference = select(touch.on_edge, moon, pose);
    const Pose<F> other = select(touch.on_edge, pose, moon);
    const Vec2<F> face_normal = rotate(reference.q, touch.local_normal);
    const Vec2<F> plane = to_world(reference, touch.local_point);
    const Vec2<F> point = to_world(other, local_point);
    const F separation = dot(point - plane, face_normal) - F(shape_radius) - F(shape_radius);
    const Vec2<F> normal = select(touch.on_edge, face_normal, -face_normal);

    const F correction =
        clamp(F(rate) * (separation + F(linear_slop)), F(-max_linear_correction), F(0.0F));
    const Vec2<F> arm = point - body.c;
    const F lever = cross(arm, normal);
    const F k = F(m.inverse_mass) + F(m.inverse_inertia) * lever * lever;
    const F impulse = select(k > F(0.0F), -correction / k, F(0.0F));
    const Vec2<F> push = impulse * normal;
    const Position<F> moved{body.c + F(m.inverse_mass) * push,
                            body.a + F(m.inverse_inertia) * cross(arm, push)};
    body = select(active, moved, body);
    return separation;
}

/// One iteration of position correction, point after point, each at the pose that the one before
/// left. Returns the deepest separation seen, or zero.
template <class F>
LANDER_FN F solve_contact_position(const Touch<F>& touch, const MassData& m, float rate,
                                   Mask<F> active, Position<F>& body) {
    const F zero(0.0F);
    const F first = push_out(touch, touch.points[0], m, rate, active, body);
    F deepest = select(active, minimum(zero, first), zero);
    const Mask<F> second_too = both(active, touch.has_second);
    if (any(second_too)) {
        const F second = push_out(touch, touch.points[1], m, rate, second_too, body);
        deepest = select(second_too, minimum(deepest, second), deepest);
    }
    return deepest;
}

LANDER_FN float solve_contact_position(const Contact& contact, float rate, Position<float>& body) {
    return solve_contact_position(touch_of(contact), mass(contact.body), rate, true, body);
}

}  // namespace LANDER_NAMESPACE
