// Counters of the threads of one kernel, for C++ with the notes of counting.py.
#pragma once

#include "ptx.h"

/// Arrays with a row a thread, which the test owns, and the sizes of the rows.
struct Counts {
    uint32_t* executions;  // of each basic block
    uint32_t* accesses;    // instructions that load or store in each region
    uint8_t* words;        // of all regions: `loaded`, `stored` or both
    uint64_t blocks;
    uint64_t bytes[2];  // of the regions: the thread's item in its kernel's first array; its stack
};

extern "C" Counts test_counts;

namespace {

constexpr uint8_t loaded = 1, stored = 2;

/// Row of the thread that is being run.
class ThreadCounts {
  public:
    ThreadCounts(const void* call, const void* stack) {
        const uint64_t thread = uint64_t{ctaid.x} * ntid.x + tid.x;
        const uint64_t words = (test_counts.bytes[0] + test_counts.bytes[1]) / 4;
        executions_ = test_counts.executions + thread * test_counts.blocks;
        accesses_ = test_counts.accesses + thread * 2;
        words_ = test_counts.words + thread * words;
        first_[0] = load<uint64_t>(address(call)) + thread * test_counts.bytes[0];
        first_[1] = address(stack);
    }

    void run(int block) { ++executions_[block]; }

    void access(uint64_t place, uint64_t bytes, uint8_t kind) {
        uint8_t* words = words_;
        for (int region = 0; region < 2; ++region) {
            const uint64_t start = place - first_[region];
            if (start < test_counts.bytes[region]) {
                ++accesses_[region];
                for (uint64_t word = start / 4; word <= (start + bytes - 1) / 4; ++word) {
                    words[word] |= kind;
                }
                return;
            }
            words += test_counts.bytes[region] / 4;
        }
    }

  private:
    uint32_t* executions_;
    uint32_t* accesses_;
    uint8_t* words_;
    uint64_t first_[2];
};

}  // namespace
