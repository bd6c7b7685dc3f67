// Groups.
#include "batch/group.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(patterns_are_digits_of_contact_counts) {
    World world{};
    world.bodies[hull].awake = true;
    CHECK(contact_pattern(world) == 0);
    world.contact_count = 5;
    for (int i = 0; i < 5; ++i) {
        world.contacts[i].body = first_leg + 1;
        world.contacts[i].touching = world.contacts[i].enabled = true;
    }
    CHECK(contact_pattern(world) == 3);  // more than three count as three
    world.contacts[0].body = hull;
    CHECK(contact_pattern(world) == 16 + 3);
    world.bodies[first_leg].awake = true;  // leg 0 is the newest that is awake: the other order
    CHECK(contact_pattern(world) == 64 + 16 + 3);
}

TEST(groups_cover_a_range) {
    int next = 3, groups = 0;
    for_each_group(3, 600, [&](int from, int to) {
        CHECK(from == next && to - from <= group_size);
        next = to;
        ++groups;
    });
    CHECK(next == 600 && groups == 3);  // 597 = 256 + 256 + 85
}

}  // namespace
