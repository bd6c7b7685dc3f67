// Island: order, gather, scatter.
#include "physics/island.h"

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(the_search_starts_at_the_newest_body_that_is_awake) {
    World world{};
    const int first_joint[3] = {1, 0, 1};  // with the hull, leg 0, leg 1 awake
    for (int awake = 0; awake < body_count; ++awake) {
        for (Body& body : world.bodies) {
            body.awake = false;
        }
        world.bodies[awake].awake = true;
        CHECK(island_order(world).bodies[0] == awake);
        CHECK(island_order(world).joints[0] == first_joint[awake]);
    }
}

TEST(slots_hold_the_newest_contact_first) {
    World world{};
    world.contact_count = 3;
    for (int i = 0; i < 3; ++i) {
        world.contacts[i] = flat_contact();
        world.contacts[i].touching = i != 1;  // the middle one does not take part
    }
    NoTrace trace;
    WorldStep step{};
    const LaneStep<NoTrace> lane{&world, &step, -10.0F, &trace};
    Island<float> island;
    gather(&lane, 1, island);
    const BodyContacts<float>& contacts = island.contacts[first_leg];
    CHECK(contacts.slots == 2 && island.contacts[hull].slots == 0);
    CHECK(contacts.index[0][0] == 2 && contacts.index[1][0] == 0);
    CHECK(world.bodies[hull].awake);
}

}  // namespace
