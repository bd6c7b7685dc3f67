// Times of impact of a leg and an edge.
#include "physics/time_of_impact.h"

#include <random>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(impact_of_a_falling_leg) {
    // Falls from a gap of 1 to a gap of -1; it touches when the gap is the target, 0.005.
    const float half = 8.0F / 30.0F;
    const Sweep sweep{{5.0F, half + 1.0F}, {5.0F, half - 1.0F}, 0.0F, 0.0F, 0.0F};
    const Impact impact = time_of_impact(floor_at(0.0F), polygon(first_leg), sweep, {0.0F, 0.0F});
    CHECK(impact.touching && near(impact.t, (1.0 - 0.005) / 2.0, 0.001));

    const Sweep away{{5.0F, half + 1.0F}, {5.0F, half + 2.0F}, 0.0F, 0.0F, 0.0F};
    CHECK(!time_of_impact(floor_at(0.0F), polygon(first_leg), away, {0.0F, 0.0F}).touching);
    const Sweep inside{{5.0F, 0.0F}, {5.0F, -3.0F}, 0.0F, 0.0F, 0.0F};
    CHECK(!time_of_impact(floor_at(0.0F), polygon(first_leg), inside, {0.0F, 0.0F}).touching);
}

/// Whatever stays_clear lets pass, time_of_impact finds no touch for.
TEST(what_stays_clear_touches_nothing) {
    std::mt19937 random(3);
    std::uniform_real_distribution<float> unit(-1.0F, 1.0F);
    int clear = 0, touching = 0;
    for (int round = 0; round < 400000; ++round) {
        const Edge edge{{8.0F, 3.0F + 2.0F * unit(random)}, {10.0F, 3.0F + 2.0F * unit(random)}};
        const int body = round % body_count;
        // Close to the edge: within a tenth of a unit or within two, in turns.
        const float near = (round & 1) != 0 ? 0.1F : 2.0F;
        const Vec2f at{9.0F + 1.5F * unit(random),
                       0.5F * (edge.from.y + edge.to.y) + 0.4F + near * unit(random)};
        const float speed = (round & 2) != 0 ? 0.02F : 1.0F;
        const float turn = (round & 4) != 0 ? 0.01F : 1.5F;
        const float angle = pi * unit(random) + ((round & 8) != 0 ? 200.0F : 0.0F);
        const Sweep sweep{at, at + Vec2f{speed * unit(random), speed * unit(random)}, angle,
                          angle + turn * unit(random), 0.0F};
        const Vec2f center = mass(body).local_center;
        const bool touches = time_of_impact(edge, polygon(body), sweep, center).touching;
        const bool passes = stays_clear(edge, polygon(body), sweep, center);
        clear += passes ? 1 : 0;
        touching += touches ? 1 : 0;
        CHECK(!(passes && touches));
    }
    CHECK(clear > 50000 && touching > 20000);  // both occur, or the check above is empty
}

}  // namespace
