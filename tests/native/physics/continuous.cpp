// Continuous collision.
#include "physics/continuous.h"

#include <random>

#include "checks.h"

using namespace lander;

namespace {

/// Leaving out rounds that repeat themselves ends where all 180 iterations end.
TEST(impacts_end_where_all_iterations_do) {
    std::mt19937 random(4);
    std::uniform_real_distribution<float> unit(-1.0F, 1.0F);
    const Edge edge{{4.0F, 0.0F}, {6.0F, 0.0F}};
    int touching = 0;
    for (int round = 0; round < 20000; ++round) {
        const Vec2f at{5.0F + unit(random), 0.28F + 0.05F * unit(random)};
        const float angle = (round & 1) != 0 ? 0.001F * unit(random) : pi * unit(random);
        Contact contact{};
        contact.body = first_leg;
        const Posef pose = pose_of(at, angle, mass(first_leg).local_center);
        collide(contact.manifold, edge, polygon(first_leg), pose);
        if (contact.manifold.count == 0) {
            continue;
        }
        ++touching;
        ContactConstraint<float> whole = prepare_contact(contact, at, angle);
        ContactConstraint<float> cut = whole;
        Velocity<float> expected{{5.0F * unit(random), 5.0F * unit(random)}, 5.0F * unit(random)};
        Velocity<float> given = expected;
        for (int i = 0; i < velocity_iterations; ++i) {
            solve_contact(whole, expected);
        }
        iterate_impact(&cut, 1, given);
        CHECK(same_bits(iterate_of(&whole, 1, expected), iterate_of(&cut, 1, given), 1));
    }
    CHECK(touching > 5000);
}

}  // namespace
