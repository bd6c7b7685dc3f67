// Sleep: bodies that have been slow for half a second stop being simulated.
//
// All three bodies hang together, so they fall asleep together, and only in a step in which
// position correction finished. Falling asleep zeroes the velocities: the observation of a landing
// has exact zeros.
#pragma once

#include "physics/world_state.h"

namespace LANDER_NAMESPACE {

LANDER_FN bool is_slow(const Body& body) {
    constexpr float linear = linear_sleep_tolerance * linear_sleep_tolerance;
    constexpr float angular = angular_sleep_tolerance * angular_sleep_tolerance;
    return !(body.spin * body.spin > angular || dot(body.velocity, body.velocity) > linear);
}

template <class Trace>
LANDER_FN void consider_sleep(World& world, bool positions_solved, Trace& trace) {
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
