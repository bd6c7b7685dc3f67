// Sleep.
#include "physics/sleep.h"

#include "checks.h"

using namespace lander;

namespace {

TEST(sleep_takes_half_a_second) {
    World world{};
    NoTrace trace;
    for (Body& body : world.bodies) {
        body.awake = true;
        body.velocity = {0.005F, 0.0F};
    }
    int steps = 0;
    while (world.bodies[0].awake) {
        update_sleep(world, true, trace);
        ++steps;
    }
    // 25 times 0.02, summed in float, is 0.50000006.
    CHECK(steps == 25);
    CHECK(world.bodies[1].velocity.x == 0.0F);
}

TEST(nobody_sleeps_alone_or_unsolved) {
    World world{};
    NoTrace trace;
    for (Body& body : world.bodies) {
        body.awake = true;
        body.sleep_time = 10.0F;
    }
    update_sleep(world, false, trace);
    CHECK(world.bodies[0].awake);
    world.bodies[2].spin = 0.04F;  // above 2 degrees a second
    update_sleep(world, true, trace);
    CHECK(world.bodies[0].awake && world.bodies[2].sleep_time == 0.0F);
}

}  // namespace
