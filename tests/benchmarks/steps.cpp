// The engine's steps without Python, for profilers, which see no names in the installed module.
//
//   flags="-std=c++20 -O3 -g -ffp-contract=off -fno-math-errno -Wno-psabi -Isrc/lander_envs/native"
//   g++ $flags -mavx2 tests/benchmarks/steps.cpp -o steps      # or no set, or $avx512:
//   avx512="-mavx512f -mavx512dq -mavx512vl -mavx512bw -fno-tree-vectorize -fno-tree-slp-vectorize"
//   ./steps 256 1000 random && perf record ./steps 256 1000 landing && perf report
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "batch/group.h"
#include "host/simd.h"

using namespace lander;

namespace {

/// Gymnasium's landing heuristic.
int landing(const float* obs) {
    const float angle_target = std::clamp(obs[0] * 0.5F + obs[2], -0.4F, 0.4F);
    float turn = (angle_target - obs[4]) * 0.5F - obs[5];
    float climb = (0.55F * std::fabs(obs[0]) - obs[1]) * 0.5F - obs[3] * 0.5F;
    if (obs[6] > 0.0F || obs[7] > 0.0F) {
        turn = 0.0F;
        climb = -obs[3] * 0.5F;
    }
    if (climb > std::fabs(turn) && climb > 0.05F) {
        return 2;
    }
    return turn < -0.05F ? 3 : turn > 0.05F ? 1 : 0;
}

struct Fleet {
    std::vector<Entry> entries;
    std::vector<EntryStep> steps;
    u32 dice = 1;

    explicit Fleet(int size) : entries(static_cast<std::size_t>(size)) {
        u32 seed = 0;
        for (Entry& entry : entries) {
            entry.params = {false, -10.0, false, 15.0, 1.5};
            entry.state.random = seeded_pcg64(&seed, 1);
            steps.push_back({&entry, Action{}, true, StepResult{}});
            ++seed;
        }
    }

    /// One step of all; returns its seconds.
    double step() {
        const auto started = std::chrono::steady_clock::now();
        for (std::size_t first = 0; first < steps.size(); first += group_size) {
            const std::size_t left = steps.size() - first;
            step_entries<Wide>(&steps[first],
                               static_cast<int>(std::min<std::size_t>(left, group_size)));
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    }

    void choose(bool lands) {
        for (EntryStep& entry_step : steps) {
            dice = dice * 1664525U + 1013904223U;
            entry_step.action.discrete =
                lands ? landing(entry_step.result.observation) : static_cast<int>(dice >> 30);
            entry_step.starts = entry_step.result.terminated || entry_step.entry->elapsed >= 1000;
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    const int size = argc > 1 ? std::atoi(argv[1]) : 256;
    const int steps = argc > 2 ? std::atoi(argv[2]) : 1000;
    const bool lands = argc > 3 && std::string(argv[3]) == "landing";
    Fleet fleet(size);
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        double spent = 0.0;
        for (int i = 0; i < steps; ++i) {
            spent += fleet.step();
            fleet.choose(lands);
        }
        best = std::min(best, spent);
    }
    std::printf("%d lanes, %s: %.3f us a step\n", wide_lanes, lands ? "landing" : "random",
                best / steps / size * 1e6);
}
