// What the physics remembers from step to step, as plain data.
#pragma once

#include "physics/contact.h"
#include "physics/joint.h"
#include "physics/trace.h"

namespace LANDER_NAMESPACE {

struct Body {
    Vec2f center;  // of mass
    float angle;
    Vec2f velocity;  // of the centre of mass
    float spin;
    Posef pose;   // of the origin, always that of center and angle between steps
    Box fat_box;  // in the broad phase
    float sleep_time;
    bool awake;
};

struct World {
    Body bodies[body_count];
    Joint joints[joint_count];
    // Oldest first. Box2D keeps its lists newest first, so loops run backwards; the list of one
    // body is the part of this list that concerns it, in the same order.
    Contact contacts[contact_capacity];
    i32 contact_count;
    Terrain terrain;
    bool game_over;                    // the hull has touched the moon
    bool ground_contact[joint_count];  // the legs' flags, as the env's contact listener sets them
};

/// Wakes a body; returns true if it slept.
LANDER_FN bool wake(Body& body) {
    if (body.awake) {
        return false;
    }
    body.awake = true;
    body.sleep_time = 0.0F;
    return true;
}

LANDER_FN void put_to_sleep(Body& body) {
    body.awake = false;
    body.sleep_time = 0.0F;
    body.velocity = {0.0F, 0.0F};
    body.spin = 0.0F;
}

LANDER_FN void update_pose(Body& body, int index) {
    body.pose = pose_of(body.center, body.angle, mass(index).local_center);
}

// The env's contact listener. It knows legs by flags, not counts: losing one contact clears the
// flag although another edge may still touch.

template <class Trace>
LANDER_FN void begin_contact(World& world, const Contact& contact, Trace& trace) {
    trace.event(Event::begin_contact);
    trace.begin_contact(contact);
    if (contact.body == hull) {
        world.game_over = true;
    } else {
        world.ground_contact[contact.body - first_leg] = true;
    }
}

template <class Trace>
LANDER_FN void end_contact(World& world, const Contact& contact, Trace& trace) {
    trace.event(Event::end_contact);
    trace.end_contact(contact);
    if (contact.body == hull) {
        return;
    }
    world.ground_contact[contact.body - first_leg] = false;
    for (int i = 0; i < world.contact_count; ++i) {
        const Contact& other = world.contacts[i];
        if (&other != &contact && other.body == contact.body && other.touching) {
            trace.event(Event::end_of_one_of_several);
            return;
        }
    }
}

}  // namespace LANDER_NAMESPACE
