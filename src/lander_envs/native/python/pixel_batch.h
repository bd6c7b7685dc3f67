// The pixel batch as Python sees it: binds the caller's arrays, releases the GIL, calls; no logic.
#pragma once

#include "batch/pixel_batch.h"
#include "python/landers.h"

namespace lander_python {

/// Stacks of pictures, (num_envs, bytes of a stack).
using Stacks = nb::ndarray<lander::u8, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

class PixelBatch : public Landers {
  public:
    PixelBatch(int num_envs, bool continuous, int autoreset, const lander::Timing& timing,
               int num_threads, const PictureCamera& camera, int depth, Outputs outputs,
               Stacks stacks)
        : Landers(num_envs, continuous, true, autoreset, num_threads, std::move(outputs)),
          timing_(timing),
          camera_(camera.shared()),
          stacks_(stacks),
          bases_(entries_.size() * static_cast<std::size_t>(picture())),
          decisions_(entries_.size()),
          pixels_{camera_.get(), depth, stacks_.data(), bases_.data(), decisions_.data()} {
        require_length(stacks.shape(0), num_envs);
        const auto stack = static_cast<std::size_t>(depth * picture());
        if (depth < 1 || stacks.shape(1) != stack) {
            refuse("a stack's length", std::to_string(stacks.shape(1)),
                   std::to_string(stack).c_str());
        }
    }

    void reset(Rows<const bool> mask) {
        start(mask, [this](const lander::Step& step, int i) {
            lander::write_first(step, rows_, i);
            start_stack(i);
        });
    }

    /// Starts episodes and leaves in the rows how the last ones ended, but for the observations.
    void restart(Rows<const bool> mask) {
        start(mask, [this](const lander::Step& step, int i) {
            lander::copy_observation(step, rows_.obs[i]);
            start_stack(i);
        });
    }

    void step_discrete(Rows<const lander::i64> actions) { step(discrete(actions)); }
    void step_continuous(Rows<const double, Columns<2>> actions) { step(continuous(actions)); }

    int elapsed(int i) { return at(i), pixels_.decisions[i]; }
    int base_steps(int i) { return at(i).elapsed; }
    void set_base_steps(int i, int base_steps) { at(i).elapsed = base_steps; }

    /// The stack is the caller's to restore, and so are the base steps.
    void restore_state(int i, const nb::bytes& state, int elapsed) {
        lander::Entry& entry = at(i);
        const auto lock = lock_without_gil();
        restore(entry.state, entry.flames, state);
        pixels_.decisions[i] = elapsed;
        lander::draw_base(*camera_, entry.state.world.terrain, scratch(), pixels_.base(i));
    }

    std::size_t memory() const {
        return Landers::memory() + bases_.size() + decisions_.size() * sizeof(lander::i32);
    }

  private:
    int picture() const { return lander::picture_bytes(camera_->reduction); }

    void start_stack(int i) {
        lander::start_stack(pixels_, entries_[static_cast<std::size_t>(i)], i, scratch());
    }

    template <class Actions>
    void step(const Actions& action_of) {
        for_each_group([&](int first, int last) {
            lander::decide_group(instruction_set_.carry_out, entries_.data(), first, last,
                                 action_of, timing_, autoreset_, rows_, pixels_, scratch());
        });
    }

    lander::Timing timing_;
    std::shared_ptr<const lander::Camera> camera_;
    Stacks stacks_;
    std::vector<lander::u8> bases_;
    std::vector<lander::i32> decisions_;
    lander::PixelRows pixels_;
};

inline void bind_pixel_batch(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<PixelBatch, Landers>(module, "PixelBatch",
                                    "Many landers seen in pictures, behind arrays of the caller's.")
        .def(
            "__init__",
            [](PixelBatch* self, int num_envs, bool continuous, int autoreset, int frame_skip,
               int base_steps, int max_episode_steps, int num_threads, const PictureCamera& camera,
               int frame_stack, Rows<float, Columns<8>> obs, Rows<double> rewards,
               Rows<bool> terminated, Rows<bool> truncated, Rows<bool> ended,
               Rows<lander::u8> outcomes, Rows<bool> on_pad, Stacks stacks) {
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
        .def("reset", &PixelBatch::reset, "mask"_a.noconvert())
        .def("restart", &PixelBatch::restart, "mask"_a.noconvert())
        .def("step", &PixelBatch::step_discrete, "actions"_a.noconvert())
        .def("step_continuous", &PixelBatch::step_continuous, "actions"_a.noconvert())
        .def("elapsed", &PixelBatch::elapsed, "index"_a)
        .def("base_steps", &PixelBatch::base_steps, "index"_a)
        .def("set_base_steps", &PixelBatch::set_base_steps, "index"_a, "base_steps"_a)
        .def("restore_state", &PixelBatch::restore_state, "index"_a, "state"_a, "elapsed"_a)
        .def_prop_ro("memory", &PixelBatch::memory);
}

}  // namespace lander_python
