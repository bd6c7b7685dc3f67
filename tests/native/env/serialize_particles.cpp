// Serialization of particles.
#include "env/serialize_particles.h"

#include <vector>

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

/// Particles with some bytes changed are refused or can fly on without outgrowing their list.
TEST(mutated_particles_are_refused_or_fly) {
    const int trials = 5000 * scale;
    NoTrace trace;
    LanderStep lander_step;
    State state{};
    Particles particles{};
    const Params params{true, -10.0, false, 15.0, 1.5};
    start(state, params, 3, trace);
    Xorshift dice{777};
    std::vector<u8> bytes(state_capacity + particles_capacity);
    int accepted = 0;
    for (int trial = 0; trial < trials; ++trial) {
        const StepDraws draws = draw_step(state.random);
        begin_step(state, params, {0, 1.0, trial % 3 - 1.0}, draws, Load{}, lander_step, trace);
        solve(state, params, lander_step, trace);
        finish_step(state, params, lander_step, trace);
        step_particles(particles, state.world.terrain, -10.0F, lander_step.particles);
        const int plain = write_state(state, bytes.data());
        const int size = plain + write_particles(particles, bytes.data() + plain);
        for (u32 changes = 1 + dice.next() % 2; changes > 0; --changes) {
            bytes[static_cast<u32>(plain) + dice.next() % static_cast<u32>(size - plain)] =
                static_cast<u8>(dice.next());
        }
        State mutant{};
        Particles mutants{};
        if (read_state_and_particles(mutant, mutants, bytes.data(), static_cast<u64>(size)).field !=
            nullptr) {
            continue;
        }
        ++accepted;
        for (int t = 0; t < 5; ++t) {
            step_particles(mutants, mutant.world.terrain, -10.0F, lander_step.particles);
            CHECK(mutants.count <= particle_capacity - 2);
        }
        if (trial % 200 == 0) {
            start(state, params, static_cast<u32>(trial), trace);
        }
    }
    CHECK(accepted > trials / 50);
}

}  // namespace
