// Python bindings of the state batch and the pixel batch.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#include <optional>
#include <string>
#include <utility>

#include "host/pictures.h"
#include "python/lander.h"
#include "python/landers.h"

namespace lander_python {

class Batch : public Landers {
  public:
    Batch(int num_envs, bool continuous, bool draws, lander::Autoreset autoreset,
          int max_episode_steps, int num_threads, OutputArrays arrays, States final_obs)
        : Landers(num_envs, continuous, draws, autoreset, num_threads, std::move(arrays)),
          limit_(max_episode_steps),
          final_obs_(final_obs) {
        require_length(final_obs.shape(0), num_envs);
        outputs_.final_obs =
            reinterpret_cast<float (*)[lander::observation_size]>(final_obs_.data());
    }

    void reset(Array<const bool> mask) override {
        reset_where(mask, [this](const lander::StepResult& result, int i) {
            lander::write_reset(result, outputs_, i);
        });
    }

    template <class Actions>
    void step(const Actions& action_of) {
        const ReleasedGil released;
        landers_.step(action_of, limit_, autoreset_, outputs_);
    }
    void step_discrete(DiscreteActions actions) override { step(discrete(actions)); }
    void step_continuous(ContinuousActions actions) override { step(continuous(actions)); }

  private:
    void require_restorable(const Clock& clock, const nb::bytes& stack) const override {
        require_within("elapsed", clock.elapsed, limit_, clock.ended);
        require_stack(stack, 0);
    }
    void restored(int, const Clock&, const nb::bytes&) override {}

    int limit_;
    States final_obs_;
};

/// Stacks of pictures, shape (num_envs, bytes of a stack).
using Stacks = nb::ndarray<lander::u8, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

class PixelBatch : public Landers {
  public:
    PixelBatch(int num_envs, bool continuous, lander::Autoreset autoreset,
               const lander::Timing& timing, int num_threads, const Camera& camera, int depth,
               OutputArrays arrays, States final_obs, Stacks stacks, Stacks final_stacks)
        : Landers(num_envs, continuous, true, autoreset, num_threads, std::move(arrays)),
          timing_(timing),
          final_obs_(final_obs),
          stacks_(stacks),
          final_stacks_(final_stacks),
          pictures_(num_envs, camera.settings(), depth, stacks_.data(), final_stacks_.data()) {
        require_length(final_obs.shape(0), num_envs);
        require_stacks(stacks);
        require_stacks(final_stacks);
        outputs_.final_obs =
            reinterpret_cast<float (*)[lander::observation_size]>(final_obs_.data());
    }

    void reset(Array<const bool> mask) override {
        reset_where(mask, [this](const lander::StepResult& result, int i) {
            lander::write_reset(result, outputs_, i);
            pictures_.start(landers_[i], i);
        });
    }

    template <class Actions>
    void step(const Actions& action_of, const std::optional<Stacks>& copies) {
        lander::PictureStacks pictures = pictures_.stacks();
        if (copies) {
            require_stacks(*copies);
            pictures.copies = copies->data();
        }
        const ReleasedGil released;
        landers_.decide(action_of, timing_, autoreset_, outputs_, pictures);
    }
    void step_discrete(DiscreteActions actions) override { step(discrete(actions), {}); }
    void step_continuous(ContinuousActions actions) override { step(continuous(actions), {}); }
    void copying_step(DiscreteActions actions, const std::optional<Stacks>& copies) {
        step(discrete(actions), copies);
    }
    void copying_step_continuous(ContinuousActions actions, const std::optional<Stacks>& copies) {
        step(continuous(actions), copies);
    }

    int decisions(int i) {
        at(i);
        return locked([&] { return pictures_.stacks().decisions[i]; });
    }

  private:
    void require_restorable(const Clock& clock, const nb::bytes& stack) const override {
        require_within("elapsed", clock.elapsed, timing_.base_steps, clock.ended);
        require_within("decisions", clock.decisions, timing_.decisions, clock.ended);
        require_stack(stack, pictures_.stack_bytes());
    }
    void restored(int i, const Clock& clock, const nb::bytes& stack) override {
        pictures_.restore(landers_[i], i, clock.decisions,
                          reinterpret_cast<const lander::u8*>(stack.c_str()));
    }

    void require_stacks(const Stacks& stacks) const {
        require_size("stacks", stacks.shape(0));
        const std::size_t bytes = pictures_.stack_bytes();
        if (bytes == 0 || stacks.shape(1) != bytes) {
            refuse("a stack's length", std::to_string(stacks.shape(1)),
                   std::to_string(bytes).c_str());
        }
    }

    lander::Timing timing_;
    States final_obs_;
    Stacks stacks_, final_stacks_;
    lander_host::Pictures pictures_;
};

inline void bind_batches(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Batch, Landers>(module, "Batch",
                               "State batch: a step is a base step.\n\n"
                               "Under SAME_STEP ``final_obs`` holds the last observation of each\n"
                               "episode that ended.")
        .def(
            "__init__",
            [](Batch* self, int num_envs, bool continuous, bool draws, lander::Autoreset autoreset,
               int max_episode_steps, int num_threads, States obs, Array<double> rewards,
               Array<bool> terminated, Array<bool> truncated, Array<bool> ended,
               Array<lander::u8> outcomes, Array<bool> on_pad, States final_obs) {
                new (self) Batch(
                    num_envs, continuous, draws, autoreset, max_episode_steps, num_threads,
                    {obs, rewards, terminated, truncated, ended, outcomes, on_pad}, final_obs);
            },
            "num_envs"_a, "continuous"_a, "draws"_a, "autoreset"_a, "max_episode_steps"_a,
            "num_threads"_a, "obs"_a.noconvert(), "rewards"_a.noconvert(),
            "terminated"_a.noconvert(), "truncated"_a.noconvert(), "ended"_a.noconvert(),
            "outcomes"_a.noconvert(), "on_pad"_a.noconvert(), "final_obs"_a.noconvert());
    nb::class_<PixelBatch, Landers>(
        module, "PixelBatch",
        "Pixel batch: a step is a decision of up to ``frame_skip`` base steps.\n\n"
        "``stacks``, uint8 (num_envs, bytes of a stack), holds the last ``frame_stack`` pictures "
        "of\n"
        "``camera``, oldest first; ``obs`` holds the states. An episode lasts at most "
        "``base_steps``\n"
        "base steps and ``max_episode_steps`` decisions. Under SAME_STEP ``final_obs`` and\n"
        "``final_stacks`` hold the last observation of each episode that ended.")
        .def(
            "__init__",
            [](PixelBatch* self, int num_envs, bool continuous, lander::Autoreset autoreset,
               int frame_skip, int base_steps, int max_episode_steps, int num_threads,
               const Camera& camera, int frame_stack, States obs, Array<double> rewards,
               Array<bool> terminated, Array<bool> truncated, Array<bool> ended,
               Array<lander::u8> outcomes, Array<bool> on_pad, States final_obs, Stacks stacks,
               Stacks final_stacks) {
                new (self) PixelBatch(
                    num_envs, continuous, autoreset, {frame_skip, base_steps, max_episode_steps},
                    num_threads, camera, frame_stack,
                    {obs, rewards, terminated, truncated, ended, outcomes, on_pad}, final_obs,
                    stacks, final_stacks);
            },
            "num_envs"_a, "continuous"_a, "autoreset"_a, "frame_skip"_a, "base_steps"_a,
            "max_episode_steps"_a, "num_threads"_a, "camera"_a, "frame_stack"_a,
            "obs"_a.noconvert(), "rewards"_a.noconvert(), "terminated"_a.noconvert(),
            "truncated"_a.noconvert(), "ended"_a.noconvert(), "outcomes"_a.noconvert(),
            "on_pad"_a.noconvert(), "final_obs"_a.noconvert(), "stacks"_a.noconvert(),
            "final_stacks"_a.noconvert())
        .def("step", &PixelBatch::copying_step, "actions"_a.noconvert(),
             "copies"_a.noconvert() = nb::none(),
             "Like ``Landers.step``; also copies the stacks into ``copies``.")
        .def("step_continuous", &PixelBatch::copying_step_continuous, "actions"_a.noconvert(),
             "copies"_a.noconvert() = nb::none(),
             "Like ``Landers.step_continuous``; also copies the stacks into ``copies``.")
        .def("decisions", &PixelBatch::decisions, "index"_a, "Decisions of one lander's episode.");
}

}  // namespace lander_python
