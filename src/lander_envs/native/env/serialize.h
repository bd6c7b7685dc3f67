// Serialization of a state: bytes in a versioned, little-endian layout, validated when read.
//
// `exchange` lists every field once, with its allowed values; writer and reader share the list.
// Derived values (poses) are computed again, and unused contact points are not written.
#pragma once

#include "env/archives.h"
#include "env/lander.h"

namespace LANDER_NAMESPACE {

inline constexpr u32 state_magic = 0x52444e4c;  // "LNDR"
inline constexpr u32 state_version = 1;

// Bound of all numbers: far beyond any simulation, and small enough to keep later results finite.
inline constexpr double state_bound = 1.0e9;
inline constexpr double speed_bound = 1.0e6;
// Points of a manifold lie on the terrain or on a body, within 20 world units of their origin.
inline constexpr double manifold_bound = 100.0;
inline constexpr double unit_bound = 1.001;  // of a unit vector's parts, which are rounded

/// Maximum size of a state in bytes.
inline constexpr int state_capacity = 4096;

namespace layout {

inline constexpr const char* magnitude_rule = "a number between -1e9 and 1e9";

template <class Archive>
LANDER_FN void real(Archive& ar, float& value, const char* name) {
    ar.number(value, -state_bound, state_bound, name, magnitude_rule);
}

template <class Archive>
LANDER_FN void vector(Archive& ar, Vec2f& value, const char* name) {
    real(ar, value.x, name);
    real(ar, value.y, name);
}

/// Velocities are far smaller: a step moves a body by 2 units and a quarter turn at most.
template <class Archive>
LANDER_FN void speed(Archive& ar, float& value, const char* name) {
    ar.number(value, -speed_bound, speed_bound, name, "a number between -1e6 and 1e6");
}

/// Point in a manifold: beyond this the solver's products overflow.
template <class Archive>
LANDER_FN void manifold_point(Archive& ar, Vec2f& value) {
    constexpr const char* rule = "a number between -100 and 100";
    ar.number(value.x, -manifold_bound, manifold_bound, "contact.local_point", rule);
    ar.number(value.y, -manifold_bound, manifold_bound, "contact.local_point", rule);
}

template <class Archive>
LANDER_FN void unit_vector(Archive& ar, Vec2f& value, const char* name) {
    constexpr const char* rule = "a number between -1 and 1";
    ar.number(value.x, -unit_bound, unit_bound, name, rule);
    ar.number(value.y, -unit_bound, unit_bound, name, rule);
}

template <class Archive>
LANDER_FN void random(Archive& ar, Pcg64& r) {
    ar.integer(r.state.high, 8, "random.state");
    ar.integer(r.state.low, 8, "random.state");
    ar.integer(r.increment.high, 8, "random.increment");
    ar.integer(r.increment.low, 8, "random.increment");
    ar.require((r.increment.low & 1) == 1, "random.increment", "odd",
               static_cast<double>(r.increment.low));
    u64 has_half = r.has_half, half = r.half;
    ar.integer(has_half, 4, "random.has_half");
    ar.integer(half, 4, "random.half");
    ar.require(has_half <= 1, "random.has_half", "0 or 1", static_cast<double>(has_half));
    r.has_half = static_cast<u32>(has_half);
    r.half = static_cast<u32>(half);
}

template <class Archive>
LANDER_FN void body(Archive& ar, Body& b) {
    vector(ar, b.center, "body.center");
    real(ar, b.angle, "body.angle");
    speed(ar, b.velocity.x, "body.velocity");
    speed(ar, b.velocity.y, "body.velocity");
    speed(ar, b.spin, "body.spin");
    vector(ar, b.fat_box.lower, "body.fat_box");
    vector(ar, b.fat_box.upper, "body.fat_box");
    ar.require(b.fat_box.lower.x <= b.fat_box.upper.x && b.fat_box.lower.y <= b.fat_box.upper.y,
               "body.fat_box", "a box whose lower corner is below its upper one",
               b.fat_box.lower.x);
    // Exceeds time_to_sleep while the position iterations do not converge.
    ar.number(b.sleep_time, 0.0, state_bound, "body.sleep_time", "between 0 and 1e9");
    ar.flag(b.awake, "body.awake");
    const bool still = b.velocity.x == 0.0F && b.velocity.y == 0.0F && b.spin == 0.0F;
    ar.require(b.awake || still, "body.awake", "1 for a body that moves", 0.0);
}

template <class Archive>
LANDER_FN void joint(Archive& ar, Joint& j) {
    vector(ar, j.impulse, "joint.impulse");
    real(ar, j.angular_impulse, "joint.angular_impulse");
    real(ar, j.motor_impulse, "joint.motor_impulse");
    u8 limit = static_cast<u8>(j.limit);
    ar.small(limit, limit_count, "joint.limit", "0, 1 or 2");
    j.limit = static_cast<Limit>(limit);
}

template <class Archive>
LANDER_FN void point(Archive& ar, ManifoldPoint& p) {
    manifold_point(ar, p.local_point);
    ar.number(p.normal_impulse, 0.0, state_bound, "contact.normal_impulse", "between 0 and 1e9");
    real(ar, p.tangent_impulse, "contact.tangent_impulse");
    u64 id = p.id;
    ar.integer(id, 4, "contact.id");
    p.id = static_cast<u32>(id);
    const bool corners = (p.id & 0xff) < max_vertices && (p.id >> 8 & 0xff) < max_vertices;
    const bool kinds = (p.id >> 16 & 0xff) <= 1 && p.id >> 24 <= 1;
    ar.require(corners && kinds, "contact.id", "a pair of features of the shapes",
               static_cast<double>(p.id));
}

template <class Archive>
LANDER_FN void contact(Archive& ar, Contact& c) {
    ar.small(c.edge, edge_count, "contact.edge", "below 11");
    ar.small(c.body, body_count, "contact.body", "0, 1 or 2");
    ar.flag(c.touching, "contact.touching");
    ar.flag(c.enabled, "contact.enabled");
    ar.small(c.manifold.count, max_manifold_points + 1, "contact.count", "0, 1 or 2");
    ar.require(c.touching == (c.manifold.count > 0), "contact.touching",
               "1 where the contact has points, 0 elsewhere", c.touching ? 1.0 : 0.0);
    if (c.manifold.count == 0) {
        return;
    }
    u8 reference = static_cast<u8>(c.manifold.reference);
    ar.small(reference, reference_count, "contact.reference", "0 or 1");
    c.manifold.reference = static_cast<Reference>(reference);
    unit_vector(ar, c.manifold.local_normal, "contact.local_normal");
    manifold_point(ar, c.manifold.local_point);
    for (int i = 0; i < c.manifold.count; ++i) {
        point(ar, c.manifold.points[i]);
    }
}

template <class Archive>
LANDER_FN void contacts(Archive& ar, World& w) {
    u8 count = static_cast<u8>(w.contact_count);
    ar.small(count, contact_capacity + 1, "contact_count", "33 at most");
    w.contact_count = 0;
    for (int i = 0; i < count && !ar.failed(); ++i) {
        contact(ar, w.contacts[i]);
        const Contact& c = w.contacts[i];
        if constexpr (Archive::reading) {
            ar.require(!has_contact(w, c.edge, c.body), "contact.edge", "named once for each body",
                       c.edge);
        }
        w.contact_count = i + 1;
    }
}

template <class Archive>
LANDER_FN void world(Archive& ar, World& w) {
    constexpr double highest = height / 2.0;
    for (int i = 0; i < terrain_points; ++i) {
        double& h = w.terrain.heights[i];
        ar.number(h, 0.0, highest, "terrain.height", "between 0 and half the picture's height");
        const bool pad = i >= helipad_first_point && i <= helipad_last_point;
        ar.require(!pad || h == pad_terrain_height(), "terrain.height", "the pad's height there",
                   h);
    }
    ar.flag(w.game_over, "game_over");
    for (bool& flag : w.ground_contact) {
        ar.flag(flag, "ground_contact");
    }
    for (Body& b : w.bodies) {
        body(ar, b);
    }
    for (Joint& j : w.joints) {
        joint(ar, j);
    }
    contacts(ar, w);
}

/// Reads or writes all fields of a state, in the order of the layout.
template <class Archive>
LANDER_FN void exchange(Archive& ar, State& s) {
    u64 magic = state_magic, version = state_version;
    ar.integer(magic, 4, "magic");
    ar.integer(version, 4, "version");
    ar.require(magic == state_magic, "state", "bytes that clone_state made",
               static_cast<double>(magic));
    ar.require(version == state_version, "version", "1, the layout of this release",
               static_cast<double>(version));
    random(ar, s.random);
    constexpr double highest_shaping = 2.0 * leg_contact_weight;  // all other terms are negative
    ar.number(s.previous_shaping, -1.0e12, highest_shaping, "previous_shaping",
              "between -1e12 and 20");
    ar.flag(s.has_shaping, "has_shaping");
    ar.require(s.has_shaping, "has_shaping", "1: a reset takes a first step", 0.0);
    ar.index(s.wind_index, "wind_index");
    ar.index(s.torque_index, "torque_index");
    world(ar, s.world);
}

}  // namespace layout

/// Writes a state to `out` (state_capacity bytes). Returns the number of bytes.
LANDER_FN int write_state(const State& state, u8* out) {
    State copy = state;
    StateWriter writer(out);
    layout::exchange(writer, copy);
    return writer.size();
}

/// Completes a state that was read, and assigns it.
LANDER_FN void assign_read(State& state, State& read) {
    for (int i = 0; i < body_count; ++i) {
        update_pose(read.world.bodies[i], i);
    }
    state = read;
}

/// Validates a state whose bytes someone may have changed, by the rules of `read_state`.
LANDER_FN void check_state(StateChecker& ar, State& state) {
    ar.count(state.world.contact_count, contact_capacity, "contact_count", "33 at most");
    for (Body& body : state.world.bodies) {
        layout::vector(ar, body.pose.p, "body.pose");
        ar.number(body.pose.q.s, -unit_bound, unit_bound, "body.pose", "a sine");
        ar.number(body.pose.q.c, -unit_bound, unit_bound, "body.pose", "a cosine");
    }
    if (!ar.failed()) {
        layout::exchange(ar, state);
    }
}

/// Reads a state. A fault leaves `state` unchanged.
LANDER_FN StateFault read_state(State& state, const u8* in, u64 size) {
    State copy{};
    StateReader reader(in, size);
    layout::exchange(reader, copy);
    reader.require(reader.left() == 0, "state", "as long as it was when it was cloned",
                   static_cast<double>(reader.left()));
    if (!reader.failed()) {
        assign_read(state, copy);
    }
    return reader.fault();
}

}  // namespace LANDER_NAMESPACE
