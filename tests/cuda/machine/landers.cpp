// Contacts of landers, by which they could be sorted before a step; the counters of counting.h.
#include "batch/entry.h"
#include "counting.h"

Counts test_counts;

extern "C" {

extern const uint64_t test_entry_bytes = sizeof(lander::Entry);
extern const uint64_t test_contact_bytes = sizeof(lander::Contact);
extern const uint64_t test_contact_capacity = lander::contact_capacity;

/// Contacts of each lander, and those that touch.
void test_describe(const lander::Entry* entries, int count, int32_t (*out)[2]) {
    for (int i = 0; i < count; ++i) {
        const lander::World& world = entries[i].state.world;
        int touching = 0;
        for (int k = 0; k < world.contact_count; ++k) {
            touching += world.contacts[k].touching;
        }
        out[i][0] = world.contact_count;
        out[i][1] = touching;
    }
}

}  // extern "C"
