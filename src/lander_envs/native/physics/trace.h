// Trace: callbacks for contacts (Box2D's contact listener) and for other events of a step.
//
// Functions take a Trace as a template parameter. NoTrace does nothing, at no cost. Tests define
// traces that count events, to know which rare cases a run has met.
#pragma once

#include "physics/constants.h"

namespace LANDER_NAMESPACE {

struct Contact;

enum class Event : int {
    begin_contact,
    end_contact,
    end_of_one_of_several,  // a leg lost a contact while another of its contacts still touched
    manifold_on_edge,       // reference face on the edge, counted once an update
    manifold_on_polygon,
    one_point_fallback,  // the block solver's matrix is ill-conditioned
    limit_change,        // a leg reached or left a limit of its joint
    fell_asleep,
    wake_by_new_pair,    // a new pair woke a sleeping body
    wake_by_force,       // an engine or the wind woke the hull
    impact,              // sub-step at a time of impact
    impact_again,        // second or later impact of a step
    impact_rejected,     // no contact points at the time of impact
    impact_limit,        // a contact had its eight impacts and is skipped
    impact_with_others,  // other contacts of the body took part in an impact
    speed_clamped,       // more than two units or a quarter turn in a step
    positions_unsolved,  // position iterations ran out
    count
};

inline constexpr int event_count = static_cast<int>(Event::count);

/// Trace that ignores everything, and the interface of all others.
struct NoTrace {
    LANDER_FN void event(Event) {}
    LANDER_FN void begin_contact(const Contact&) {}
    LANDER_FN void end_contact(const Contact&) {}
    LANDER_FN void pre_solve(const Contact&) {}
    template <class Constraint>
    LANDER_FN void post_solve(const Contact&, const Constraint&, int /*lane*/) {}
};

}  // namespace LANDER_NAMESPACE
