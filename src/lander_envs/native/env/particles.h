// Particles of the engines: decoration that falls, bounces and fades.
//
// A particle is a small circle that collides with the edges of the moon only: particles are
// independent of one another and of the lander. (In Box2D they share the moon, and its time of
// impact, with the lander. That changes no bit: a body's times of impact are computed again only
// right after its own impact, when the moon's time is the same.) None lives long enough to sleep.
//
// A particle ages once a base step, where the env ages it once a frame. With one frame a step the
// two are equal, and frames do not depend on how often the env is rendered.
#pragma once

#include "env/particle.h"
#include "physics/continuous.h"

namespace LANDER_NAMESPACE {

/// Particles of one lander, oldest first as in the env's list.
struct Particles {
    Particle items[particle_capacity];
    i32 count;
};

namespace particle_physics {

/// Touching contacts of one particle, in the solver's order.
struct TouchingContacts {
    int index[edge_count];  // in Particle::contacts
    Ground ground[edge_count];
    int count;
};

LANDER_FN void add(TouchingContacts& touching, const Particle& p, int index,
                   const Terrain& terrain) {
    const ParticleContact& contact = p.contacts[index];
    touching.index[touching.count] = index;
    touching.ground[touching.count++] = ground_of(edge_of(terrain, contact.edge), contact.feature);
}

/// Position iterations, until all separations are above the tolerance.
LANDER_FN void solve_positions(const Particle& p, const TouchingContacts& touching, int iterations,
                               float rate, float tolerance, Vec2f& center) {
    for (int i = 0; i < iterations; ++i) {
        float deepest = 0.0F;
        for (int k = 0; k < touching.count; ++k) {
            deepest = minimum(deepest, solve_position(p, touching.ground[k], rate, center));
        }
        if (deepest >= tolerance) {
            return;
        }
    }
}

/// Moves the particle by its velocity, which is clamped, for a time.
LANDER_FN void integrate(Particle& p, Vec2f& center, Velocity<float> velocity, float duration) {
    Position<float> position{center, 0.0F};
    integrate_position(position, velocity, duration);
    center = position.c;
    p.velocity = velocity.v;
    p.spin = velocity.w;
}

/// Discrete solver: velocities, then positions.
LANDER_FN void solve_step(Particle& p, const Terrain& terrain, float gravity) {
    TouchingContacts touching{};
    for (int i = p.contact_count - 1; i >= 0; --i) {
        if (p.contacts[i].enabled && p.contacts[i].feature != Feature::none) {
            add(touching, p, i, terrain);
        }
    }
    Velocity<float> velocity{p.velocity + time_step * Vec2f{0.0F, gravity}, p.spin};
    ParticleConstraint constraints[edge_count];
    for (int k = 0; k < touching.count; ++k) {
        const ParticleContact& contact = p.contacts[touching.index[k]];
        constraints[k] = prepare(p, contact, touching.ground[k], p.center, velocity);
        constraints[k].contact.points[0].normal_impulse = contact.normal_impulse;
        constraints[k].contact.points[0].tangent_impulse = contact.tangent_impulse;
    }
    for (int k = 0; k < touching.count; ++k) {
        const ContactConstraint<float>& c = constraints[k].contact;
        warm_start_point(c, c.points[0], true, velocity);
    }
    for (int i = 0; i < velocity_iterations && touching.count > 0; ++i) {
        for (int k = 0; k < touching.count; ++k) {
            solve(constraints[k], velocity);
        }
    }
    for (int k = 0; k < touching.count; ++k) {
        const ContactPoint<float>& point = constraints[k].contact.points[0];
        p.contacts[touching.index[k]].normal_impulse = point.normal_impulse;
        p.contacts[touching.index[k]].tangent_impulse = point.tangent_impulse;
    }
    integrate(p, p.center, velocity, time_step);
    solve_positions(p, touching, position_iterations, correction_rate, contact_tolerance, p.center);
}

// --- Continuous collision

/// A step of one particle under way.
struct ParticleStep {
    Sweep sweep;
    ImpactState impacts[edge_count];
};

/// Time of impact as a fraction of the step, 1 if there is none.
LANDER_FN float impact_alpha(Edge edge, const Sweep& sweep) {
    const Vec2f origin{0.0F, 0.0F};
    const Impact impact = time_of_impact(edge, {&origin, 1}, particle_radius, sweep, origin);
    const float alpha0 = sweep.alpha0;
    return impact.touching ? minimum(alpha0 + (1.0F - alpha0) * impact.t, 1.0F) : 1.0F;
}

/// Earliest impact; of equal times the newest contact's.
LANDER_FN FirstImpact find_first_impact(const Particle& p, const Terrain& terrain,
                                        ParticleStep& step) {
    FirstImpact first{-1, 1.0F};
    for (int i = p.contact_count - 1; i >= 0; --i) {
        ImpactState& state = step.impacts[i];
        if (!p.contacts[i].enabled || state.count > max_impacts_per_contact) {
            continue;
        }
        if (!state.known) {
            state.alpha = impact_alpha(edge_of(terrain, p.contacts[i].edge), step.sweep);
            state.known = true;
        }
        if (state.alpha < first.alpha) {
            first = {i, state.alpha};
        }
    }
    return first;
}

/// Solves the contacts for the rest of the step, without warm start; impulses are not kept.
LANDER_FN void solve_impact(Particle& p, ParticleStep& step, const TouchingContacts& touching,
                            float alpha) {
    Vec2f center = p.center;
    solve_positions(p, touching, impact_position_iterations, impact_correction_rate,
                    impact_contact_tolerance, center);
    step.sweep.c0 = center;
    Velocity<float> velocity{p.velocity, p.spin};
    ParticleConstraint constraints[edge_count];
    for (int k = 0; k < touching.count; ++k) {
        constraints[k] =
            prepare(p, p.contacts[touching.index[k]], touching.ground[k], center, velocity);
    }
    for (int i = 0; i < velocity_iterations; ++i) {
        for (int k = 0; k < touching.count; ++k) {
            solve(constraints[k], velocity);
        }
    }
    integrate(p, center, velocity, (1.0F - alpha) * time_step);
    step.sweep.c = center;
    p.center = center;
}

/// Moves the particle to its impact and solves it. A contact that does not touch there is disabled.
LANDER_FN void handle_impact(Particle& p, const Terrain& terrain, ParticleStep& step,
                             FirstImpact first) {
    const Sweep backup = step.sweep;
    advance(step.sweep, first.alpha);
    step.sweep.c = step.sweep.c0;
    p.center = step.sweep.c;
    update_contact(p.contacts[first.contact], terrain, p.center);
    step.impacts[first.contact].known = false;
    ++step.impacts[first.contact].count;
    if (p.contacts[first.contact].feature == Feature::none) {
        p.contacts[first.contact].enabled = false;
        step.sweep = backup;
        p.center = backup.c;
        return;
    }
    TouchingContacts touching{};
    add(touching, p, first.contact, terrain);
    for (int i = p.contact_count - 1; i >= 0; --i) {
        if (i == first.contact) {
            continue;
        }
        update_contact(p.contacts[i], terrain, p.center);
        if (p.contacts[i].feature != Feature::none) {
            add(touching, p, i, terrain);
        }
    }
    solve_impact(p, step, touching, first.alpha);
    const int before = p.contact_count;
    if (update_box(p, step.sweep.c0)) {
        find_pairs(p, terrain);
    }
    for (int i = 0; i < p.contact_count; ++i) {
        step.impacts[i] = {false, 1.0F, i < before ? step.impacts[i].count : 0};
    }
}

/// Handles one impact after the other.
LANDER_FN void solve_impacts(Particle& p, const Terrain& terrain, Vec2f start) {
    constexpr float end = 1.0F - 10.0F * float_epsilon;
    ParticleStep step{};
    step.sweep.c0 = start;
    step.sweep.c = p.center;
    for (;;) {
        const FirstImpact first = find_first_impact(p, terrain, step);
        if (first.contact < 0 || end < first.alpha) {
            return;
        }
        handle_impact(p, terrain, step, first);
    }
}

/// One step of a particle.
LANDER_FN void move(Particle& p, const Terrain& terrain, float gravity) {
    if (p.fresh) {
        find_pairs(p, terrain);
        p.fresh = false;
    }
    update_contacts(p, terrain);
    const Vec2f start = p.center;
    solve_step(p, terrain, gravity);
    if (update_box(p, start)) {
        find_pairs(p, terrain);
    }
    solve_impacts(p, terrain, start);
}

LANDER_FN Particle make_particle(const NewParticle& from) {
    Particle p{};
    p.main = from.main;
    p.fresh = true;
    p.ttl = from.power;
    p.center = from.position;
    p.velocity = p.velocity + mass_of(p).inv_mass * from.impulse;
    p.fat_box = grown(circle_box(p.center), box_margin);
    return p;
}

/// Ages all particles; removes those without time to live, but none before an older one.
LANDER_FN void age(Particles& particles) {
    for (int i = 0; i < particles.count; ++i) {
        particles.items[i].ttl -= particle_ageing;
    }
    int gone = 0;
    while (gone < particles.count && particles.items[gone].ttl < 0.0) {
        ++gone;
    }
    particles.count -= gone;
    for (int i = 0; i < particles.count && gone > 0; ++i) {
        particles.items[i] = particles.items[i + gone];
    }
}

}  // namespace particle_physics

/// One base step: adds the step's new particles, moves all, ages all.
LANDER_FN void step_particles(Particles& particles, const Terrain& terrain, float gravity,
                              const NewParticles& added) {
    for (int i = 0; i < added.count; ++i) {
        particles.items[particles.count++] = particle_physics::make_particle(added.items[i]);
    }
    for (int i = 0; i < particles.count; ++i) {
        particle_physics::move(particles.items[i], terrain, gravity);
    }
    particle_physics::age(particles);
}

}  // namespace LANDER_NAMESPACE
