// Contact solver: a leg on flat ground.
#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(two_points_stop_a_fall) {
    const Contact contact = flat_contact();
    ContactConstraint<float> c = prepare_contact(contact, {5.0F, 8.0F / 30.0F + 0.01F}, 0.0F);
    CHECK(c.has_two);
    CHECK(near(c.friction, std::sqrt(0.1 * 0.2)));
    Velocity<float> leg{{0.0F, -3.0F}, 0.0F};
    solve_contact(c, leg);
    CHECK(near(leg.v.y, 0.0) && near(leg.w, 0.0, 1e-4));
    // Each point takes half of the momentum.
    CHECK(near(c.points[0].normal_impulse, 1.5 * mass(first_leg).mass));
    CHECK(near(c.points[1].normal_impulse, 1.5 * mass(first_leg).mass));
}

TEST(contacts_do_not_pull) {
    const Contact contact = flat_contact();
    ContactConstraint<float> c = prepare_contact(contact, {5.0F, 8.0F / 30.0F + 0.01F}, 0.0F);
    Velocity<float> leg{{0.0F, 3.0F}, 0.0F};
    solve_contact(c, leg);
    CHECK(leg.v.y == 3.0F && c.points[0].normal_impulse == 0.0F);
}

TEST(friction_is_bounded_by_pressure) {
    const Contact contact = flat_contact();
    ContactConstraint<float> c = prepare_contact(contact, {5.0F, 8.0F / 30.0F + 0.01F}, 0.0F);
    Velocity<float> leg{{100.0F, 0.0F}, 0.0F};
    c.points[0].normal_impulse = 0.01F;
    solve_friction(c, c.points[0], true, leg);
    CHECK(near(std::fabs(c.points[0].tangent_impulse), 0.01 * std::sqrt(0.02), 1e-8));
}

TEST(one_point_where_two_are_too_much_alike) {
    Contact contact = flat_contact();
    contact.manifold.points[1].local_point = contact.manifold.points[0].local_point;
    ContactConstraint<float> c = prepare_contact(contact, {5.0F, 8.0F / 30.0F + 0.01F}, 0.0F);
    CHECK(!c.has_two);
    contact.manifold.points[1].normal_impulse = 0.125F;
    c.points[0].normal_impulse = 0.5F;
    store_impulses(c, 0, contact.manifold);
    CHECK(contact.manifold.points[0].normal_impulse == 0.5F);
    CHECK(contact.manifold.points[1].normal_impulse == 0.125F);  // as it was
}

TEST(correction_leaves_the_slop) {
    Contact contact = flat_contact();
    Position<float> leg{{5.0F, 8.0F / 30.0F + 0.02F - 0.105F}, 0.0F};  // 0.105 deep
    const float deepest = solve_contact_position(contact, 0.2F, leg);
    CHECK(near(deepest, -0.105, 1e-5));
    CHECK(leg.c.y > 8.0F / 30.0F + 0.02F - 0.105F);
    const float before = 8.0F / 30.0F + 0.02F - 0.004F;  // less than the slop: stays
    leg = {{5.0F, before}, 0.0F};
    solve_contact_position(contact, 0.2F, leg);
    CHECK(leg.c.y == before && leg.a == 0.0F);
}

}  // namespace
