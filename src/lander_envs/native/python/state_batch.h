// The batch as Python sees it: binds the caller's arrays, releases the GIL, calls; no logic.
#pragma once

#include "python/landers.h"

namespace lander_python {

class Batch : public Landers {
  public:
    Batch(int num_envs, bool continuous, bool draws, int autoreset, int max_episode_steps,
          int num_threads, Outputs outputs, Rows<float, Columns<8>> final_obs)
        : Landers(num_envs, continuous, draws, autoreset, num_threads, std::move(outputs)),
          limit_(max_episode_steps),
          final_obs_(final_obs) {
        require_length(final_obs.shape(0), num_envs);
        rows_.final_obs = reinterpret_cast<float (*)[8]>(final_obs_.data());
    }

    void reset(Rows<const bool> mask) {
        start(mask,
              [this](const lander::Step& step, int i) { lander::write_first(step, rows_, i); });
    }

    void step_discrete(Rows<const lander::i64> actions) { step(discrete(actions)); }
    void step_continuous(Rows<const double, Columns<2>> actions) { step(continuous(actions)); }

    int elapsed(int i) { return at(i).elapsed; }

    void restore_state(int i, const nb::bytes& state, int elapsed) {
        lander::Entry& entry = at(i);
        const auto lock = lock_without_gil();
        restore(entry.state, entry.flames, state);
        entry.elapsed = elapsed;
    }

  private:
    template <class Actions>
    void step(const Actions& action_of) {
        for_each_group([&](int first, int last) {
            lander::step_group(instruction_set_.carry_out, entries_.data(), first, last, action_of,
                               limit_, autoreset_, rows_);
        });
    }

    int limit_;
    Rows<float, Columns<8>> final_obs_;
};

inline void bind_batch(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Batch, Landers>(module, "Batch", "Many landers behind arrays of the caller's.")
        .def(
            "__init__",
            [](Batch* self, int num_envs, bool continuous, bool draws, int autoreset,
               int max_episode_steps, int num_threads, Rows<float, Columns<8>> obs,
               Rows<double> rewards, Rows<bool> terminated, Rows<bool> truncated, Rows<bool> ended,
               Rows<lander::u8> outcomes, Rows<bool> on_pad, Rows<float, Columns<8>> final_obs) {
                new (self) Batch(
                    num_envs, continuous, draws, autoreset, max_episode_steps, num_threads,
                    {obs, rewards, terminated, truncated, ended, outcomes, on_pad}, final_obs);
            },
            "num_envs"_a, "continuous"_a, "draws"_a, "autoreset"_a, "max_episode_steps"_a,
            "num_threads"_a, "obs"_a.noconvert(), "rewards"_a.noconvert(),
            "terminated"_a.noconvert(), "truncated"_a.noconvert(), "ended"_a.noconvert(),
            "outcomes"_a.noconvert(), "on_pad"_a.noconvert(), "final_obs"_a.noconvert())
        .def("reset", &Batch::reset, "mask"_a.noconvert())
        .def("step", &Batch::step_discrete, "actions"_a.noconvert())
        .def("step_continuous", &Batch::step_continuous, "actions"_a.noconvert())
        .def("elapsed", &Batch::elapsed, "index"_a)
        .def("restore_state", &Batch::restore_state, "index"_a, "state"_a, "elapsed"_a);
}

}  // namespace lander_python
