// Serialization of particles, which follow the state of a lander that simulates them.
#pragma once

#include "env/particles.h"
#include "env/serialize.h"

namespace LANDER_NAMESPACE {

inline constexpr u32 particles_magic = 0x4d4c4652;  // "RFLM"

/// Maximum size of the particles in bytes.
inline constexpr int particles_capacity = 3072;

namespace layout {

/// Maximum time to live of a particle with so many younger ones: at most two are added a step, and
/// a new one ages in its first step. A list within these bounds never outgrows its capacity.
LANDER_FN double longest_ttl(int younger) {
    constexpr double rounding = 1.0e-9;
    return 1.0 - particle_ageing * (younger / 2 + 1) + rounding;
}

template <class Archive>
LANDER_FN void particle_contact(Archive& ar, ParticleContact& c) {
    ar.small(c.edge, edge_count, "particle.edge", "below 11");
    u8 feature = static_cast<u8>(c.feature);
    ar.small(feature, feature_count, "particle.feature", "below 5");
    c.feature = static_cast<Feature>(feature);
    ar.flag(c.enabled, "particle.enabled");
    ar.number(c.normal_impulse, 0.0, state_bound, "particle.normal_impulse", "between 0 and 1e9");
    real(ar, c.tangent_impulse, "particle.tangent_impulse");
}

template <class Archive>
LANDER_FN void particle(Archive& ar, Particle& p, int younger) {
    vector(ar, p.center, "particle.center");
    vector(ar, p.velocity, "particle.velocity");
    real(ar, p.spin, "particle.spin");
    vector(ar, p.fat_box.lower, "particle.fat_box");
    vector(ar, p.fat_box.upper, "particle.fat_box");
    ar.flag(p.main, "particle.main");
    ar.number(p.ttl, -1.0, longest_ttl(younger), "particle.ttl",
              "what its place in the list allows");
    u8 count = static_cast<u8>(p.contact_count);
    ar.small(count, edge_count + 1, "particle.contact_count", "11 at most");
    p.contact_count = 0;
    for (int i = 0; i < count && !ar.failed(); ++i) {
        particle_contact(ar, p.contacts[i]);
        for (int k = 0; k < i; ++k) {
            ar.require(p.contacts[k].edge != p.contacts[i].edge, "particle.edge", "named once",
                       p.contacts[i].edge);
        }
        p.contact_count = i + 1;
    }
}

template <class Archive>
LANDER_FN void particles(Archive& ar, Particles& p) {
    u64 magic = particles_magic;
    ar.integer(magic, 4, "magic");
    ar.require(magic == particles_magic, "state", "as long as it was when it was cloned",
               static_cast<double>(magic));
    u8 count = static_cast<u8>(p.count);
    ar.small(count, particle_capacity - 1, "particle_count", "12 at most");
    p.count = 0;
    for (int i = 0; i < count && !ar.failed(); ++i) {
        particle(ar, p.items[i], count - 1 - i);
        p.count = i + 1;
    }
}

}  // namespace layout

/// Writes particles to `out` (particles_capacity bytes). Returns the number of bytes.
LANDER_FN int write_particles(const Particles& particles, u8* out) {
    Particles copy = particles;
    StateWriter writer(out);
    layout::particles(writer, copy);
    return writer.size();
}

/// Validates particles whose bytes someone may have changed, like `check_state`.
LANDER_FN void check_particles(StateChecker& ar, Particles& particles) {
    ar.count(particles.count, particle_capacity - 2, "particle_count", "12 at most");
    for (int i = 0; i < particles.count && !ar.failed(); ++i) {
        ar.count(particles.items[i].contact_count, edge_count, "particle.contact_count",
                 "11 at most");
    }
    if (!ar.failed()) {
        layout::particles(ar, particles);
    }
}

/// Reads a state, and the particles if some follow. A fault leaves both unchanged.
LANDER_FN StateFault read_state_and_particles(State& state, Particles& particles, const u8* in,
                                              u64 size) {
    State copy{};
    Particles copied{};
    StateReader reader(in, size);
    layout::exchange(reader, copy);
    if (!reader.failed() && reader.left() > 0) {
        layout::particles(reader, copied);
    }
    reader.require(reader.left() == 0, "state", "as long as it was when it was cloned",
                   static_cast<double>(reader.left()));
    if (!reader.failed()) {
        assign_read(state, copy);
        particles = copied;
    }
    return reader.fault();
}

}  // namespace LANDER_NAMESPACE
