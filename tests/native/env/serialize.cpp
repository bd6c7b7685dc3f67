// Serialization of states.
#include "env/serialize.h"

#include <cstring>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(states_survive_the_round_trip) {
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

/// States with some bytes changed are refused or can be flown; refused ones change nothing.
TEST(mutated_states_are_refused_or_fly) {
    const int trials = 20000 * scale;
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

}  // namespace
