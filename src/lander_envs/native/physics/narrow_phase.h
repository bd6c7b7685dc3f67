// Narrow phase: updates the manifolds of the contacts and reports which contacts begin and end.
#pragma once

#include "physics/world.h"

namespace LANDER_NAMESPACE {

/// Copies the impulses of points with the same feature pair.
LANDER_FN void match_impulses(Manifold& now, const Manifold& before) {
    for (int i = 0; i < now.count; ++i) {
        ManifoldPoint& point = now.points[i];
        point.normal_impulse = 0.0F;
        point.tangent_impulse = 0.0F;
        for (int k = 0; k < before.count; ++k) {
            if (before.points[k].id == point.id) {
                point.normal_impulse = before.points[k].normal_impulse;
                point.tangent_impulse = before.points[k].tangent_impulse;
                break;
            }
        }
    }
}

/// Updates one contact (b2Contact::Update).
template <class Trace>
LANDER_FN void update_contact(World& world, Contact& contact, Trace& trace) {
    const Manifold before = contact.manifold;
    const bool touched = contact.touching;
    Body& body = world.bodies[contact.body];
    contact.enabled = true;
    collide(contact.manifold, edge_of(world.terrain, contact.edge), polygon(contact.body),
            body.pose);
    match_impulses(contact.manifold, before);
    contact.touching = contact.manifold.count > 0;
    if (contact.touching) {
        trace.event(contact.manifold.reference == Reference::edge ? Event::manifold_on_edge
                                                                  : Event::manifold_on_polygon);
    }
    if (contact.touching != touched) {
        wake(body);
        if (contact.touching) {
            begin_contact(world, contact, trace);
        } else {
            end_contact(world, contact, trace);
        }
    }
    if (contact.touching) {
        trace.pre_solve(contact);
    }
}

template <class Trace>
LANDER_FN void remove_contact(World& world, int index, Trace& trace) {
    if (world.contacts[index].touching) {
        end_contact(world, world.contacts[index], trace);
    }
    --world.contact_count;
    for (int i = index; i < world.contact_count; ++i) {
        world.contacts[i] = world.contacts[i + 1];
    }
}

/// Updates all contacts, newest first; removes those whose fat boxes no longer overlap
/// (b2ContactManager::Collide).
template <class Trace>
LANDER_FN void update_contacts(World& world, Trace& trace) {
    for (int i = world.contact_count - 1; i >= 0; --i) {
        Contact& contact = world.contacts[i];
        const Body& body = world.bodies[contact.body];
        if (!body.awake) {
            continue;
        }
        if (overlap(fat_box_of(edge_of(world.terrain, contact.edge)), body.fat_box)) {
            update_contact(world, contact, trace);
        } else {
            remove_contact(world, i, trace);
        }
    }
}

}  // namespace LANDER_NAMESPACE
