// Python bindings of batches: state batch and pixel batch, which write into the caller's arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/landers.h"
#include "python/conversions.h"
#include "python/lander.h"

namespace lander_python {

inline void require_length(std::size_t length, int num_envs) {
    if (num_envs < 1 || length != static_cast<std::size_t>(num_envs)) {
        refuse("an array's length", std::to_string(length), "num_envs, at least 1");
    }
}

/// Output arrays, which the batch keeps alive.
struct OutputArrays {
    States obs;
    Array<double> rewards;
    Array<bool> terminated, truncated, ended;
    Array<lander::u8> outcomes;
    Array<bool> on_pad;

    lander::Outputs pointers(int num_envs) const {
        for (const std::size_t length :
             {obs.shape(0), rewards.shape(0), terminated.shape(0), truncated.shape(0),
              ended.shape(0), outcomes.shape(0), on_pad.shape(0)}) {
            require_length(length, num_envs);
        }
        return {reinterpret_cast<float (*)[lander::observation_size]>(obs.data()),
                rewards.data(),
                terminated.data(),
                truncated.data(),
                ended.data(),
                reinterpret_cast<lander::Outcome*>(outcomes.data()),
                on_pad.data(),
                nullptr};
    }
};

using DiscreteActions = Array<const lander::i64>;
using ContinuousActions = Array<const double, Columns<2>>;

/// Common part of the batches. Calls that wait for the lock or step release the GIL.
class Landers {
  public:
    Landers(int num_envs, bool continuous, bool draws, lander::Autoreset autoreset, int num_threads,
            OutputArrays arrays)
        : autoreset_(autoreset),
          arrays_(std::move(arrays)),
          outputs_(arrays_.pointers(num_envs)),
          landers_(num_envs, continuous, draws, num_threads) {}
    virtual ~Landers() = default;

    virtual void reset(Array<const bool> mask) = 0;
    virtual void step_discrete(DiscreteActions actions) = 0;
    virtual void step_continuous(ContinuousActions actions) = 0;

    void restore_state(int i, const nb::bytes& state, int elapsed) {
        lander::Entry& entry = at(i);
        const auto lock = lock_without_gil();
        restore(entry, state);
        entry.elapsed = elapsed;
        restored(i);
    }

    void set_params(int i, double gravity, bool enable_wind, double wind_power,
                    double turbulence_power) {
        lander::Entry& entry = at(i);
        const lander::Params params{entry.params.continuous, gravity, enable_wind, wind_power,
                                    turbulence_power};
        require_valid(params);
        const auto lock = lock_without_gil();
        entry.params = params;
    }

    void seed(int i, nb::int_ seed) {
        const std::vector<lander::u32> digits = digits_of(seed, "seed");
        lander::Entry& entry = at(i);
        const auto lock = lock_without_gil();
        entry.state.random = lander::seeded_pcg64(digits.data(), static_cast<int>(digits.size()));
    }

    GeneratorState random_state(int i) {
        const auto lock = lock_without_gil();
        return generator_state(at(i).state.random);
    }

    nb::bytes clone_state(int i) {
        const auto lock = lock_without_gil();
        return serialized(at(i));
    }

    int elapsed(int i) {
        const auto lock = lock_without_gil();
        return at(i).elapsed;
    }

    void draw(int i, Frame out) {
        const lander::Entry& entry = at(i);
        if (entry.particles == nullptr) {
            refuse("draws", "False", "True for a batch that draws");
        }
        const auto lock = lock_without_gil();
        lander_host::draw_frame(entry.state.world, *entry.particles, out.data());
    }

    const char* instruction_set() const { return landers_.instruction_set(); }

  protected:
    /// Called with the lock held, after lander i was restored.
    virtual void restored(int) {}

    lander::Entry& at(int i) {
        if (i < 0 || static_cast<std::size_t>(i) >= landers_.size()) {
            refuse("index", std::to_string(i),
                   ("from 0 to " + std::to_string(landers_.size() - 1)).c_str());
        }
        return landers_[i];
    }

    void require_size(const char* name, std::size_t size) const {
        if (size != landers_.size()) {
            refuse(name, std::to_string(size) + " long", std::to_string(landers_.size()).c_str());
        }
    }

    auto discrete(const DiscreteActions& actions) const {
        require_size("actions", actions.shape(0));
        const lander::i64* action = actions.data();
        return [action](int i) { return lander::Action{static_cast<int>(action[i]), 0.0, 0.0}; };
    }

    auto continuous(const ContinuousActions& actions) const {
        require_size("actions", actions.shape(0));
        const double* action = actions.data();
        return [action](int i) { return lander::Action{0, action[2 * i], action[2 * i + 1]}; };
    }

    std::unique_lock<std::mutex> lock_without_gil() {
        const nb::gil_scoped_release release;
        return landers_.lock();
    }

    template <class Write>
    void reset_where(Array<const bool> mask, const Write& write) {
        require_size("mask", mask.shape(0));
        const bool* chosen = mask.data();
        const nb::gil_scoped_release release;
        landers_.reset(chosen, write);
    }

    lander::Autoreset autoreset_;
    OutputArrays arrays_;
    lander::Outputs outputs_;
    lander_host::Landers landers_;
};

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
        const nb::gil_scoped_release release;
        landers_.step(action_of, limit_, autoreset_, outputs_);
    }
    void step_discrete(DiscreteActions actions) override { step(discrete(actions)); }
    void step_continuous(ContinuousActions actions) override { step(continuous(actions)); }

  private:
    int limit_;
    States final_obs_;
};

/// Stacks of pictures, shape (num_envs, bytes of a stack).
using Stacks = nb::ndarray<lander::u8, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

class PixelBatch : public Landers {
  public:
    PixelBatch(int num_envs, bool continuous, lander::Autoreset autoreset,
               const lander::Timing& timing, int num_threads, const Camera& camera, int depth,
               OutputArrays arrays, Stacks stacks)
        : Landers(num_envs, continuous, true, autoreset, num_threads, std::move(arrays)),
          timing_(timing),
          stacks_(stacks),
          pictures_(num_envs, camera.settings(), depth, stacks_.data()) {
        require_length(stacks.shape(0), num_envs);
        const std::size_t bytes = pictures_.stack_bytes();
        if (depth < 1 || stacks.shape(1) != bytes) {
            refuse("a stack's length", std::to_string(stacks.shape(1)),
                   std::to_string(bytes).c_str());
        }
    }

    void reset(Array<const bool> mask) override {
        reset_where(mask, [this](const lander::StepResult& result, int i) {
            lander::write_reset(result, outputs_, i);
            pictures_.start(landers_[i], i);
        });
    }

    void restart(Array<const bool> mask) {
        reset_where(mask, [this](const lander::StepResult& result, int i) {
            lander::copy_observation(result, outputs_.obs[i]);
            pictures_.start(landers_[i], i);
        });
    }

    template <class Actions>
    void step(const Actions& action_of) {
        const nb::gil_scoped_release release;
        landers_.decide(action_of, timing_, autoreset_, outputs_, pictures_.stacks());
    }
    void step_discrete(DiscreteActions actions) override { step(discrete(actions)); }
    void step_continuous(ContinuousActions actions) override { step(continuous(actions)); }

    int decisions(int i) {
        at(i);
        const auto lock = lock_without_gil();
        return pictures_.stacks().decisions[i];
    }

    void set_decisions(int i, int decisions) {
        at(i);
        const auto lock = lock_without_gil();
        pictures_.stacks().decisions[i] = decisions;
    }

    void restored(int i) override { pictures_.draw_base(landers_[i], i); }

  private:
    lander::Timing timing_;
    Stacks stacks_;
    lander_host::Pictures pictures_;
};

inline void bind_batches(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Landers>(
        module, "Landers",
        "Common part of the batches: landers that write into the caller's arrays.\n\n"
        "The arrays are C-contiguous, with one item a lander; the batch keeps them\n"
        "alive. ``outcomes`` holds values of Outcome. ``ended`` is also read: a\n"
        "step looks there which episodes were over before it.")
        .def("reset", &Landers::reset, "mask"_a.noconvert(),
             "Starts an episode of each lander in ``mask``.")
        .def("step", &Landers::step_discrete, "actions"_a.noconvert(),
             "Steps all landers under actions from 0 to 3, int64 (num_envs,), not checked again.")
        .def("step_continuous", &Landers::step_continuous, "actions"_a.noconvert(),
             "Steps all landers under throttles, float64 (num_envs, 2).")
        .def("set_params", &Landers::set_params, "index"_a, "gravity"_a, "enable_wind"_a,
             "wind_power"_a, "turbulence_power"_a,
             "Sets the arguments of one lander, from its next step on.")
        .def("seed", &Landers::seed, "index"_a, "seed"_a,
             "Seeds one lander's generator as ``numpy.random.PCG64(seed)``.")
        .def("random_state", &Landers::random_state, "index"_a,
             "One lander's generator, as ``numpy.random.PCG64().state``.")
        .def("clone_state", &Landers::clone_state, "index"_a,
             "One lander's state, in the layout of ``Lander.clone_state``.")
        .def("restore_state", &Landers::restore_state, "index"_a, "state"_a, "elapsed"_a,
             "Restores one lander, ``elapsed`` base steps into its episode. Other bytes raise\n"
             "ValueError and change nothing.")
        .def("elapsed", &Landers::elapsed, "index"_a, "Base steps of one lander's episode.")
        .def("draw", &Landers::draw, "index"_a, "out"_a.noconvert(),
             "Draws one lander into ``out``, uint8 (400, 600, 3); needs ``draws=True``.")
        .def_prop_ro("instruction_set", &Landers::instruction_set,
                     "Member of INSTRUCTION_SETS that steps the landers.");
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
        "base steps and ``max_episode_steps`` decisions. Under SAME_STEP the caller reads the "
        "outputs\n"
        "and then calls ``restart``.")
        .def(
            "__init__",
            [](PixelBatch* self, int num_envs, bool continuous, lander::Autoreset autoreset,
               int frame_skip, int base_steps, int max_episode_steps, int num_threads,
               const Camera& camera, int frame_stack, States obs, Array<double> rewards,
               Array<bool> terminated, Array<bool> truncated, Array<bool> ended,
               Array<lander::u8> outcomes, Array<bool> on_pad, Stacks stacks) {
                new (self) PixelBatch(
                    num_envs, continuous, autoreset, {frame_skip, base_steps, max_episode_steps},
                    num_threads, camera, frame_stack,
                    {obs, rewards, terminated, truncated, ended, outcomes, on_pad}, stacks);
            },
            "num_envs"_a, "continuous"_a, "autoreset"_a, "frame_skip"_a, "base_steps"_a,
            "max_episode_steps"_a, "num_threads"_a, "camera"_a, "frame_stack"_a,
            "obs"_a.noconvert(), "rewards"_a.noconvert(), "terminated"_a.noconvert(),
            "truncated"_a.noconvert(), "ended"_a.noconvert(), "outcomes"_a.noconvert(),
            "on_pad"_a.noconvert(), "stacks"_a.noconvert())
        .def("restart", &PixelBatch::restart, "mask"_a.noconvert(),
             "Starts episodes, but leaves rewards, flags and outcomes of the last step.")
        .def("decisions", &PixelBatch::decisions, "index"_a, "Decisions of one lander's episode.")
        .def("set_decisions", &PixelBatch::set_decisions, "index"_a, "decisions"_a,
             "Sets them, after a state was restored. The caller restores the stack.");
}

}  // namespace lander_python
