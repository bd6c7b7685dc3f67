// Sleep: bodies that are slow for half a second are no longer simulated.
//
// The three bodies are one island, so they fall asleep together, and only in a step whose position
// iterations converged. Sleep sets the velocities to zero: the observation of a landing has exact
// zeros.
#pragma once

#include "physics/world.h"

namespace LANDER_NAMESPACE {

LANDER_FN bool any_awake(const World& world) {
    return world.bodies[0].awake || world.bodies[1].awake || world.bodies[2].awake;
}

LANDER_FN bool is_slow(const Body& body) {
    constexpr float linear = linear_sleep_tolerance * linear_sleep_tolerance;
    constexpr float angular = angular_sleep_tolerance * angular_sleep_tolerance;
    return !(body.spin * body.spin > angular || dot(body.velocity, body.velocity) > linear);
}

/// Counts the time that the bodies have been slow, and puts them to sleep (the end of
/// b2Island::Solve).
template <class Trace>
LANDER_FN void update_sleep(World& world, bool positions_solved, Trace& trace) {
    float shortest = float_max;
    for (Body& body : world.bodies) {
        body.sleep_time = is_slow(body) ? body.sleep_time + time_step : 0.0F;
        shortest = minimum(shortest, body.sleep_time);
    }
    if (shortest >= time_to_sleep && positions_solved) {
        trace.event(Event::fell_asleep);
        for (Body& body : world.bodies) {
            put_to_sleep(body);
        }
    }
}

}  // namespace LANDER_NAMESPACE
