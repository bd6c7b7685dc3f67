// Particle of an engine, and its contacts with the moon: a circle that collides with edges only.
//
// Unlike the lander's polygons it bounces, has one contact point an edge, and needs no angle: only
// its centre matters.
#pragma once

#include "env/engines.h"
#include "physics/broad_phase.h"
#include "physics/contact.h"

namespace LANDER_NAMESPACE {

/// Feature of the edge that a particle touches. The two sides count as one feature: a contact that
/// keeps its feature keeps its impulses.
enum class Feature : u8 { none, from, to, left, right };
inline constexpr int feature_count = 5;

struct ParticleContact {
    float normal_impulse, tangent_impulse;
    u8 edge;
    Feature feature;  // none: the fat boxes overlap, but the shapes do not touch
    bool enabled;
};

struct Particle {
    Vec2f center, velocity;
    float spin;
    Box fat_box;
    bool main;                             // of the main engine: heavier
    bool fresh;                            // not in the broad phase yet
    double ttl;                            // time to live
    ParticleContact contacts[edge_count];  // oldest first, at most one an edge
    i32 contact_count;
};

namespace particle_physics {

LANDER_FN constexpr MassData circle_mass(float density) {
    const float mass = density * pi * particle_radius * particle_radius;
    const float inertia = mass * (0.5F * particle_radius * particle_radius);
    return {mass, 1.0F / mass, 1.0F / inertia, {0.0F, 0.0F}};
}

LANDER_FN const MassData& mass_of(const Particle& p) {
    static constexpr MassData table[2] = {circle_mass(main_particle_density),
                                          circle_mass(side_particle_density)};
    return table[p.main ? 0 : 1];
}

LANDER_FN Box circle_box(Vec2f center) { return grown(Box{center, center}, particle_radius); }

// --- The broad phase

/// Adds a contact for every new pair.
LANDER_FN void find_pairs(Particle& p, const Terrain& terrain) {
    for (int edge = 0; edge < edge_count; ++edge) {
        bool known = false;
        for (int i = 0; i < p.contact_count; ++i) {
            known = known || p.contacts[i].edge == edge;
        }
        if (!known && overlap(fat_box_of(edge_of(terrain, edge)), p.fat_box)) {
            p.contacts[p.contact_count++] = {0.0F, 0.0F, static_cast<u8>(edge), Feature::none,
                                             true};
        }
    }
}

/// Updates the fat box for the motion from `start`. Returns true if updated.
LANDER_FN bool update_box(Particle& p, Vec2f start) {
    return update_fat_box(p.fat_box, around(circle_box(start), circle_box(p.center)),
                          p.center - start);
}

// --- The narrow phase

/// Feature of an edge that a particle touches (b2CollideEdgeAndCircle).
LANDER_FN Feature touched_feature(Edge edge, Vec2f center) {
    const Vec2f e = edge.to - edge.from;
    const float to_end = dot(e, edge.to - center);
    const float from_start = dot(e, center - edge.from);
    constexpr float reach = shape_radius + particle_radius;
    const auto near = [center](Vec2f point) {
        const Vec2f d = center - point;
        return !(dot(d, d) > reach * reach);
    };
    if (from_start <= 0.0F) {
        return near(edge.from) ? Feature::from : Feature::none;
    }
    if (to_end <= 0.0F) {
        return near(edge.to) ? Feature::to : Feature::none;
    }
    const Vec2f closest = (1.0F / dot(e, e)) * (to_end * edge.from + from_start * edge.to);
    if (!near(closest)) {
        return Feature::none;
    }
    return dot(left_of(e), center - edge.from) < 0.0F ? Feature::right : Feature::left;
}

LANDER_FN bool is_side(Feature feature) { return feature >= Feature::left; }

/// Updates one contact.
LANDER_FN void update_contact(ParticleContact& contact, const Terrain& terrain, Vec2f center) {
    const Feature now = touched_feature(edge_of(terrain, contact.edge), center);
    const bool same = now != Feature::none &&
                      (now == contact.feature || (is_side(now) && is_side(contact.feature)));
    if (!same) {
        contact.normal_impulse = 0.0F;
        contact.tangent_impulse = 0.0F;
    }
    contact.feature = now;
    contact.enabled = true;
}

/// Updates all contacts, newest first; removes those whose fat boxes no longer overlap.
LANDER_FN void update_contacts(Particle& p, const Terrain& terrain) {
    for (int i = p.contact_count - 1; i >= 0; --i) {
        if (overlap(fat_box_of(edge_of(terrain, p.contacts[i].edge)), p.fat_box)) {
            update_contact(p.contacts[i], terrain, p.center);
            continue;
        }
        --p.contact_count;
        for (int k = i; k < p.contact_count; ++k) {
            p.contacts[k] = p.contacts[k + 1];
        }
    }
}

// --- The solver

/// Touched part of the ground: a vertex, or a line through a point.
struct Ground {
    bool vertex;
    Vec2f point, normal;  // normal of the line; a vertex's depends on the particle
};

LANDER_FN Ground ground_of(Edge edge, Feature feature) {
    if (!is_side(feature)) {
        return {true, feature == Feature::from ? edge.from : edge.to, {1.0F, 0.0F}};
    }
    const Vec2f e = edge.to - edge.from;
    Vec2f normal = feature == Feature::left ? left_of(e) : right_of(e);
    normalize(normal);
    return {false, edge.from, normal};
}

/// Velocity constraint of a contact, with restitution.
struct ParticleConstraint {
    ContactConstraint<float> contact;
    float bounce;  // normal velocity after the impact (Box2D's velocity bias)
};

/// World manifold: the point midway between the skins, and the normal.
LANDER_FN WorldManifold<float> particle_manifold(const Ground& ground, Vec2f center) {
    WorldManifold<float> world{};
    world.normal = ground.normal;
    Vec2f on_ground = ground.point;
    if (ground.vertex) {
        const Vec2f apart = center - ground.point;
        if (dot(apart, apart) > float_epsilon * float_epsilon) {
            world.normal = apart;
            normalize(world.normal);
        }
        on_ground = ground.point + shape_radius * world.normal;
    } else {
        const float lift = shape_radius - dot(center - ground.point, ground.normal);
        on_ground = center + lift * ground.normal;
    }
    const Vec2f on_particle = center - particle_radius * world.normal;
    world.points[0] = 0.5F * (on_ground + on_particle);
    return world;
}

/// Velocity constraint of a contact at a centre and a velocity.
LANDER_FN ParticleConstraint prepare(const Particle& p, const ParticleContact& contact,
                                     const Ground& ground, Vec2f center,
                                     const Velocity<float>& velocity) {
    const MassData& m = mass_of(p);
    const WorldManifold<float> world = particle_manifold(ground, center);
    ParticleConstraint d{};
    ContactConstraint<float>& c = d.contact;
    c.normal = world.normal;
    c.friction = square_root(edge_friction(contact.edge) * particle_friction);
    c.inv_mass = m.inv_mass;
    c.inv_inertia = m.inv_inertia;
    c.points[0] = prepare_point(c, world.points[0], center);
    const float approach = dot(velocity_at(c.points[0], velocity), c.normal);
    d.bounce = approach < -restitution_threshold ? -particle_restitution * approach : 0.0F;
    return d;
}

/// One velocity iteration of a contact.
LANDER_FN void solve(ParticleConstraint& d, Velocity<float>& velocity) {
    ContactConstraint<float>& c = d.contact;
    ContactPoint<float>& point = c.points[0];
    solve_friction(c, point, true, velocity);
    const float approach = dot(velocity_at(point, velocity), c.normal);
    const float total =
        maximum(point.normal_impulse + -point.normal_mass * (approach - d.bounce), 0.0F);
    const Vec2f impulse = (total - point.normal_impulse) * c.normal;
    point.normal_impulse = total;
    velocity = {velocity.v + c.inv_mass * impulse,
                velocity.w + c.inv_inertia * cross(point.arm, impulse)};
}

/// One position iteration of a contact. Returns the separation.
LANDER_FN float solve_position(const Particle& p, const Ground& ground, float rate, Vec2f& center) {
    const MassData& m = mass_of(p);
    Vec2f normal = ground.normal;
    Vec2f point = center;
    const Vec2f apart = center - ground.point;
    if (ground.vertex) {
        normal = apart;
        normalize(normal);
        point = 0.5F * (ground.point + center);
    }
    const float separation = dot(apart, normal) - shape_radius - particle_radius;
    const float correction = clamp(rate * (separation + linear_slop), -max_linear_correction, 0.0F);
    const float lever = cross(point - center, normal);
    const float k = m.inv_mass + m.inv_inertia * lever * lever;
    const float impulse = k > 0.0F ? -correction / k : 0.0F;
    center = center + m.inv_mass * (impulse * normal);
    return separation;
}

}  // namespace particle_physics

}  // namespace LANDER_NAMESPACE
