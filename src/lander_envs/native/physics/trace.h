// What a simulation may tell about itself while it runs.
//
// The core calls a `Trace` at the moments below. NoTrace costs nothing; CountingTrace counts the
// events that are too rare to trust a parity run that never met them; tests define richer ones.
#pragma once

#include "physics/constants.h"

namespace LANDER_NAMESPACE {

struct Contact;
struct Jet;

enum class Event : int {
    begin_contact,
    end_contact,
    end_of_one_of_several,  // a leg lost a contact while another of its contacts still touched
    manifold_on_edge,       // reference face on the edge, counted once an update
    manifold_on_polygon,
    one_point_fallback,  // two points too much alike for the block solver
    limit_change,        // a leg reached or left a limit of its joint
    fell_asleep,
    wake_by_new_pair,    // a body that slept met a new pair
    wake_by_force,       // an engine or the wind woke the hull
    impact,              // a sub-step at a time of impact
    impact_again,        // the second and later ones of a step
    impact_rejected,     // empty at its time of impact
    impact_limit,        // a contact had its eight impacts and takes part no more
    impact_with_others,  // other contacts of the body took part in an impact
    speed_clamped,       // more than two units or a quarter turn in a step
    positions_unsolved,  // position iterations ran out
    count
};

inline constexpr int event_count = static_cast<int>(Event::count);

struct NoTrace {
    LANDER_FN void event(Event) {}
    LANDER_FN void jet(const Jet&) {}  // an engine fires
    LANDER_FN void begin_contact(const Contact&) {}
    LANDER_FN void end_contact(const Contact&) {}
    LANDER_FN void pre_solve(const Contact&) {}
    template <class Constraint>
    LANDER_FN void post_solve(const Contact&, const Constraint&, int /*lane*/) {}
};

struct CountingTrace : NoTrace {
    u64 counts[event_count] = {};
    LANDER_FN void event(Event e) { ++counts[static_cast<int>(e)]; }
};

}  // namespace LANDER_NAMESPACE
