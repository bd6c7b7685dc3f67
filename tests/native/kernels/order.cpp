// Order of landers in device memory: keys, ranks.
#include "kernels/order.h"

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(a_key_counts_touching_contacts_before_contacts_and_a_reset_before_both) {
    World world{};
    CHECK(kernels::sort_key(world, false) == 0 && kernels::sort_key(world, true) == 64);
    world.contact_count = 3;
    CHECK(kernels::sort_key(world, false) == 3);
    world.contacts[1].touching = true;
    CHECK(kernels::sort_key(world, false) == 8 + 3);
    world.contacts[3].touching = true;  // beyond the count: not a contact
    CHECK(kernels::sort_key(world, true) == 64 + 8 + 3);
}

TEST(a_key_of_many_contacts_stays_below_that_of_a_reset) {
    World world{};
    world.contact_count = contact_capacity;
    for (Contact& contact : world.contacts) {
        contact.touching = true;
    }
    CHECK(kernels::sort_key(world, false) == 63);
}

TEST(landers_are_ranked_by_their_keys_and_then_by_their_number) {
    const u8 keys[5] = {9, 0, 73, 9, 1};
    i32 order[5] = {};
    for (int i = 0; i < 5; ++i) {
        order_lander({keys, order, 5}, i);
    }
    const i32 expected[5] = {1, 4, 0, 3, 2};
    for (int i = 0; i < 5; ++i) {
        CHECK(order[i] == expected[i]);
    }
}

TEST(a_rank_is_one_among_its_neighbours) {
    constexpr int count = sorted_landers + 2;
    u8 keys[count] = {};
    i32 order[count] = {};
    keys[0] = keys[sorted_landers] = 1;
    for (int i = 0; i < count; ++i) {
        order_lander({keys, order, count}, i);
    }
    CHECK(order[0] == 1 && order[sorted_landers - 1] == 0);
    CHECK(order[count - 2] == count - 1 && order[count - 1] == count - 2);
}

}  // namespace
