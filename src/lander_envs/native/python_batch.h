// The batch as Python sees it: binds the caller's arrays, releases the GIL, calls; no logic.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <string>
#include <vector>

#include "batch.h"
#include "instruction_sets.h"
#include "picture_views.h"
#include "python_values.h"
#include "python_views.h"
#include "thread_pool.h"

namespace lander_python {

template <class T, class... Shape>
using Rows = nb::ndarray<T, nb::shape<-1, Shape::value...>, nb::c_contig, nb::device::cpu>;
template <int N>
struct Columns {
    static constexpr int value = N;
};

/// The arrays that a step writes into, kept alive by the batch.
struct Outputs {
    Rows<float, Columns<8>> obs;
    Rows<double> rewards;
    Rows<bool> terminated, truncated, ended;
    Rows<lander::u8> outcomes;
    Rows<bool> on_pad;
    Rows<float, Columns<8>> final_obs;

    lander::Rows rows() const {
        return {reinterpret_cast<float (*)[8]>(obs.data()),
                rewards.data(),
                terminated.data(),
                truncated.data(),
                ended.data(),
                reinterpret_cast<lander::Outcome*>(outcomes.data()),
                on_pad.data(),
                reinterpret_cast<float (*)[8]>(final_obs.data())};
    }
};

class Batch {
  public:
    Batch(int num_envs, bool continuous, bool draws, int autoreset, int max_episode_steps,
          int num_threads, Outputs outputs)
        : instruction_set_(lander_host::chosen_instruction_set()),
          entries_(static_cast<std::size_t>(num_envs)),
          flames_(draws ? entries_.size() : 0),
          autoreset_(static_cast<lander::Autoreset>(autoreset)),
          limit_(max_episode_steps),
          outputs_(std::move(outputs)),
          rows_(outputs_.rows()),
          workers_(std::make_unique<lander_host::Workers>(num_threads)) {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            entries_[i].params.continuous = continuous;
            entries_[i].flames = draws ? &flames_[i] : nullptr;
        }
    }

    /// Sets lander i's arguments; they hold from its next step on.
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

    void reset(Rows<const bool> mask) {
        require_size("mask", mask.shape(0));
        const bool* chosen = mask.data();
        for_each_group([&, chosen](int first, int last) {
            lander::start_group(
                instruction_set_.carry_out, entries_.data(), first, last, chosen,
                [&](const lander::Step& step, int i) { lander::write_first(step, rows_, i); });
        });
    }

    void step_discrete(Rows<const lander::i64> actions) {
        require_size("actions", actions.shape(0));
        const lander::i64* action = actions.data();
        step([action](int i) { return lander::Action{static_cast<int>(action[i]), 0.0, 0.0}; });
    }

    void step_continuous(Rows<const double, Columns<2>> actions) {
        require_size("actions", actions.shape(0));
        const double* action = actions.data();
        step([action](int i) { return lander::Action{0, action[2 * i], action[2 * i + 1]}; });
    }

    nb::bytes clone_state(int i) {
        const auto lock = lock_without_gil();
        return clone(at(i).state, at(i).flames);
    }

    void restore_state(int i, const nb::bytes& state, int elapsed) {
        lander::Entry& entry = at(i);
        const auto lock = lock_without_gil();
        restore(entry.state, entry.flames, state);
        entry.elapsed = elapsed;
    }

    int elapsed(int i) { return at(i).elapsed; }
    nb::dict random_state(int i) { return stream_of(at(i).state.random); }

    /// Draws lander i into `out`.
    void draw(int i, Frame out) {
        const lander::Entry& entry = at(i);
        if (entry.flames == nullptr) {
            refuse("draws", "False", "True for a batch that draws");
        }
        const auto lock = lock_without_gil();
        draw_frame(entry.state.world, *entry.flames, out.data());
    }

    const char* instruction_set() const { return instruction_set_.name; }
    std::size_t memory() const { return entries_.size() * sizeof(lander::Entry); }

  private:
    lander::Entry& at(int i) {
        if (i < 0 || static_cast<std::size_t>(i) >= entries_.size()) {
            refuse("index", std::to_string(i),
                   ("from 0 to " + std::to_string(entries_.size() - 1)).c_str());
        }
        return entries_[static_cast<std::size_t>(i)];
    }

    void require_size(const char* name, std::size_t size) const {
        if (size != entries_.size()) {
            refuse(name, std::to_string(size) + " long", std::to_string(entries_.size()).c_str());
        }
    }

    /// Waits for a step that another Python thread has under way, letting that thread finish.
    std::unique_lock<std::mutex> lock_without_gil() {
        const nb::gil_scoped_release release;
        return workers_->lock();
    }

    template <class Actions>
    void step(const Actions& action_of) {
        for_each_group([&](int first, int last) {
            lander::step_group(instruction_set_.carry_out, entries_.data(), first, last, action_of,
                               limit_, autoreset_, rows_);
        });
    }

    template <class Work>
    void for_each_group(const Work& work) {
        const nb::gil_scoped_release release;
        const auto lock = workers_->lock();
        workers_->run(static_cast<int>(entries_.size()),
                      [&work](int first, int last) { lander::for_each_group(first, last, work); });
    }

    lander_host::InstructionSet instruction_set_;
    std::vector<lander::Entry> entries_;
    std::vector<lander::Flames> flames_;  // empty unless pictures are asked for
    lander::Autoreset autoreset_;
    int limit_;
    Outputs outputs_;
    lander::Rows rows_;
    std::unique_ptr<lander_host::Workers> workers_;
};

inline void bind_batch(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Batch>(module, "Batch", "Many landers behind arrays of the caller's.")
        .def(
            "__init__",
            [](Batch* self, int num_envs, bool continuous, bool draws, int autoreset,
               int max_episode_steps, int num_threads, Rows<float, Columns<8>> obs,
               Rows<double> rewards, Rows<bool> terminated, Rows<bool> truncated, Rows<bool> ended,
               Rows<lander::u8> outcomes, Rows<bool> on_pad, Rows<float, Columns<8>> final_obs) {
                const std::size_t n = static_cast<std::size_t>(num_envs);
                for (const std::size_t size :
                     {obs.shape(0), rewards.shape(0), terminated.shape(0), truncated.shape(0),
                      ended.shape(0), outcomes.shape(0), on_pad.shape(0), final_obs.shape(0)}) {
                    if (num_envs < 1 || size != n) {
                        refuse("an array's length", std::to_string(size), "num_envs, at least 1");
                    }
                }
                new (self) Batch(
                    num_envs, continuous, draws, autoreset, max_episode_steps, num_threads,
                    {obs, rewards, terminated, truncated, ended, outcomes, on_pad, final_obs});
            },
            "num_envs"_a, "continuous"_a, "draws"_a, "autoreset"_a, "max_episode_steps"_a,
            "num_threads"_a, "obs"_a.noconvert(), "rewards"_a.noconvert(),
            "terminated"_a.noconvert(), "truncated"_a.noconvert(), "ended"_a.noconvert(),
            "outcomes"_a.noconvert(), "on_pad"_a.noconvert(), "final_obs"_a.noconvert())
        .def("set_params", &Batch::set_params, "index"_a, "gravity"_a, "enable_wind"_a,
             "wind_power"_a, "turbulence_power"_a)
        .def("seed", &Batch::seed, "index"_a, "seed"_a)
        .def("reset", &Batch::reset, "mask"_a.noconvert())
        .def("step", &Batch::step_discrete, "actions"_a.noconvert())
        .def("step_continuous", &Batch::step_continuous, "actions"_a.noconvert())
        .def("clone_state", &Batch::clone_state, "index"_a)
        .def("restore_state", &Batch::restore_state, "index"_a, "state"_a, "elapsed"_a)
        .def("elapsed", &Batch::elapsed, "index"_a)
        .def("random_state", &Batch::random_state, "index"_a)
        .def("draw", &Batch::draw, "index"_a, "out"_a.noconvert())
        .def_prop_ro("instruction_set", &Batch::instruction_set)
        .def_prop_ro("memory", &Batch::memory);
}

}  // namespace lander_python
