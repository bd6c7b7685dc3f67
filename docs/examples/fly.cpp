// One episode without engines, from seed 0: prints its steps and its return.
#include <cstdio>

#include "batch/entry.h"

int main() {
    const lander::u32 seed = 0;
    lander::Entry entry{};
    entry.params = {false, -10.0, false, 15.0, 1.5};  // discrete, gravity, no wind
    entry.state.random = lander::seeded_pcg64(&seed, 1);
    lander::NoTrace trace;

    double episodic_return = 0.0;
    lander::EntryStep step{&entry, {}, true, {}};
    lander::step_entry(step, entry.state.random, trace);  // the reset
    step.starts = false;
    lander::StepResult result{};
    while (!result.terminated) {
        result = lander::step_entry(step, entry.state.random, trace);
        episodic_return += result.reward;
    }
    std::printf("%d %.17g\n", entry.elapsed, episodic_return);
}
