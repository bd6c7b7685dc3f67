// Whole flights.
#include "checks.h"
#include "counting_trace.h"
#include "scenes.h"

using namespace lander;

namespace {

/// Bursts of one action; lands, crashes, tumbles, goes on after the end.
TEST(flights) {
    const int episodes = 60 * scale;
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
                const StepResult result = step(state, params, {action, 0.0, 0.0}, draws, trace);
                CHECK(std::isfinite(result.reward) && std::isfinite(result.observation[1]));
            }
        }
    }
    for (Event e : {Event::impact, Event::impact_again, Event::one_point_fallback,
                    Event::manifold_on_polygon, Event::end_of_one_of_several}) {
        CHECK(trace.counts[static_cast<int>(e)] > 0);
    }
}

}  // namespace
