// Landers of a batch on the host: memory, instruction set, lock and threads.
#pragma once

#include <mutex>
#include <vector>

#include "batch/pixel_batch.h"
#include "batch/state_batch.h"
#include "host/dispatch.h"
#include "host/floating_point.h"
#include "host/pictures.h"
#include "host/thread_pool.h"

namespace lander_host {

/// Owns the landers of a batch and steps them in groups, on several threads.
class Landers {
  public:
    /// `simulates_particles`: frames can be drawn.
    Landers(int num_envs, bool continuous, bool simulates_particles, int num_threads)
        : instruction_set_(chosen_instruction_set()),
          entries_(static_cast<std::size_t>(num_envs)),
          particles_(simulates_particles ? entries_.size() : 0),
          workers_(num_threads) {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            entries_[i].params.continuous = continuous;
            entries_[i].particles = simulates_particles ? &particles_[i] : nullptr;
        }
    }

    const char* instruction_set() const { return instruction_set_.name; }
    std::size_t size() const { return entries_.size(); }
    lander::Entry& operator[](int i) { return entries_[static_cast<std::size_t>(i)]; }

    /// Bytes of all landers.
    std::size_t memory() const {
        return entries_.size() * sizeof(lander::Entry) +
               particles_.size() * sizeof(lander::Particles);
    }

    /// Waits for a step of another thread. Hold the lock to read or write a lander.
    std::unique_lock<std::mutex> lock() { return workers_.lock(); }

    /// Starts an episode of each lander that `mask` names; calls `write(result, i)` for each.
    template <class Write>
    void reset(const bool* mask, const Write& write) {
        for_each_group([&](int first, int last) {
            lander::reset_group(instruction_set_.step_entries, entries_.data(), first, last, mask,
                                write);
        });
    }

    /// Steps all landers; `limit` is the time limit in base steps.
    template <class Actions>
    void step(const Actions& action_of, lander::i32 limit, lander::Autoreset mode,
              const lander::Outputs& outputs) {
        for_each_group([&](int first, int last) {
            lander::step_group(instruction_set_.step_entries, entries_.data(), first, last,
                               action_of, limit, mode, outputs);
        });
    }

    /// Writes the stacks of all landers.
    void write_stacks(const lander::Pictures& pictures) {
        for_each_group([&](int first, int last) {
            for (int i = first; i < last; ++i) {
                pictures.write(i);
            }
        });
    }

    /// One decision of all landers, with a new picture each.
    template <class Actions>
    void decide(const Actions& action_of, const lander::Timing& timing, lander::Autoreset mode,
                const lander::Outputs& outputs, const lander::Pictures& pictures) {
        for_each_group([&](int first, int last) {
            lander::decide_group(instruction_set_.step_entries, entries_.data(), first, last,
                                 action_of, timing, mode, outputs, pictures, scratch());
        });
    }

  private:
    template <class Work>
    void for_each_group(const Work& work) {
        const auto held = workers_.lock();
        const DefaultFloatingPoint floating_point;
        workers_.run(static_cast<int>(entries_.size()),
                     [&work](int first, int last) { lander::for_each_group(first, last, work); });
    }

    InstructionSet instruction_set_;
    std::vector<lander::Entry> entries_;
    std::vector<lander::Particles> particles_;  // empty unless frames are drawn
    Workers workers_;
};

}  // namespace lander_host
