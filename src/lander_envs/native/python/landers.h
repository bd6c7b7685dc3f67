// Python binding of the common part of the batches: landers that write into the caller's arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/landers.h"
#include "python/conversions.h"
#include "python/gil.h"

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

using Mask = Array<const bool>;

/// Seeds of the landers; None leaves a generator as it is.
using Seeds = nb::typed<nb::list, std::optional<nb::int_>>;

/// Steps of a restored episode, and whether it is over.
struct Clock {
    int elapsed;  // base steps
    bool ended;
    int decisions;  // of a PixelBatch
};

/// Common part of the batches. Calls that wait for the lock release the GIL.
class Landers {
  public:
    Landers(int num_envs, bool continuous, bool draws, lander::Autoreset autoreset, int num_threads,
            OutputArrays arrays)
        : autoreset_(autoreset),
          arrays_(std::move(arrays)),
          outputs_(arrays_.pointers(num_envs)),
          landers_(num_envs, continuous, draws, num_threads) {}
    virtual ~Landers() = default;

    virtual void reset(Mask mask) = 0;
    virtual void step_discrete(DiscreteActions actions) = 0;
    virtual void step_continuous(ContinuousActions actions) = 0;

    void restore_state(int i, const nb::bytes& state, const Clock& clock, const nb::bytes& stack) {
        lander::Entry& entry = at(i);
        require_restorable(clock, stack);
        const lander::StateFault fault = locked([&] {
            const lander::StateFault found = restore(entry, state);
            if (found.field == nullptr) {
                entry.elapsed = clock.elapsed;
                outputs_.ended[i] = clock.ended;
                lander::copy_observation(lander::observed(entry.state.world), outputs_.obs[i]);
                restored(i, clock, stack);
            }
            return found;
        });
        require_no_fault(fault, state);
    }

    void set_params(const Mask& mask, const Rows& rows) {
        change_params(mask, rows, [](lander::Entry& entry, const double* row) {
            lander::assign_row(entry.params, row);
            entry.params_change = false;
        });
    }

    void set_next_params(const Mask& mask, const Rows& rows) {
        change_params(mask, rows, [](lander::Entry& entry, const double* row) {
            entry.next_params = entry.params;
            lander::assign_row(entry.next_params, row);
            entry.params_change = true;
        });
    }

    ParamRow params(int i) {
        const lander::Entry& entry = at(i);
        return row_of(locked([&] { return entry.params; }));
    }

    void write_params(const RowsOut& rows) {
        require_size("rows", rows.shape(0));
        locked([&] {
            for (std::size_t i = 0; i < landers_.size(); ++i) {
                lander::write_row(landers_[static_cast<int>(i)].params, &rows(i, 0));
            }
        });
    }

    void set_ranges(const Ranges& array) {
        const lander::ParamRanges ranges = ranges_from(array);
        locked([&] {
            for (std::size_t i = 0; i < landers_.size(); ++i) {
                lander::Entry& entry = landers_[static_cast<int>(i)];
                entry.ranges = ranges;
                entry.randomizes = true;
            }
        });
    }

    void seed(const Seeds& seeds) {
        require_size("seeds", seeds.size());
        std::vector<std::optional<lander::Pcg64>> streams;
        streams.reserve(seeds.size());
        for (const nb::handle seed : seeds) {
            streams.push_back(seed.is_none() ? std::nullopt : std::optional(seeded(seed)));
        }
        locked([&] {
            for (std::size_t i = 0; i < streams.size(); ++i) {
                lander::Pcg64& random = landers_[static_cast<int>(i)].state.random;
                random = streams[i].value_or(random);
            }
        });
    }

    GeneratorState random_state(int i) {
        const lander::Entry& entry = at(i);
        return generator_state(locked([&] { return entry.state.random; }));
    }

    nb::bytes clone_state(int i) {
        const lander::Entry& entry = at(i);
        return locked([&] { return StateBytes(entry); }).object();
    }

    std::tuple<nb::bytes, nb::bytes> memory(int i) {
        const lander::Entry& entry = at(i);
        const auto [state, particles] = locked([&] {
            const lander::Particles none{};
            return std::pair(entry.state, entry.particles == nullptr ? none : *entry.particles);
        });
        return {memory_of(state), memory_of(particles)};
    }

    int elapsed(int i) {
        const lander::Entry& entry = at(i);
        return locked([&] { return entry.elapsed; });
    }

    void draw(int i, Frame out) {
        const lander::Entry& entry = at(i);
        if (entry.particles == nullptr) {
            refuse("draws", "False", "True for a batch that draws");
        }
        locked([&] { lander_host::draw_frame(entry.state.world, *entry.particles, out.data()); });
    }

    const char* instruction_set() const { return landers_.instruction_set(); }

  protected:
    /// Raises ValueError for steps beyond the time limit, or a stack of another length.
    virtual void require_restorable(const Clock& clock, const nb::bytes& stack) const = 0;

    /// Called with the lock and without the GIL, after lander i was restored.
    virtual void restored(int i, const Clock& clock, const nb::bytes& stack) = 0;

    static void require_stack(const nb::bytes& stack, std::size_t bytes) {
        if (stack.size() != bytes) {
            refuse("stack", std::to_string(stack.size()) + " bytes",
                   (std::to_string(bytes) + " bytes").c_str());
        }
    }

    static void require_within(const char* name, int steps, int limit, bool ended) {
        const int most = ended ? limit : limit - 1;
        if (steps < 0 || steps > most) {
            refuse(name, std::to_string(steps),
                   ("from 0 to " + std::to_string(most) + ", within the time limit").c_str());
        }
    }

    lander::Entry& at(int i) {
        if (i < 0 || static_cast<std::size_t>(i) >= landers_.size()) {
            refuse("index", std::to_string(i),
                   ("from 0 to " + std::to_string(landers_.size() - 1)).c_str());
        }
        return landers_[i];
    }

    static lander::Pcg64 seeded(nb::handle seed) {
        const std::vector<lander::u32> digits = digits_of(nb::int_(seed), "seed");
        return lander::seeded_pcg64(digits.data(), static_cast<int>(digits.size()));
    }

    /// Calls `apply(entry, row)` for each lander in `mask`, if the arguments of all are valid.
    template <class Apply>
    void change_params(const Mask& mask, const Rows& rows, const Apply& apply) {
        require_size("mask", mask.shape(0));
        require_size("rows", rows.shape(0));
        for (std::size_t i = 0; i < landers_.size(); ++i) {
            if (mask(i)) {
                require_row(&rows(i, 0));
            }
        }
        locked([&] {
            for (std::size_t i = 0; i < landers_.size(); ++i) {
                if (mask(i)) {
                    apply(landers_[static_cast<int>(i)], &rows(i, 0));
                }
            }
        });
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

    /// Calls `work` with the lock and without the GIL; it must not touch Python.
    ///
    /// No thread ever waits for one of the two while it holds the other: nothing can deadlock, and
    /// a thread that Python stops at exit leaves the lock free.
    template <class Work>
    std::invoke_result_t<const Work&> locked(const Work& work) {
        const ReleasedGil released;
        const auto lock = landers_.lock();
        const lander_host::DefaultFloatingPoint floating_point;
        return work();
    }

    template <class Write>
    void reset_where(Mask mask, const Write& write) {
        require_size("mask", mask.shape(0));
        const bool* chosen = mask.data();
        const ReleasedGil released;
        landers_.reset(chosen, write);
    }

    lander::Autoreset autoreset_;
    OutputArrays arrays_;
    lander::Outputs outputs_;
    lander_host::Landers landers_;
};

inline void bind_landers(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Landers>(
        module, "Landers",
        "Common part of the batches: landers that write into the caller's arrays.\n\n"
        "The arrays are C-contiguous, with one item a lander; the batch keeps them\n"
        "alive. ``outcomes`` holds values of Outcome. ``ended`` is also input: a\n"
        "step reads there which episodes were over before it.")
        .def("reset", &Landers::reset, "mask"_a.noconvert(),
             "Starts an episode of each lander in ``mask``.")
        .def("step", &Landers::step_discrete, "actions"_a.noconvert(),
             "Steps all landers under actions from 0 to 3, int64 (num_envs,), not checked again.")
        .def("step_continuous", &Landers::step_continuous, "actions"_a.noconvert(),
             "Steps all landers under throttles, float64 (num_envs, 2).")
        .def("set_params", &Landers::set_params, "mask"_a.noconvert(), "rows"_a.noconvert(),
             "Sets the arguments of the landers in ``mask``, from their next step on: a row a\n"
             "lander, float64 (num_envs, len(PARAMS)).")
        .def("set_next_params", &Landers::set_next_params, "mask"_a.noconvert(),
             "rows"_a.noconvert(),
             "Sets the arguments of the landers in ``mask``, from their next episode on.")
        .def("params", &Landers::params, "index"_a,
             "Arguments of one lander's episode, in the order of PARAMS.")
        .def("write_params", &Landers::write_params, "rows"_a.noconvert(),
             "Writes the arguments of all landers' episodes.")
        .def("set_ranges", &Landers::set_ranges, "ranges"_a.noconvert(),
             "Has each episode draw the arguments with low <= high, float64 (2, len(PARAMS)).")
        .def("seed", &Landers::seed, "seeds"_a,
             "Seeds each lander's generator as ``numpy.random.PCG64(seed)``; None leaves it.")
        .def("random_state", &Landers::random_state, "index"_a,
             "One lander's generator, as ``numpy.random.PCG64().state``.")
        .def("clone_state", &Landers::clone_state, "index"_a,
             "One lander's state, in the layout of ``Lander.clone_state``.")
        .def("memory", &Landers::memory, "index"_a,
             "Memory of one lander's state and particles, which a GPU lays out alike.")
        .def(
            "restore_state",
            [](Landers& self, int index, const nb::bytes& state, int elapsed, bool ended,
               int decisions, const nb::bytes& stack) {
                self.restore_state(index, state, {elapsed, ended, decisions}, stack);
            },
            "index"_a, "state"_a, "elapsed"_a, "ended"_a = false, "decisions"_a = 0,
            "stack"_a = nb::bytes("", 0),
            "Restores one lander, ``elapsed`` base steps into its episode, and writes its\n"
            "observation. A PixelBatch needs its decisions and its stack of pictures, too.\n"
            "Other bytes, and steps beyond the time limit, raise ValueError and change nothing.")
        .def("elapsed", &Landers::elapsed, "index"_a, "Base steps of one lander's episode.")
        .def("draw", &Landers::draw, "index"_a, "out"_a.noconvert(),
             "Draws one lander into ``out``, uint8 (400, 600, 3); needs ``draws=True``.")
        .def_prop_ro("instruction_set", &Landers::instruction_set,
                     "Member of INSTRUCTION_SETS that steps the landers.");
}

}  // namespace lander_python
