// Unit tests of the core's parts, and a long flight and a fuzz of states for the sanitizers.
//
// Needs nothing but a C++20 compiler; tests/native/test_driver.py builds and runs it, and so does
// the sanitizer environment. Numbers are worked by hand unless a line says otherwise.
#include <cstring>
#include <vector>

#include "checks.h"
#include "env/serialize.h"

using namespace lander;

namespace {

Edge floor_at(float y) { return {{0.0F, y}, {20.0F, y}}; }

Posef upright(float x, float y) { return {{x, y}, {0.0F, 1.0F}}; }

// --- random.h

void random_numbers() {
    const U128 product = multiply({0, ~0ULL}, {0, ~0ULL});  // (2^64 - 1)^2 = 2^128 - 2^65 + 1
    CHECK(product.high == ~0ULL - 1 && product.low == 1);
    const U128 sum = add({0, ~0ULL}, {0, 1});
    CHECK(sum.high == 1 && sum.low == 0);

    // numpy.random.PCG64(0).random_raw(3), NumPy 2.4
    const u32 seed = 0;
    Pcg64 random = seeded_pcg64(&seed, 1);
    CHECK(random.next_uint64() == 0xa30febcfd9c2825fULL);
    CHECK(random.next_uint64() == 0x4510bdf882d9d721ULL);
    CHECK(random.next_uint64() == 0x0a7d3da94ecde8b8ULL);

    random = seeded_pcg64(&seed, 1);
    CHECK(random.next_uint32() == 0xd9c2825fU);  // the lower half first
    CHECK(random.has_half == 1 && random.half == 0xa30febcfU);
    CHECK(random.next_uint32() == 0xa30febcfU);
    CHECK(random.has_half == 0);
}

struct FixedWords {
    const u32* words;
    u32 next_uint32() { return *words++; }
};

void bounded_integers() {
    // 2^32 mod 19998 = 16834: products whose low half is below that are drawn again.
    const u32 words[] = {0U, 0x80000001U};
    FixedWords source{words};
    CHECK(draw_integer(source, -9999, 9999) == 0);
    CHECK(source.words == words + 2);
}

// --- shapes.h

void masses() {
    // Hull: a trapezium of (28 + 34) / 2 x 17 over a rectangle of 34 x 10, in pixels; density 5.
    CHECK(near(mass(hull).mass, 5.0 * (527.0 + 340.0) / 900.0));
    CHECK(near(mass(first_leg).mass, 4.0 * 16.0 / 900.0, 1e-8));
    // A box about its centre: m (w^2 + h^2) / 12.
    const double m = 64.0 / 900.0;
    CHECK(near(1.0 / mass(first_leg).inverse_inertia, m * (16.0 + 256.0) / 900.0 / 12.0, 1e-8));
    CHECK(mass(first_leg).local_center.x == 0.0F && mass(first_leg).local_center.y == 0.0F);
    // Box2D's b2Body: mass and local centre of the hull, bit for bit.
    CHECK(mass(hull).mass == 0x1.344444p+2F);
    CHECK(mass(hull).local_center.x == 0.0F);
    CHECK(mass(hull).local_center.y == 0x1.9ef44ap-4F);
    CHECK(mass(first_leg).mass == 0x1.23456ap-4F);
    // Box2D's b2PolygonShape: the slanted sides' normals are (17, 3) over the root of 298.
    CHECK(near(polygon(hull).normals[1].x, 17.0 / std::sqrt(298.0)));
    CHECK(near(polygon(hull).normals[1].y, 3.0 / std::sqrt(298.0)));
    CHECK(std::signbit(polygon(hull).normals[0].y));  // -0, as there
}

void boxes() {
    const Box box = box_of(polygon(first_leg), upright(3.0F, 4.0F));
    CHECK(near(box.lower.x, 3.0 - 2.0 / 30.0 - 0.01) && near(box.upper.y, 4.0 + 8.0 / 30.0 + 0.01));
    CHECK(overlap(box, box) && contains(box, box));
    const Box beside{{box.upper.x, box.lower.y}, {box.upper.x + 1.0F, box.upper.y}};
    CHECK(overlap(box, beside));  // touching boxes overlap
    CHECK(!overlap(box, {{box.upper.x + 0.001F, box.lower.y}, {9.0F, 9.0F}}));
    CHECK(!contains(box, beside));
}

// --- collide.h

void resting_leg_has_two_points_on_the_edge() {
    Manifold manifold{};
    const float half = 8.0F / 30.0F;
    collide(manifold, floor_at(1.0F), polygon(first_leg), upright(5.0F, 1.0F + half + 0.015F));
    CHECK(manifold.count == 2 && manifold.reference == Reference::edge);
    CHECK(manifold.local_normal.x == 0.0F && manifold.local_normal.y == 1.0F);
    // The leg's lower corners, in its frame; corner ids 0 and 1.
    CHECK(near(manifold.points[0].local_point.x, -2.0 / 30.0) &&
          near(manifold.points[1].local_point.x, 2.0 / 30.0));
    CHECK(collision::feature_index_of_polygon(manifold.points[0].id) == 0);
    CHECK(collision::feature_index_of_polygon(manifold.points[1].id) == 1);
}

void skins_reach_two_radii() {
    Manifold manifold{};
    const float half = 8.0F / 30.0F;
    collide(manifold, floor_at(0.0F), polygon(first_leg), upright(5.0F, half + 0.0199F));
    CHECK(manifold.count == 2);
    collide(manifold, floor_at(0.0F), polygon(first_leg), upright(5.0F, half + 0.0201F));
    CHECK(manifold.count == 0);
}

void edges_collide_from_below_too() {
    Manifold manifold{};
    const float half = 8.0F / 30.0F;
    collide(manifold, floor_at(9.0F), polygon(first_leg), upright(5.0F, 9.0F - half - 0.01F));
    CHECK(manifold.count == 2 && manifold.local_normal.y == -1.0F);
}

void a_peak_meets_the_side_of_a_leg() {
    // The end of an edge pokes into the middle of the leg's left side: the polygon's face refers.
    Manifold manifold{};
    const Edge spike{{0.0F, 0.0F}, {4.9333F + 0.005F, 0.0F}};
    collide(manifold, spike, polygon(first_leg), upright(5.0F, 0.0F));
    CHECK(manifold.count == 1 && manifold.reference == Reference::polygon);
    CHECK(manifold.local_normal.x == -1.0F);
}

// --- distance.h and toi.h

void distances() {
    const Edge edge = floor_at(1.0F);
    const Vec2f ends[2] = {edge.from, edge.to};
    const Corners a{ends, 2};
    const Corners b{polygon(first_leg).vertices, 4};
    SimplexCache cache{};
    const float gap = distance(a, moon_pose(), b, upright(5.0F, 3.0F), cache);
    CHECK(near(gap, 2.0 - 8.0 / 30.0));
    cache = {};
    CHECK(distance(a, moon_pose(), b, upright(5.0F, 1.0F), cache) == 0.0F);
    // Beyond the end of the edge: a corner against a corner, 3-4-5.
    cache = {};
    const float dx = 2.0F / 30.0F, dy = 8.0F / 30.0F;
    CHECK(near(distance(a, moon_pose(), b, upright(23.0F + dx, 5.0F + dy), cache), 5.0, 1e-5));
    CHECK(cache.count == 1);
}

void impact_of_a_falling_leg() {
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

void whole_turns_do_not_matter() {
    const Sweep sweep{{0.0F, 0.0F}, {0.0F, 0.0F}, 100.0F, 101.0F, 0.0F};
    const Sweep same = without_turns(sweep);
    CHECK(same.a0 >= 0.0F && same.a0 < 2.0F * pi);
    CHECK(near(same.a - same.a0, 1.0, 1e-5));
}

// --- contact.h

Contact flat_contact() {
    Contact contact{};
    contact.body = first_leg;
    contact.edge = 3;
    contact.touching = contact.enabled = true;
    collide(contact.manifold, floor_at(0.0F), polygon(first_leg),
            upright(5.0F, 8.0F / 30.0F + 0.01F));
    return contact;
}

void two_points_stop_a_fall() {
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

void contacts_do_not_pull() {
    const Contact contact = flat_contact();
    ContactConstraint<float> c = prepare_contact(contact, {5.0F, 8.0F / 30.0F + 0.01F}, 0.0F);
    Velocity<float> leg{{0.0F, 3.0F}, 0.0F};
    solve_contact(c, leg);
    CHECK(leg.v.y == 3.0F && c.points[0].normal_impulse == 0.0F);
}

void friction_is_bounded_by_pressure() {
    const Contact contact = flat_contact();
    ContactConstraint<float> c = prepare_contact(contact, {5.0F, 8.0F / 30.0F + 0.01F}, 0.0F);
    Velocity<float> leg{{100.0F, 0.0F}, 0.0F};
    c.points[0].normal_impulse = 0.01F;
    solve_friction(c, c.points[0], true, leg);
    CHECK(near(std::fabs(c.points[0].tangent_impulse), 0.01 * std::sqrt(0.02), 1e-8));
}

void one_point_where_two_are_too_much_alike() {
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

void correction_leaves_the_slop() {
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

// --- joint.h

void limits_drop_the_angular_impulse() {
    const JointSpec& spec = joint_spec(0);  // 0.4 to 0.9, counted from -0.05
    Joint joint{{0.0F, 0.0F}, 0.25F, 0.0F, Limit::upper};
    CHECK(!update_limit(joint, spec, 0.0F, 0.9F));
    CHECK(joint.limit == Limit::upper && joint.angular_impulse == 0.25F);
    CHECK(update_limit(joint, spec, 0.0F, 0.3F));
    CHECK(joint.limit == Limit::lower && joint.angular_impulse == 0.0F);
    CHECK(update_limit(joint, spec, 0.0F, 0.5F) && joint.limit == Limit::inactive);
}

void hinges_hold() {
    const JointConstraint<float> j =
        prepare_joint<float>(joint_spec(1), rotation(0.0F), rotation(-0.5F), false, false);
    JointImpulse<float> impulse{};
    Velocity<float> body{{0.0F, 0.0F}, 0.0F}, leg{{1.0F, -2.0F}, 0.5F};
    for (int i = 0; i < 50; ++i) {
        solve_joint(j, impulse, body, leg);
    }
    CHECK(near(length(anchor_drift(j, body, leg)), 0.0, 1e-4));
    CHECK(std::fabs(impulse.motor) <= 0.02F * 40.0F);  // time step x torque
    CHECK(impulse.angular == 0.0F);
}

void limits_push_one_way() {
    const JointConstraint<float> j =
        prepare_joint<float>(joint_spec(0), rotation(0.0F), rotation(0.3F), true, false);
    const JointImpulse<float> none{};
    const Vec2f drift{0.0F, 0.0F};
    CHECK(solve_limit(j, none, drift, 50.0F).angular == 0.0F);  // turning away from the limit
    CHECK(solve_limit(j, none, drift, -50.0F).angular > 0.0F);
    // What pushed before is taken back, no more.
    const JointImpulse<float> some{{0.0F, 0.0F}, 0.001F, 0.0F};
    CHECK(solve_limit(j, some, drift, 50.0F).angular == -0.001F);
}

// --- sleep.h

void sleep_takes_half_a_second() {
    World world{};
    NoTrace trace;
    for (Body& body : world.bodies) {
        body.awake = true;
        body.velocity = {0.005F, 0.0F};
    }
    int steps = 0;
    while (world.bodies[0].awake) {
        consider_sleep(world, true, trace);
        ++steps;
    }
    // 25 times 0.02, summed in float, is 0.50000006.
    CHECK(steps == 25);
    CHECK(world.bodies[1].velocity.x == 0.0F);
}

void nobody_sleeps_alone_or_unsolved() {
    World world{};
    NoTrace trace;
    for (Body& body : world.bodies) {
        body.awake = true;
        body.sleep_time = 10.0F;
    }
    consider_sleep(world, false, trace);
    CHECK(world.bodies[0].awake);
    world.bodies[2].spin = 0.04F;  // above 2 degrees a second
    consider_sleep(world, true, trace);
    CHECK(world.bodies[0].awake && world.bodies[2].sleep_time == 0.0F);
}

// --- broad_phase.h

void new_pairs_come_in_order_and_wake() {
    World world{};
    CountingTrace trace;
    for (int i = 0; i < body_count; ++i) {
        world.bodies[i].fat_box = {{3.0F, -1.0F}, {5.0F, 1.0F}};
    }
    const bool renewed[body_count] = {true, false, true};
    find_new_pairs(world, renewed, trace);
    // Flat ground at 0: the base edge and pieces 2 (2 to 4) and 3 (4 to 6); hull before leg.
    const int expected[][2] = {{0, 0}, {0, 2}, {2, 0}, {2, 2}, {3, 0}, {3, 2}};
    CHECK(world.contact_count == 6);
    for (int i = 0; i < 6; ++i) {
        CHECK(world.contacts[i].edge == expected[i][0] && world.contacts[i].body == expected[i][1]);
    }
    CHECK(world.bodies[0].awake && !world.bodies[1].awake && world.bodies[2].awake);
    CHECK(trace.counts[static_cast<int>(Event::wake_by_new_pair)] == 2);
    find_new_pairs(world, renewed, trace);
    CHECK(world.contact_count == 6);
}

// --- lander.h

void terrain_wraps_around() {
    double drawn[terrain_draws];
    for (int i = 0; i < terrain_draws; ++i) {
        drawn[i] = i;
    }
    const Terrain terrain = make_terrain(drawn);
    CHECK(terrain.heights[0] == 0.33 * (11.0 + 0.0 + 1.0));  // Python's height[-1]
    CHECK(terrain.heights[10] == 0.33 * (9.0 + 10.0 + 11.0));
    CHECK(terrain.heights[5] == 0.33 * (helipad_height + helipad_height + helipad_height));
}

void throttles() {
    const Params params{true, -10.0, false, 15.0, 1.5};
    CHECK(throttle_of({0, 0.0, 0.5}, params).main == 0.0);
    CHECK(throttle_of({0, 0.5, 0.5}, params).main == 0.75);
    CHECK(throttle_of({0, 9.0, 0.5}, params).main == 1.0);
    CHECK(throttle_of({0, 0.0, 0.5}, params).side == 0.0);
    CHECK(throttle_of({0, 0.0, -0.75}, params).side == 0.75);
    CHECK(throttle_of({0, 0.0, -0.75}, params).direction == -1.0);
}

// --- Whole flights

/// Bursts of one action; lands, crashes, tumbles, goes on after the end.
void flights(int episodes) {
    CountingTrace trace;
    State state{};
    for (int episode = 0; episode < episodes; ++episode) {
        Xorshift dice{2654435761U * (static_cast<u32>(episode) + 1U)};
        const Params params{false, -0.5 - episode % 11, episode % 3 == 0, 15.0, 1.5};
        start(state, params, static_cast<u32>(episode), trace);
        for (int t = 0; t < 600;) {
            const int action = static_cast<int>(dice.next() >> 30);
            for (u32 burst = 1 + dice.next() % 20; burst > 0; --burst, ++t) {
                const StepDraws draws = draw_step(state.random);
                const Step result = step(state, params, {action, 0.0, 0.0}, draws, trace);
                CHECK(std::isfinite(result.reward) && std::isfinite(result.observation[1]));
            }
        }
    }
    for (Event e : {Event::impact, Event::impact_again, Event::one_point_fallback,
                    Event::manifold_on_polygon, Event::end_of_one_of_several}) {
        CHECK(trace.counts[static_cast<int>(e)] > 0);
    }
}

/// States with some bytes changed are refused or can be flown; refused ones change nothing.
void fuzz_states(int trials) {
    NoTrace trace;
    State state{};
    const Params params{false, -10.0, true, 15.0, 1.5};
    Xorshift dice{12345};
    int accepted = 0;
    u8 bytes[state_capacity];
    for (int trial = 0; trial < trials; ++trial) {
        if (trial % 50 == 0) {
            start(state, params, static_cast<u32>(trial), trace);
            for (int t = static_cast<int>(dice.next() % 250); t > 0; --t) {
                const StepDraws draws = draw_step(state.random);
                step(state, params, {static_cast<int>(dice.next() >> 30), 0.0, 0.0}, draws, trace);
            }
        }
        const int size = write_state(state, bytes);
        CHECK(size <= state_capacity);
        for (u32 changes = 1 + dice.next() % 3; changes > 0; --changes) {
            bytes[8 + dice.next() % static_cast<u32>(size - 8)] = static_cast<u8>(dice.next());
        }
        const u64 length = static_cast<u64>(size) - (dice.next() % 64 == 0 ? dice.next() % 100 : 0);
        State mutant{};
        if (read_state(mutant, bytes, length).field != nullptr) {
            continue;
        }
        ++accepted;
        for (int t = 0; t < 3; ++t) {
            const StepDraws draws = draw_step(mutant.random);
            step(mutant, params, {t, 0.0, 0.0}, draws, trace);
        }
    }
    CHECK(accepted > trials / 20);
}

void states_survive_the_round_trip() {
    NoTrace trace;
    State state{};
    const Params params{false, -10.0, true, 15.0, 1.5};
    u8 first[state_capacity], second[state_capacity];
    for (u32 seed = 0; seed < 50; ++seed) {
        start(state, params, seed, trace);
        for (u32 t = 0; t < 10 * seed; ++t) {
            const StepDraws draws = draw_step(state.random);
            step(state, params, {static_cast<int>(t / 9 % 4), 0.0, 0.0}, draws, trace);
        }
        State copy{};
        const int size = write_state(state, first);
        CHECK(read_state(copy, first, static_cast<u64>(size)).field == nullptr);
        CHECK(write_state(copy, second) == size && std::memcmp(first, second, size) == 0);
        for (int i = 0; i < body_count; ++i) {
            CHECK(std::memcmp(&state.world.bodies[i].pose, &copy.world.bodies[i].pose,
                              sizeof(Posef)) == 0);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int scale = scale_of(argc, argv);
    random_numbers();
    bounded_integers();
    masses();
    boxes();
    resting_leg_has_two_points_on_the_edge();
    skins_reach_two_radii();
    edges_collide_from_below_too();
    a_peak_meets_the_side_of_a_leg();
    distances();
    impact_of_a_falling_leg();
    whole_turns_do_not_matter();
    two_points_stop_a_fall();
    contacts_do_not_pull();
    friction_is_bounded_by_pressure();
    one_point_where_two_are_too_much_alike();
    correction_leaves_the_slop();
    limits_drop_the_angular_impulse();
    hinges_hold();
    limits_push_one_way();
    sleep_takes_half_a_second();
    nobody_sleeps_alone_or_unsolved();
    new_pairs_come_in_order_and_wake();
    terrain_wraps_around();
    throttles();
    states_survive_the_round_trip();
    flights(60 * scale);
    fuzz_states(20000 * scale);
    return report();
}
