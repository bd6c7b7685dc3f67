// Flames as bytes: what a lander that draws adds to its state, checked on the way in as the rest.
#pragma once

#include "env/particles.h"
#include "env/serialize.h"

namespace LANDER_NAMESPACE {

inline constexpr u32 flames_magic = 0x4d4c4652;  // "RFLM"

/// An upper bound of the size of the flames.
inline constexpr int flames_capacity = 3072;

namespace layout {

/// At most two particles are born a step, and each ages in its first step too: this is the longest
/// that a particle with so many younger ones can still have to live. A list that keeps to it
/// never outgrows its capacity.
LANDER_FN double longest_ttl(int younger) {
    constexpr double rounding = 1.0e-9;
    return 1.0 - particle_ageing * (younger / 2 + 1) + rounding;
}

template <class Archive>
LANDER_FN void particle_contact(Archive& ar, ParticleContact& c) {
    ar.small(c.edge, edge_count, "particle.edge", "below 11");
    u8 feature = static_cast<u8>(c.feature);
    ar.small(feature, 5, "particle.feature", "below 5");
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
LANDER_FN void particles(Archive& ar, Flames& f) {
    u64 magic = flames_magic;
    ar.integer(magic, 4, "magic");
    ar.require(magic == flames_magic, "state", "as long as it was when it was cloned",
               static_cast<double>(magic));
    u8 count = static_cast<u8>(f.count);
    ar.small(count, particle_capacity - 1, "particle_count", "12 at most");
    f.count = 0;
    for (int i = 0; i < count && !ar.failed(); ++i) {
        particle(ar, f.particles[i], count - 1 - i);
        f.count = i + 1;
    }
}

}  // namespace layout

/// Writes the flames behind a state; `out` holds at least flames_capacity bytes.
LANDER_FN int write_flames(const Flames& flames, u8* out) {
    Flames copy = flames;
    StateWriter writer(out);
    layout::particles(writer, copy);
    return writer.size();
}

/// Reads a state, and the flames where some follow; otherwise there are none. On a fault both are
/// left as they were.
LANDER_FN StateFault read_state_and_flames(State& state, Flames& flames, const u8* in, u64 size) {
    State copy{};
    Flames copied{};
    StateReader reader(in, size);
    layout::exchange(reader, copy);
    if (!reader.failed() && reader.left() > 0) {
        layout::particles(reader, copied);
    }
    reader.require(reader.left() == 0, "state", "as long as it was when it was cloned",
                   static_cast<double>(reader.left()));
    if (!reader.failed()) {
        take_over(state, copy);
        flames = copied;
    }
    return reader.fault();
}

}  // namespace LANDER_NAMESPACE
