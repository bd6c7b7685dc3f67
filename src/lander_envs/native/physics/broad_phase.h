// The broad phase: which body is near which edge.
//
// Box2D keeps fat boxes in a tree; with eleven edges that never move and three bodies the tree is
// replaced by comparisons. What must be kept is when a fat box is renewed, that only a renewed box
// looks for pairs, and the order in which pairs are found: edges first, then bodies, as created.
#pragma once

#include "physics/world_state.h"

namespace LANDER_NAMESPACE {

/// Renews a fat box if the path of this step leaves the old one. Returns true if renewed.
LANDER_FN bool renew_fat_box(Box& box, const Box& swept, Vec2f motion) {
    if (contains(box, swept)) {
        return false;
    }
    Box fat = grown(swept, box_margin);
    const Vec2f ahead = box_prediction * motion;
    if (ahead.x < 0.0F) {
        fat.lower.x += ahead.x;
    } else {
        fat.upper.x += ahead.x;
    }
    if (ahead.y < 0.0F) {
        fat.lower.y += ahead.y;
    } else {
        fat.upper.y += ahead.y;
    }
    box = fat;
    return true;
}

LANDER_FN bool update_fat_box(Body& body, const Polygon& shape, Posef start) {
    const Box swept = around(box_of(shape, start), box_of(shape, body.pose));
    return renew_fat_box(body.fat_box, swept, body.pose.p - start.p);
}

LANDER_FN bool has_contact(const World& world, int edge, int body) {
    for (int i = 0; i < world.contact_count; ++i) {
        if (world.contacts[i].edge == edge && world.contacts[i].body == body) {
            return true;
        }
    }
    return false;
}

LANDER_FN void add_contact(World& world, int edge, int body) {
    Contact& contact = world.contacts[world.contact_count++];
    contact = Contact{};
    contact.edge = static_cast<u8>(edge);
    contact.body = static_cast<u8>(body);
    contact.enabled = true;
}

/// Whether an edge, fat box and all, is below a height: a look at the terrain that saves making the
/// box. (A fat box ends 0.11 above its edge; the rest is room for rounding.)
LANDER_FN bool is_below(const Terrain& terrain, int edge, float y) {
    constexpr double reach = 0.2;
    const double from = edge == 0 ? 0.0 : terrain.heights[edge - 1];
    const double to = edge == 0 ? 0.0 : terrain.heights[edge];
    return from + reach < y && to + reach < y;
}

/// Adds a contact for every new pair of a renewed box. A new pair wakes its body: a landing can be
/// undone in the very step in which the lander falls asleep.
template <class Trace>
LANDER_FN void find_new_pairs(World& world, const bool renewed[body_count], Trace& trace) {
    if (!renewed[0] && !renewed[1] && !renewed[2]) {
        return;
    }
    float lowest = float_max;
    for (int body = 0; body < body_count; ++body) {
        lowest = renewed[body] ? minimum(lowest, world.bodies[body].fat_box.lower.y) : lowest;
    }
    for (int edge = 0; edge < edge_count; ++edge) {
        if (is_below(world.terrain, edge, lowest)) {
            continue;
        }
        const Box box = fat_box_of(edge_of(world.terrain, edge));
        for (int body = 0; body < body_count; ++body) {
            if (renewed[body] && overlap(box, world.bodies[body].fat_box) &&
                !has_contact(world, edge, body)) {
                add_contact(world, edge, body);
                if (wake(world.bodies[body])) {
                    trace.event(Event::wake_by_new_pair);
                }
            }
        }
    }
}

}  // namespace LANDER_NAMESPACE
