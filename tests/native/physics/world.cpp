// World: waking, sleeping, the env's contact listener.
#include "physics/world.h"

#include "checks.h"
#include "counting_trace.h"

using namespace lander;

namespace {

TEST(waking_tells_who_slept) {
    Body body{};
    body.sleep_time = 0.25F;
    CHECK(wake(body) && body.awake && body.sleep_time == 0.0F);
    CHECK(!wake(body));
    body.velocity = {1.0F, 2.0F};
    put_to_sleep(body);
    CHECK(!body.awake && body.velocity.x == 0.0F && body.velocity.y == 0.0F);
}

TEST(one_lost_contact_clears_the_flag_of_a_leg) {
    World world{};
    CountingTrace trace;
    world.contact_count = 2;
    for (int i = 0; i < 2; ++i) {
        world.contacts[i].edge = static_cast<u8>(3 + i);
        world.contacts[i].body = first_leg + 1;
        world.contacts[i].touching = true;
        begin_contact(world, world.contacts[i], trace);
    }
    CHECK(world.ground_contact[1] && !world.ground_contact[0]);
    end_contact(world, world.contacts[0], trace);  // the other one still touches
    CHECK(!world.ground_contact[1]);
    CHECK(trace.counts[static_cast<int>(Event::end_of_one_of_several)] == 1);
}

}  // namespace
