// What the batches that Python sees have in common: landers with their streams, arguments and
// states, the arrays that every step writes into, a lock, and threads.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <string>
#include <vector>

#include "batch/state_batch.h"
#include "host/dispatch.h"
#include "host/thread_pool.h"
#include "python/picture_views.h"
#include "python/values.h"
#include "python/views.h"

namespace lander_python {

template <class T, class... Shape>
using Rows = nb::ndarray<T, nb::shape<-1, Shape::value...>, nb::c_contig, nb::device::cpu>;
template <int N>
struct Columns {
    static constexpr int value = N;
};

inline void require_length(std::size_t length, int num_envs) {
    if (num_envs < 1 || length != static_cast<std::size_t>(num_envs)) {
        refuse("an array's length", std::to_string(length), "num_envs, at least 1");
    }
}

/// The arrays that a step writes into, kept alive by the batch.
struct Outputs {
    Rows<float, Columns<8>> obs;
    Rows<double> rewards;
    Rows<bool> terminated, truncated, ended;
    Rows<lander::u8> outcomes;
    Rows<bool> on_pad;

    lander::Rows rows(int num_envs) const {
        for (const std::size_t length :
             {obs.shape(0), rewards.shape(0), terminated.shape(0), truncated.shape(0),
              ended.shape(0), outcomes.shape(0), on_pad.shape(0)}) {
            require_length(length, num_envs);
        }
        return {reinterpret_cast<float (*)[8]>(obs.data()),
                rewards.data(),
                terminated.data(),
                truncated.data(),
                ended.data(),
                reinterpret_cast<lander::Outcome*>(outcomes.data()),
                on_pad.data(),
                nullptr};
    }
};

class Landers {
  public:
    Landers(int num_envs, bool continuous, bool draws, int autoreset, int num_threads,
            Outputs outputs)
        : instruction_set_(lander_host::chosen_instruction_set()),
          autoreset_(static_cast<lander::Autoreset>(autoreset)),
          outputs_(std::move(outputs)),
          rows_(outputs_.rows(num_envs)),
          entries_(static_cast<std::size_t>(num_envs)),
          flames_(draws ? entries_.size() : 0),
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

    nb::bytes clone_state(int i) {
        const auto lock = lock_without_gil();
        return clone(at(i).state, at(i).flames);
    }

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

    std::size_t memory() const {
        return entries_.size() * sizeof(lander::Entry) + flames_.size() * sizeof(lander::Flames);
    }

  protected:
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

    /// The actions in an array, by lander.
    auto discrete(Rows<const lander::i64> actions) const {
        require_size("actions", actions.shape(0));
        const lander::i64* action = actions.data();
        return [action](int i) { return lander::Action{static_cast<int>(action[i]), 0.0, 0.0}; };
    }

    auto continuous(Rows<const double, Columns<2>> actions) const {
        require_size("actions", actions.shape(0));
        const double* action = actions.data();
        return [action](int i) { return lander::Action{0, action[2 * i], action[2 * i + 1]}; };
    }

    /// Waits for a step that another Python thread has under way, letting that thread finish.
    std::unique_lock<std::mutex> lock_without_gil() {
        const nb::gil_scoped_release release;
        return workers_->lock();
    }

    /// Starts the episodes that `mask` names and hands each first step to `write(step, i)`.
    template <class Write>
    void start(Rows<const bool> mask, const Write& write) {
        require_size("mask", mask.shape(0));
        const bool* chosen = mask.data();
        for_each_group([&, chosen](int first, int last) {
            lander::start_group(instruction_set_.carry_out, entries_.data(), first, last, chosen,
                                write);
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
    lander::Autoreset autoreset_;
    Outputs outputs_;
    lander::Rows rows_;
    std::vector<lander::Entry> entries_;

  private:
    std::vector<lander::Flames> flames_;  // empty unless pictures are asked for
    std::unique_ptr<lander_host::Workers> workers_;
};

inline void bind_landers(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Landers>(module, "Landers", "What all batches can do.")
        .def("set_params", &Landers::set_params, "index"_a, "gravity"_a, "enable_wind"_a,
             "wind_power"_a, "turbulence_power"_a)
        .def("seed", &Landers::seed, "index"_a, "seed"_a)
        .def("clone_state", &Landers::clone_state, "index"_a)
        .def("random_state", &Landers::random_state, "index"_a)
        .def("draw", &Landers::draw, "index"_a, "out"_a.noconvert())
        .def_prop_ro("instruction_set", &Landers::instruction_set)
        .def_prop_ro("memory", &Landers::memory);
}

}  // namespace lander_python
