// A particle and its contacts with the moon: a disc that meets edges and nothing else.
//
// Unlike the lander's polygons it bounces, touches an edge in one point, and needs no angle: its
// centre is all that anything depends on.
#pragma once

#include "env/lander.h"
#include "physics/broad_phase.h"

namespace LANDER_NAMESPACE {

/// Where a disc touches an edge; the sides count as one feature. Impulses live on with the feature.
enum class Feature : u8 { none, from, to, left, right };

struct ParticleContact {
    float normal_impulse, tangent_impulse;
    u8 edge;
    Feature feature;  // none: the fat boxes overlap, the shapes do not touch
    bool enabled;
};

struct Particle {
    Vec2f center, velocity;
    float spin;
    Box fat_box;
    bool main;   // of the main engine: heavier
    bool fresh;  // has not been in the broad phase yet
    double ttl;
    ParticleContact contacts[edge_count];  // oldest first, one an edge at most
    i32 contact_count;
};

namespace discs {

constexpr MassData disc_mass(float density) {
    const float mass = density * pi * particle_radius * particle_radius;
    const float inertia = mass * (0.5F * particle_radius * particle_radius);
    return {mass, 1.0F / mass, 1.0F / inertia, {0.0F, 0.0F}};
}

LANDER_FN const MassData& mass_of(const Particle& p) {
    static constexpr MassData table[2] = {disc_mass(main_particle_density),
                                          disc_mass(side_particle_density)};
    return table[p.main ? 0 : 1];
}

LANDER_FN Box disc_box(Vec2f center) { return grown(Box{center, center}, particle_radius); }

// --- The broad phase

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

LANDER_FN bool renew_box(Particle& p, Vec2f start) {
    return renew_fat_box(p.fat_box, around(disc_box(start), disc_box(p.center)), p.center - start);
}

// --- The narrow phase

/// An edge and a disc touch at an end of the edge or at one of its sides.
LANDER_FN Feature touch(Edge edge, Vec2f center) {
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

LANDER_FN void renew(ParticleContact& contact, const Terrain& terrain, Vec2f center) {
    const Feature now = touch(edge_of(terrain, contact.edge), center);
    const bool same = now != Feature::none &&
                      (now == contact.feature || (is_side(now) && is_side(contact.feature)));
    if (!same) {
        contact.normal_impulse = 0.0F;
        contact.tangent_impulse = 0.0F;
    }
    contact.feature = now;
    contact.enabled = true;
}

/// Newest first: drops the contacts whose fat boxes have parted, renews the others.
LANDER_FN void renew_contacts(Particle& p, const Terrain& terrain) {
    for (int i = p.contact_count - 1; i >= 0; --i) {
        if (overlap(fat_box_of(edge_of(terrain, p.contacts[i].edge)), p.fat_box)) {
            renew(p.contacts[i], terrain, p.center);
            continue;
        }
        --p.contact_count;
        for (int k = i; k < p.contact_count; ++k) {
            p.contacts[k] = p.contacts[k + 1];
        }
    }
}

// --- The solver

/// A touching contact in world coordinates: a corner, or a line through a point.
struct Ground {
    bool corner;
    Vec2f point, normal;  // the normal of a side; a corner's depends on the disc
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

struct DiscConstraint {
    ContactConstraint<float> contact;
    float bounce;  // the velocity to leave with
};

/// The point midway between the skins, and the direction of the push.
LANDER_FN WorldManifold<float> disc_manifold(const Ground& ground, Vec2f center) {
    WorldManifold<float> world{};
    world.normal = ground.normal;
    Vec2f on_ground = ground.point;
    if (ground.corner) {
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
    const Vec2f on_disc = center - particle_radius * world.normal;
    world.points[0] = 0.5F * (on_ground + on_disc);
    return world;
}

LANDER_FN DiscConstraint prepare(const Particle& p, const ParticleContact& contact,
                                 const Ground& ground, Vec2f center,
                                 const Velocity<float>& velocity) {
    const MassData& m = mass_of(p);
    const WorldManifold<float> world = disc_manifold(ground, center);
    DiscConstraint d{};
    ContactConstraint<float>& c = d.contact;
    c.normal = world.normal;
    c.friction = square_root(edge_friction(contact.edge) * particle_friction);
    c.inverse_mass = m.inverse_mass;
    c.inverse_inertia = m.inverse_inertia;
    c.points[0] = prepare_point(c, world.points[0], center);
    const float approach = dot(velocity_at(c.points[0], velocity), c.normal);
    d.bounce = approach < -restitution_threshold ? -particle_restitution * approach : 0.0F;
    return d;
}

LANDER_FN void solve(DiscConstraint& d, Velocity<float>& velocity) {
    ContactConstraint<float>& c = d.contact;
    ContactPoint<float>& point = c.points[0];
    solve_friction(c, point, true, velocity);
    const float approach = dot(velocity_at(point, velocity), c.normal);
    const float total =
        maximum(point.normal_impulse + -point.normal_mass * (approach - d.bounce), 0.0F);
    const Vec2f impulse = (total - point.normal_impulse) * c.normal;
    point.normal_impulse = total;
    velocity = {velocity.v + c.inverse_mass * impulse,
                velocity.w + c.inverse_inertia * cross(point.arm, impulse)};
}

/// One iteration of position correction. Returns the separation seen.
LANDER_FN float solve_position(const Particle& p, const Ground& ground, float rate, Vec2f& center) {
    const MassData& m = mass_of(p);
    Vec2f normal = ground.normal;
    Vec2f point = center;
    const Vec2f apart = center - ground.point;
    if (ground.corner) {
        normal = apart;
        normalize(normal);
        point = 0.5F * (ground.point + center);
    }
    const float separation = dot(apart, normal) - shape_radius - particle_radius;
    const float correction = clamp(rate * (separation + linear_slop), -max_linear_correction, 0.0F);
    const float lever = cross(point - center, normal);
    const float k = m.inverse_mass + m.inverse_inertia * lever * lever;
    const float impulse = k > 0.0F ? -correction / k : 0.0F;
    center = center + m.inverse_mass * (impulse * normal);
    return separation;
}

}  // namespace discs

}  // namespace LANDER_NAMESPACE
