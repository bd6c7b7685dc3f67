// World: the state of the physics between steps, and a step under way, as plain data.
#pragma once

#include "physics/contact.h"
#include "physics/joint.h"
#include "physics/trace.h"

namespace LANDER_NAMESPACE {

struct Body {
    Vec2f center;  // centre of mass
    float angle;
    Vec2f velocity;  // of the centre of mass
    float spin;      // angular velocity
    Posef pose;      // of the origin; between steps it follows from center and angle
    Box fat_box;     // in the broad phase
    float sleep_time;
    bool awake;
};

struct World {
    Body bodies[body_count];
    Joint joints[joint_count];
    // Oldest first. Box2D's lists are newest first, so loops run backwards. A body's contact list
    // is the part of this list with its contacts, in the same order.
    Contact contacts[contact_capacity];
    i32 contact_count;
    Terrain terrain;
    bool game_over;                    // the hull has touched the moon
    bool ground_contact[joint_count];  // the legs' flags, as the env's contact listener sets them
};

/// Force and torque on the hull during a step, beside gravity.
struct Load {
    Vec2f force;
    float torque;
};

/// A body's motion in a step.
struct BodyStep {
    Sweep sweep;    // written by the solver: its start; by solve_impacts: its end
    Posef start;    // pose at the start
    bool left_box;  // the motion leaves the fat box
};

/// A contact's time of impact in a step.
struct ImpactState {
    bool known;
    float alpha;
    int count;  // impacts so far
};

/// A step of the world under way. The moon has a time too, although it does not move: a contact's
/// body is advanced to the later time of the two.
struct WorldStep {
    Load load;
    BodyStep bodies[body_count];
    float moon_alpha0;
    ImpactState impacts[contact_capacity];
};

/// Wakes a body. Returns true if it slept.
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

/// Pose of a body from its centre of mass and angle.
LANDER_FN void update_pose(Body& body, int index) {
    body.pose = pose_of(body.center, body.angle, mass(index).local_center);
}

// The env's contact listener. A leg has one flag, not a count of contacts: the end of one contact
// clears it, although the leg may still touch another edge.

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
