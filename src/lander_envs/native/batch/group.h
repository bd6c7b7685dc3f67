// Group step: up to `group_size` landers, solved in lanes.
#pragma once

#include "batch/entry.h"

namespace LANDER_NAMESPACE {

/// Maximum number of landers that are stepped together: enough to fill lanes, few enough for the
/// cache.
inline constexpr int group_size = 256;

// Contact pattern: the island order, and the number of solved contacts of each body, up to a
// maximum. The solver does the same work for worlds of one pattern.
inline constexpr int max_counted_contacts = 3;
inline constexpr int contact_counts = max_counted_contacts + 1;
inline constexpr int island_orders = 2;
inline constexpr int pattern_count =
    island_orders * contact_counts * contact_counts * contact_counts;

LANDER_FN int contact_pattern(const World& world) {
    int contacts[body_count] = {};
    for (int i = 0; i < world.contact_count; ++i) {
        int& count = contacts[world.contacts[i].body];
        if (is_solved(world.contacts[i]) && count < max_counted_contacts) {
            ++count;
        }
    }
    int pattern = island_order(world).joints[0] == 1 ? 0 : 1;
    for (const int count : contacts) {
        pattern = pattern * contact_counts + count;
    }
    return pattern;
}

/// Lists the lane steps of a group, sorted by contact pattern (counting sort). Returns their
/// number; `first_order` is the number of those with the first island order.
LANDER_FN int sort_by_pattern(const EntryStep* steps, LanderStep* lander_steps, int count,
                              LaneStep<NoTrace>* lanes, int& first_order, NoTrace& trace) {
    u8 patterns[group_size];
    int starts[pattern_count + 1] = {};
    for (int i = 0; i < count; ++i) {
        if (lander_steps[i].awake) {
            patterns[i] = static_cast<u8>(contact_pattern(steps[i].entry->state.world));
            ++starts[patterns[i] + 1];
        }
    }
    for (int pattern = 0; pattern < pattern_count; ++pattern) {
        starts[pattern + 1] += starts[pattern];
    }
    first_order = starts[pattern_count / island_orders];
    const int total = starts[pattern_count];
    for (int i = 0; i < count; ++i) {
        if (lander_steps[i].awake) {
            Entry& entry = *steps[i].entry;
            lanes[starts[patterns[i]]++] =
                lane_step(entry.state, entry.params, lander_steps[i], trace);
        }
    }
    return total;
}

/// Solves lane steps of one island order, as many at once as F has lanes.
template <class F>
LANDER_FN void solve_in_lanes(const LaneStep<NoTrace>* lanes, int count) {
    constexpr int width = Lanes<F>::width;
    for (int i = 0; i < count; i += width) {
        solve_islands<F>(lanes + i, count - i < width ? count - i : width);
    }
}

/// One step of each entry of a group, all different, at most `group_size`.
template <class F>
LANDER_FN void step_entries(EntryStep* steps, int count) {
    LanderStep lander_steps[group_size];
    LaneStep<NoTrace> lanes[group_size];
    NoTrace trace;
    for (int i = 0; i < count; ++i) {
        begin(steps[i], steps[i].entry->state.random, lander_steps[i], trace);
    }
    int first_order;
    const int total = sort_by_pattern(steps, lander_steps, count, lanes, first_order, trace);
    solve_in_lanes<F>(lanes, first_order);
    solve_in_lanes<F>(lanes + first_order, total - first_order);
    for (int i = 0; i < count; ++i) {
        finish(steps[i], lander_steps[i], trace);
    }
}

/// step_entries, compiled for one instruction set (host/dispatch.h).
using StepEntries = void (*)(EntryStep* steps, int count);

/// Calls `work(from, to)` for the groups of a range.
template <class Work>
LANDER_FN void for_each_group(int first, int last, const Work& work) {
    for (int from = first; from < last; from += group_size) {
        work(from, from + group_size < last ? from + group_size : last);
    }
}

}  // namespace LANDER_NAMESPACE
