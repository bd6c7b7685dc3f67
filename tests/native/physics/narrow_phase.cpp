// Narrow phase: updates of contacts.
#include "physics/narrow_phase.h"

#include "checks.h"
#include "physics/broad_phase.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(points_keep_their_impulses_by_id) {
    Manifold before{}, now{};
    before.count = now.count = 2;
    before.points[0] = {{}, 1.0F, 0.5F, 7};
    before.points[1] = {{}, 2.0F, 0.25F, 8};
    now.points[0].id = 8;
    now.points[1].id = 9;
    match_impulses(now, before);
    CHECK(now.points[0].normal_impulse == 2.0F && now.points[0].tangent_impulse == 0.25F);
    CHECK(now.points[1].normal_impulse == 0.0F);
}

TEST(a_leg_that_touches_sets_its_flag_and_wakes) {
    World world{};  // flat ground at 0
    NoTrace trace;
    add_contact(world, 3, first_leg);
    Body& leg = world.bodies[first_leg];
    leg.pose = upright(5.0F, half_leg + 0.01F);
    update_contact(world, world.contacts[0], trace);
    CHECK(world.contacts[0].touching && world.ground_contact[0] && leg.awake);
    CHECK(!world.game_over);
    leg.pose = upright(5.0F, 3.0F);
    leg.fat_box = {{4.0F, 2.0F}, {6.0F, 4.0F}};
    update_contacts(world, trace);  // the fat boxes no longer overlap
    CHECK(world.contact_count == 0 && !world.ground_contact[0]);
}

TEST(the_hull_ends_the_game) {
    World world{};
    NoTrace trace;
    add_contact(world, 3, hull);
    world.bodies[hull].pose = upright(5.0F, 10.0F / 30.0F + 0.01F);
    update_contact(world, world.contacts[0], trace);
    CHECK(world.game_over);
}

}  // namespace
