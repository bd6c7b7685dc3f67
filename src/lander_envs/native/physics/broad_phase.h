// Broad phase: pairs of edges and bodies whose fat boxes overlap.
//
// Box2D has a tree of fat boxes; for eleven edges and three bodies, comparisons replace it. As in
// Box2D, a fat box is updated only when it is left, only an updated box finds new pairs, and pairs
// come in the order of edges, then of bodies.
#pragma once

#include "physics/world.h"

namespace LANDER_NAMESPACE {

/// Updates a fat box if the swept box leaves it (b2DynamicTree::MoveProxy). Returns true if
/// updated.
LANDER_FN bool update_fat_box(Box& box, const Box& swept, Vec2f motion) {
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

/// Updates a body's fat box for its motion from the pose `start` (b2Fixture::Synchronize).
LANDER_FN bool update_fat_box(Body& body, const Polygon& shape, Posef start) {
    const Box swept = around(box_of(shape, start), box_of(shape, body.pose));
    return update_fat_box(body.fat_box, swept, body.pose.p - start.p);
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

/// True only if an edge's fat box is below a height: a cheap test on the terrain. (A fat box ends
/// 0.11 above its edge; the rest is a margin for rounding.)
LANDER_FN bool is_below(const Terrain& terrain, int edge, float y) {
    constexpr double reach = 0.2;
    const double from = edge == 0 ? 0.0 : terrain.heights[edge - 1];
    const double to = edge == 0 ? 0.0 : terrain.heights[edge];
    return from + reach < y && to + reach < y;
}

/// Adds a contact for every new pair of an updated box (b2ContactManager::FindNewContacts). A new
/// pair wakes its body, even in the step in which the lander falls asleep.
template <class Trace>
LANDER_FN void find_new_pairs(World& world, const bool updated[body_count], Trace& trace) {
    if (!updated[0] && !updated[1] && !updated[2]) {
        return;
    }
    float lowest = float_max;
    for (int body = 0; body < body_count; ++body) {
        lowest = updated[body] ? minimum(lowest, world.bodies[body].fat_box.lower.y) : lowest;
    }
    for (int edge = 0; edge < edge_count; ++edge) {
        if (is_below(world.terrain, edge, lowest)) {
            continue;
        }
        const Box box = fat_box_of(edge_of(world.terrain, edge));
        for (int body = 0; body < body_count; ++body) {
            if (updated[body] && overlap(box, world.bodies[body].fat_box) &&
                !has_contact(world, edge, body)) {
                add_contact(world, edge, body);
                if (wake(world.bodies[body])) {
                    trace.event(Event::wake_by_new_pair);
                }
            }
        }
    }
}

/// Updates the fat boxes of the bodies and finds new pairs. Runs after the discrete solver and
/// after the update of sleep, which a new pair overrules.
template <class Trace>
LANDER_FN void update_broad_phase(World& world, const WorldStep& step, Trace& trace) {
    bool updated[body_count];
    for (int i = 0; i < body_count; ++i) {
        const BodyStep& body = step.bodies[i];
        updated[i] = body.left_box && update_fat_box(world.bodies[i], polygon(i), body.start);
    }
    find_new_pairs(world, updated, trace);
}

}  // namespace LANDER_NAMESPACE
