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

    void reset(Mask mask) override {
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
               OutputArrays arrays, States final_obs, Stacks final_stacks)
        : Landers(num_envs, continuous, true, autoreset, num_threads, std::move(arrays)),
          timing_(timing),
          final_obs_(final_obs),
          final_stacks_(final_stacks),
          pictures_(num_envs, camera.settings(), depth, final_stacks_.data()) {
        require_length(final_obs.shape(0), num_envs);
        require_stacks(final_stacks);
        outputs_.final_obs =
            reinterpret_cast<float (*)[lander::observation_size]>(final_obs_.data());
    }

    void reset(Mask mask) override {
        reset_where(mask, [this](const lander::StepResult& result, int i) {
            lander::write_reset(result, outputs_, i);
            pictures_.start(landers_[i], i);
        });
    }

    template <class Actions>
    void step(const Actions& action_of, const std::optional<Stacks>& stacks) {
        const lander::Pictures pictures = onto(stacks);
        const ReleasedGil released;
        landers_.decide(action_of, timing_, autoreset_, outputs_, pictures);
    }
    void step_discrete(DiscreteActions actions) override { step(discrete(actions), {}); }
    void step_continuous(ContinuousActions actions) override { step(continuous(actions), {}); }
    void step_onto(DiscreteActions actions, const std::optional<Stacks>& stacks) {
        step(discrete(actions), stacks);
    }
    void step_continuous_onto(ContinuousActions actions, const std::optional<Stacks>& stacks) {
        step(continuous(actions), stacks);
    }

    void write_stacks(const Stacks& stacks) {
        const lander::Pictures pictures = onto(stacks);
        const ReleasedGil released;
        landers_.write_stacks(pictures);
    }

    nb::bytes stack(int i) {
        at(i);
        std::vector<lander::u8> bytes(pictures_.stack_bytes());
        locked([&] { pictures_.write_stack(i, bytes.data()); });
        return nb::bytes(bytes.data(), bytes.size());
    }

    int decisions(int i) {
        at(i);
        return locked([&] { return pictures_.decisions(i); });
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

    lander::Pictures onto(const std::optional<Stacks>& stacks) const {
        if (stacks) {
            require_stacks(*stacks);
        }
        return pictures_.onto(stacks ? stacks->data() : nullptr);
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
    Stacks final_stacks_;
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
        "A stack holds the last ``frame_stack`` pictures of ``camera``, oldest first; ``obs`` "
        "holds\n"
        "the states. Arrays of stacks are uint8 (num_envs, bytes of a stack). An episode lasts at\n"
        "most ``base_steps`` base steps and ``max_episode_steps`` decisions. Under SAME_STEP\n"
        "``final_obs`` and ``final_stacks`` hold the last observation of each episode that ended.")
        .def(
            "__init__",
            [](PixelBatch* self, int num_envs, bool continuous, lander::Autoreset autoreset,
               int frame_skip, int base_steps, int max_episode_steps, int num_threads,
               const Camera& camera, int frame_stack, States obs, Array<double> rewards,
               Array<bool> terminated, Array<bool> truncated, Array<bool> ended,
               Array<lander::u8> outcomes, Array<bool> on_pad, States final_obs,
               Stacks final_stacks) {
                new (self) PixelBatch(
                    num_envs, continuous, autoreset, {frame_skip, base_steps, max_episode_steps},
                    num_threads, camera, frame_stack,
                    {obs, rewards, terminated, truncated, ended, outcomes, on_pad}, final_obs,
                    final_stacks);
            },
            "num_envs"_a, "continuous"_a, "autoreset"_a, "frame_skip"_a, "base_steps"_a,
            "max_episode_steps"_a, "num_threads"_a, "camera"_a, "frame_stack"_a,
            "obs"_a.noconvert(), "rewards"_a.noconvert(), "terminated"_a.noconvert(),
            "truncated"_a.noconvert(), "ended"_a.noconvert(), "outcomes"_a.noconvert(),
            "on_pad"_a.noconvert(), "final_obs"_a.noconvert(), "final_stacks"_a.noconvert())
        .def("step", &PixelBatch::step_onto, "actions"_a.noconvert(),
             "stacks"_a.noconvert() = nb::none(),
             "Like ``Landers.step``; also writes the stacks into ``stacks``.")
        .def("step_continuous", &PixelBatch::step_continuous_onto, "actions"_a.noconvert(),
             "stacks"_a.noconvert() = nb::none(),
             "Like ``Landers.step_continuous``; also writes the stacks into ``stacks``.")
        .def("write_stacks", &PixelBatch::write_stacks, "out"_a.noconvert(),
             "Writes the stacks of all landers into ``out``.")
        .def("stack", &PixelBatch::stack, "index"_a, "One lander's stack.")
        .def("decisions", &PixelBatch::decisions, "index"_a, "Decisions of one lander's episode.");
}

}  // namespace lander_python
