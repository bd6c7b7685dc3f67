// Contacts: what is kept of a touching pair, and the constraint that keeps it from sinking in.
//
// The velocity solver works with accumulated impulses (friction first, then non-penetration); two
// points are solved together as a small complementarity problem by trying its four cases. Source of
// the method: Erin Catto, "Iterative Dynamics with Temporal Coherence" (GDC 2005), as Box2D 2.3
// carries it out. The moon's mass is infinite and its velocity zero, so only one body moves; its
// share of every sum is left out where that changes no bit, and kept where it can change -0 to +0.
#pragma once

#include "collide.h"

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
    Mask<F> has_two;  // solve both points; false too where they are too much alike
    Vec2<F> normal;   // from the moon to the body
    Mat22<F> k, k_inverse;
    F friction;
    F inverse_mass, inverse_inertia;
};

/// A contact in world coordinates. `count` is the manifold's.
struct WorldManifold {
    Vec2f normal;
    Vec2f points[2];
};

/// Points lie midway between the two skins.
LANDER_FN WorldManifold world_manifold(const Manifold& manifold, Posef body) {
    const bool on_edge = manifold.reference == Reference::edge;
    const Posef reference = on_edge ? moon_pose() : body;
    const Posef other = on_edge ? body : moon_pose();
    WorldManifold world{};
    const Vec2f normal = rotate(reference.q, manifold.local_normal);
    const Vec2f plane = to_world(reference, manifold.local_point);
    for (int i = 0; i < manifold.count; ++i) {
        const Vec2f point = to_world(other, manifold.points[i].local_point);
        const float lift = shape_radius - dot(point - plane, normal);
        const Vec2f on_reference = point + lift * normal;
        const Vec2f on_other = point - shape_radius * normal;
        world.points[i] = 0.5F * (on_reference + on_other);
    }
    world.normal = on_edge ? normal : -normal;
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
LANDER_FN ContactConstraint<float> prepare_contact(const Contact& contact, Vec2f center,
                                                   float angle) {
    const MassData& body = mass(contact.body);
    const WorldManifold world =
        world_manifold(contact.manifold, pose_of(center, angle, body.local_center));
    ContactConstraint<float> c{};
    c.normal = world.normal;
    c.friction = square_root(edge_friction(contact.edge) * body_friction(contact.body));
    c.inverse_mass = body.inverse_mass;
    c.inverse_inertia = body.inverse_inertia;
    for (int i = 0; i < contact.manifold.count; ++i) {
        c.points[i] = prepare_point(c, world.points[i], center);
    }
    c.has_two = contact.manifold.count == 2 && prepare_block(c);
    return c;
}

/// Takes over the impulses of the step before.
LANDER_FN void recall_impulses(ContactConstraint<float>& c, const Manifold& manifold) {
    for (int i = 0; i < manifold.count; ++i) {
        c.points[i].normal_impulse = manifold.points[i].normal_impulse;
        c.points[i].tangent_impulse = manifold.points[i].tangent_impulse;
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
    warm_start_point(c, c.points[0], Mask<F>(true), body);
    if (any(c.has_two)) {
        warm_start_point(c, c.points[1], c.has_two, body);
    }
}

/// The body's velocity at a contact point, seen from the moon.
template <class F>
LANDER_FN Vec2<F> velocity_at(const ContactPoint<F>& p, const Velocity<F>& body) {
    return body.v + cross(body.w, p.arm) - p.still;
}

template <class F>
LANDER_FN void solve_friction(const ContactConstraint<F>& c, ContactPoint<F>& p, Mask<F> active,
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
LANDER_FN void solve_one_point(const ContactConstraint<F>& c, ContactPoint<F>& p, Mask<F> active,
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
LANDER_FN BlockSolution<F> first_valid(BlockSolution<F> a, BlockSolution<F> b) {
    return {select(a.valid, a.x, b.x), either(a.valid, b.valid)};
}

/// Finds impulses x >= 0 with velocities k x + b >= 0 of which, point by point, one is zero. The
/// cases are tried in this order: both points push, the first, the second, none. Rounding can leave
/// none of them valid; then nothing changes.
template <class F>
LANDER_FN BlockSolution<F> solve_cases(const ContactConstraint<F>& c, Vec2<F> b) {
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
LANDER_FN void solve_two_points(ContactConstraint<F>& c, Mask<F> active, Velocity<F>& body) {
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
    const Mask<F> always(true);
    solve_friction(c, c.points[0], always, body);
    if (any(c.has_two)) {
        solve_friction(c, c.points[1], c.has_two, body);
    }
    if (!all(c.has_two)) {
        solve_one_point(c, c.points[0], negate(c.has_two), body);
    }
    if (any(c.has_two)) {
        solve_two_points(c, c.has_two, body);
    }
}

/// Keeps the impulses for the next step. A second point that was left out keeps what it had.
LANDER_FN void store_impulses(const ContactConstraint<float>& c, Manifold& manifold) {
    const int count = c.has_two ? 2 : 1;
    for (int i = 0; i < count; ++i) {
        manifold.points[i].normal_impulse = c.points[i].normal_impulse;
        manifold.points[i].tangent_impulse = c.points[i].tangent_impulse;
    }
}

/// One iteration of position correction, point after point, each at the pose that the one before
/// left. Returns the deepest separation seen, or zero.
LANDER_FN float solve_contact_position(const Contact& contact, float rate, Position<float>& body) {
    const MassData& m = mass(contact.body);
    const Manifold& manifold = contact.manifold;
    const bool on_edge = manifold.reference == Reference::edge;
    float deepest = 0.0F;
    for (int i = 0; i < manifold.count; ++i) {
        const Posef pose = pose_of(body.c, body.a, m.local_center);
        const Posef reference = on_edge ? moon_pose() : pose;
        const Posef other = on_edge ? pose : moon_pose();
        Vec2f normal = rotate(reference.q, manifold.local_normal);
        const Vec2f plane = to_world(reference, manifold.local_point);
        const Vec2f point = to_world(other, manifold.points[i].local_point);
        const float separation = dot(point - plane, normal) - shape_radius - shape_radius;
        normal = on_edge ? normal : -normal;
        deepest = minimum(deepest, separation);

        const float correction =
            clamp(rate * (separation + linear_slop), -max_linear_correction, 0.0F);
        const Vec2f arm = point - body.c;
        const float lever = cross(arm, normal);
        const float k = m.inverse_mass + m.inverse_inertia * lever * lever;
        const float impulse = k > 0.0F ? -correction / k : 0.0F;
        const Vec2f push = impulse * normal;
        body.c = body.c + m.inverse_mass * push;
        body.a = body.a + m.inverse_inertia * cross(arm, push);
    }
    return deepest;
}

}  // namespace LANDER_NAMESPACE
