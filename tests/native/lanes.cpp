// Unit tests of the lanes, and of what a step leaves out because it changes nothing. Built and run
// by test_lanes.py, once for each instruction set of the machine.
#include <cmath>
#include <random>

#include "batch/state_batch.h"
#include "checks.h"
#include "host/simd.h"

using namespace lander;

namespace {

Wide lanes_of(std::mt19937& random, float low, float high) {
    std::uniform_real_distribution<float> draw(low, high);
    Wide out;
    for (int lane = 0; lane < wide_lanes; ++lane) {
        put(out, lane, draw(random));
    }
    return out;
}

void lanes_round_as_floats_do() {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        const Wide a = lanes_of(random, -3.0F, 3.0F), b = lanes_of(random, -3.0F, 3.0F);
        const Wide c = lanes_of(random, 0.0F, 1e6F);
        const Wide sum = a + b * c, share = a / b, root = square_root(c), less = minimum(a, b);
        for (int lane = 0; lane < wide_lanes; ++lane) {
            const float x = get(a, lane), y = get(b, lane), z = get(c, lane);
            const volatile float product = y * z;  // rounded before it is added
            CHECK(float_bits(get(sum, lane)) == float_bits(x + product));
            CHECK(float_bits(get(share, lane)) == float_bits(x / y));
            CHECK(float_bits(get(root, lane)) == float_bits(std::sqrt(z)));
            CHECK(float_bits(get(less, lane)) == float_bits(x < y ? x : y));
        }
    }
}

void zeros_keep_their_signs() {
    const Wide minus(-0.0F), plus(0.0F);
    CHECK(float_bits(get(minus, 3)) == 0x80000000U);
    CHECK(float_bits(get(-plus, 1)) == 0x80000000U);
    // The second of two equals wins, as in a < b ? a : b.
    CHECK(float_bits(get(minimum(plus, minus), 0)) == 0x80000000U);
    CHECK(float_bits(get(maximum(minus, plus), 0)) == 0U);
    CHECK(float_bits(get(magnitude(plus), 0)) == float_bits(magnitude(0.0F)));
}

void masks_know_their_lanes() {
    for (int chosen = 0; chosen < wide_lanes; ++chosen) {
        WideMask mask(false);
        CHECK(!any(mask) && all(negate(mask)));
        put(mask, chosen, true);
        CHECK(any(mask) && !all(mask) && !all(negate(mask)));
        const Wide one_two = select(mask, Wide(1.0F), Wide(2.0F));
        for (int lane = 0; lane < wide_lanes; ++lane) {
            CHECK(get(mask, lane) == (lane == chosen));
            CHECK(get(one_two, lane) == (lane == chosen ? 1.0F : 2.0F));
        }
        put(mask, chosen, false);
        CHECK(!any(mask));
    }
}

void check_turn(const Wide& angles) {
    const Rotation<Wide> turned = rotation(angles);
    for (int lane = 0; lane < wide_lanes; ++lane) {
        const SineCosine expected = sine_cosine(get(angles, lane));
        CHECK(float_bits(get(turned.s, lane)) == float_bits(expected.sine) ||
              expected.sine != expected.sine);
        CHECK(float_bits(get(turned.c, lane)) == float_bits(expected.cosine) ||
              expected.cosine != expected.cosine);
    }
}

void sines_are_those_of_one_lane() {
    std::mt19937 random(2);
    for (int round = 0; round < 20000; ++round) {
        check_turn(lanes_of(random, -130.0F, 130.0F));  // beyond 120 another reduction is used
        check_turn(lanes_of(random, -1.0F, 1.0F));
        check_turn(lanes_of(random, -3e-4F, 3e-4F));  // at 2^-12 the sine becomes the angle
        Wide any_bits;
        for (int lane = 0; lane < wide_lanes; ++lane) {
            put(any_bits, lane, float_of(static_cast<u32>(random())));
        }
        check_turn(any_bits);
    }
    check_turn(Wide(-0.0F));
}

/// Whatever stays_clear lets pass, time_of_impact finds no touch for.
void what_stays_clear_touches_nothing() {
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

/// Leaving out rounds that repeat themselves ends where all 180 iterations end.
void impacts_end_where_all_iterations_do() {
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

void edges_below_a_box_do_not_meet_it() {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> height_of(0.0, 6.0);
    int below = 0, met = 0;
    for (int round = 0; round < 20000; ++round) {
        Terrain terrain;
        for (double& h : terrain.heights) {
            h = height_of(random);
        }
        const float y = static_cast<float>(height_of(random));
        const Box box{{0.0F, y}, {20.0F, y + 1.0F}};  // as wide as the moon
        for (int edge = 0; edge < edge_count; ++edge) {
            const bool meets = overlap(fat_box_of(edge_of(terrain, edge)), box);
            const bool is_low = is_below(terrain, edge, y);
            below += is_low ? 1 : 0;
            met += meets ? 1 : 0;
            CHECK(!(meets && is_low));
        }
    }
    CHECK(below > 10000 && met > 10000);
}

}  // namespace

int main() {
    lanes_round_as_floats_do();
    zeros_keep_their_signs();
    masks_know_their_lanes();
    sines_are_those_of_one_lane();
    what_stays_clear_touches_nothing();
    impacts_end_where_all_iterations_do();
    edges_below_a_box_do_not_meet_it();
    return report();
}
