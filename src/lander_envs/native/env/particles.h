// The flames: particles that the engines throw out, as the env makes them and Box2D moves them.
//
// They are decoration. A particle is a small disc that meets the edges of the moon and nothing
// else, so each moves on its own; the lander never notices them. (In Box2D they share one moon with
// the lander, whose clock an impact sets. That changes no bit: a body's impacts are computed anew
// only right after its own impact, when the moon's clock shows that very moment.) None lives long
// enough to fall asleep.
//
// A particle ages once a base step, where the env ages it once a picture: with a picture a step the
// two are the same, and pictures do not depend on how often they are looked at.
#pragma once

#include "env/particle.h"

namespace LANDER_NAMESPACE {

/// Oldest first, as the env lists them.
struct Flames {
    Particle particles[particle_capacity];
    i32 count;
};

/// Collects the jets of one step, one an engine, into any trace. Whoever steps sets the count back.
template <class Base>
struct JetTrace : Base {
    Jet jets[2] = {};
    int jet_count = 0;
    LANDER_FN void jet(const Jet& jet) { jets[jet_count++] = jet; }
};

namespace flames {

using namespace discs;

/// The touching contacts of one particle while they are solved, in the solver's order.
struct Group {
    int index[edge_count];  // in Particle::contacts
    Ground ground[edge_count];
    int count;
};

LANDER_FN void join(Group& group, const Particle& p, int index, const Terrain& terrain) {
    const ParticleContact& contact = p.contacts[index];
    group.index[group.count] = index;
    group.ground[group.count++] = ground_of(edge_of(terrain, contact.edge), contact.feature);
}

LANDER_FN void solve_positions(const Particle& p, const Group& group, int iterations, float rate,
                               float tolerance, Vec2f& center) {
    for (int i = 0; i < iterations; ++i) {
        float deepest = 0.0F;
        for (int k = 0; k < group.count; ++k) {
            deepest = minimum(deepest, solve_position(p, group.ground[k], rate, center));
        }
        if (deepest >= tolerance) {
            return;
        }
    }
}

/// Moves the particle for a time, no faster than Box2D lets anything move.
LANDER_FN void glide(Particle& p, Vec2f& center, Velocity<float> velocity, float duration) {
    Position<float> position{center, 0.0F};
    integrate_position(position, velocity, duration);
    center = position.c;
    p.velocity = velocity.v;
    p.spin = velocity.w;
}

/// The discrete step: velocities, then positions.
LANDER_FN void solve_step(Particle& p, const Terrain& terrain, float gravity) {
    Group group{};
    for (int i = p.contact_count - 1; i >= 0; --i) {
        if (p.contacts[i].enabled && p.contacts[i].feature != Feature::none) {
            join(group, p, i, terrain);
        }
    }
    Velocity<float> velocity{p.velocity + time_step * Vec2f{0.0F, gravity}, p.spin};
    DiscConstraint constraints[edge_count];
    for (int k = 0; k < group.count; ++k) {
        const ParticleContact& contact = p.contacts[group.index[k]];
        constraints[k] = prepare(p, contact, group.ground[k], p.center, velocity);
        constraints[k].contact.points[0].normal_impulse = contact.normal_impulse;
        constraints[k].contact.points[0].tangent_impulse = contact.tangent_impulse;
    }
    for (int k = 0; k < group.count; ++k) {
        const ContactConstraint<float>& c = constraints[k].contact;
        warm_start_point(c, c.points[0], true, velocity);
    }
    for (int i = 0; i < velocity_iterations && group.count > 0; ++i) {
        for (int k = 0; k < group.count; ++k) {
            solve(constraints[k], velocity);
        }
    }
    for (int k = 0; k < group.count; ++k) {
        const ContactPoint<float>& point = constraints[k].contact.points[0];
        p.contacts[group.index[k]].normal_impulse = point.normal_impulse;
        p.contacts[group.index[k]].tangent_impulse = point.tangent_impulse;
    }
    glide(p, p.center, velocity, time_step);
    solve_positions(p, group, position_iterations, correction_rate, contact_tolerance, p.center);
}

// --- Continuous collision

struct DiscPath {
    Sweep sweep;
    ImpactState states[edge_count];
};

LANDER_FN float impact_alpha(Edge edge, const Sweep& sweep) {
    const Vec2f origin{0.0F, 0.0F};
    const Impact impact = time_of_impact(edge, {&origin, 1}, particle_radius, sweep, origin);
    const float alpha0 = sweep.alpha0;
    return impact.touching ? minimum(alpha0 + (1.0F - alpha0) * impact.t, 1.0F) : 1.0F;
}

LANDER_FN FirstImpact first_impact(const Particle& p, const Terrain& terrain, DiscPath& path) {
    FirstImpact first{-1, 1.0F};
    for (int i = p.contact_count - 1; i >= 0; --i) {
        ImpactState& state = path.states[i];
        if (!p.contacts[i].enabled || state.count > max_impacts_per_contact) {
            continue;
        }
        if (!state.known) {
            state.alpha = impact_alpha(edge_of(terrain, p.contacts[i].edge), path.sweep);
            state.known = true;
        }
        if (state.alpha < first.alpha) {
            first = {i, state.alpha};
        }
    }
    return first;
}

/// Solves the contacts for the rest of the step: no warm start, impulses are not kept.
LANDER_FN void solve_impact(Particle& p, DiscPath& path, const Group& group, float alpha) {
    Vec2f center = p.center;
    solve_positions(p, group, impact_position_iterations, impact_correction_rate,
                    impact_contact_tolerance, center);
    path.sweep.c0 = center;
    Velocity<float> velocity{p.velocity, p.spin};
    DiscConstraint constraints[edge_count];
    for (int k = 0; k < group.count; ++k) {
        constraints[k] = prepare(p, p.contacts[group.index[k]], group.ground[k], center, velocity);
    }
    for (int i = 0; i < velocity_iterations; ++i) {
        for (int k = 0; k < group.count; ++k) {
            solve(constraints[k], velocity);
        }
    }
    glide(p, center, velocity, (1.0F - alpha) * time_step);
    path.sweep.c = center;
    p.center = center;
}

LANDER_FN void handle_impact(Particle& p, const Terrain& terrain, DiscPath& path,
                             FirstImpact first) {
    const Sweep backup = path.sweep;
    advance(path.sweep, first.alpha);
    path.sweep.c = path.sweep.c0;
    p.center = path.sweep.c;
    renew(p.contacts[first.contact], terrain, p.center);
    path.states[first.contact].known = false;
    ++path.states[first.contact].count;
    if (p.contacts[first.contact].feature == Feature::none) {
        p.contacts[first.contact].enabled = false;
        path.sweep = backup;
        p.center = backup.c;
        return;
    }
    Group group{};
    join(group, p, first.contact, terrain);
    for (int i = p.contact_count - 1; i >= 0; --i) {
        if (i == first.contact) {
            continue;
        }
        renew(p.contacts[i], terrain, p.center);
        if (p.contacts[i].feature != Feature::none) {
            join(group, p, i, terrain);
        }
    }
    solve_impact(p, path, group, first.alpha);
    const int before = p.contact_count;
    if (renew_box(p, path.sweep.c0)) {
        find_pairs(p, terrain);
    }
    for (int i = 0; i < p.contact_count; ++i) {
        path.states[i] = {false, 1.0F, i < before ? path.states[i].count : 0};
    }
}

LANDER_FN void solve_impacts(Particle& p, const Terrain& terrain, Vec2f start) {
    constexpr float end = 1.0F - 10.0F * float_epsilon;
    DiscPath path{};
    path.sweep.c0 = start;
    path.sweep.c = p.center;
    for (;;) {
        const FirstImpact first = first_impact(p, terrain, path);
        if (first.contact < 0 || end < first.alpha) {
            return;
        }
        handle_impact(p, terrain, path, first);
    }
}

LANDER_FN void move(Particle& p, const Terrain& terrain, float gravity) {
    if (p.fresh) {
        find_pairs(p, terrain);
        p.fresh = false;
    }
    renew_contacts(p, terrain);
    const Vec2f start = p.center;
    solve_step(p, terrain, gravity);
    if (renew_box(p, start)) {
        find_pairs(p, terrain);
    }
    solve_impacts(p, terrain, start);
}

LANDER_FN Particle born(const Jet& jet) {
    Particle p{};
    p.main = jet.main;
    p.fresh = true;
    p.ttl = jet.power;
    p.center = jet.at;
    p.velocity = p.velocity + mass_of(p).inverse_mass * jet.impulse;
    p.fat_box = grown(disc_box(p.center), box_margin);
    return p;
}

/// A particle goes when its time is up, but never before an older one.
LANDER_FN void age(Flames& flames) {
    for (int i = 0; i < flames.count; ++i) {
        flames.particles[i].ttl -= particle_ageing;
    }
    int gone = 0;
    while (gone < flames.count && flames.particles[gone].ttl < 0.0) {
        ++gone;
    }
    flames.count -= gone;
    for (int i = 0; i < flames.count && gone > 0; ++i) {
        flames.particles[i] = flames.particles[i + gone];
    }
}

}  // namespace flames

/// One base step: the jets of this step's engines join, all move, all age.
LANDER_FN void step_flames(Flames& all, const Terrain& terrain, float gravity, const Jet* jets,
                           int jet_count) {
    for (int i = 0; i < jet_count; ++i) {
        all.particles[all.count++] = flames::born(jets[i]);
    }
    for (int i = 0; i < all.count; ++i) {
        flames::move(all.particles[i], terrain, gravity);
    }
    flames::age(all);
}

}  // namespace LANDER_NAMESPACE
