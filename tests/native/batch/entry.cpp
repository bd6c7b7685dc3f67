// Entries.
#include "batch/entry.h"

#include "checks.h"
#include "scenes.h"

using namespace lander;

namespace {

TEST(an_entry_steps_as_a_lander_alone) {
    NoTrace trace;
    Entry entry{};
    Particles particles{};
    entry.params = {false, -10.0, true, 15.0, 1.5};
    entry.particles = &particles;
    State alone{};
    start(alone, entry.params, 7, trace);
    const u32 seed = 7;
    Pcg64 source = seeded_pcg64(&seed, 1);
    step_entry({&entry, {}, true, {}}, source, trace);
    CHECK(entry.elapsed == 0 && particles.count == 0);
    for (int t = 1; t <= 50; ++t) {
        const StepResult result = step_entry({&entry, {2, 0.0, 0.0}, false, {}}, source, trace);
        const StepDraws draws = draw_step(alone.random);
        CHECK(result.reward == step(alone, entry.params, {2, 0.0, 0.0}, draws, trace).reward);
        CHECK(entry.elapsed == t);
    }
    CHECK(particles.count == 6);  // one a step; the seventh ageing ends a life
}

}  // namespace
