// Python binding of one lander.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/tuple.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <tuple>

#include "host/floating_point.h"
#include "host/pictures.h"
#include "python/conversions.h"
#include "python/numpy_generator.h"

namespace lander_python {

using Camera = lander_host::PictureCamera;
using Observation = nb::ndarray<nb::numpy, float, nb::shape<lander::observation_size>>;
using Picture = nb::ndarray<nb::numpy, lander::u8, nb::ndim<3>>;
using StepTuple = std::tuple<Observation, double, bool>;

/// One entry of a batch, which draws from the caller's bit generator. Tests give it another Trace.
template <class Trace>
class TracedLander {
  public:
    TracedLander(bool continuous, bool draws) {
        entry_.params.continuous = continuous;
        const lander::u32 seed = 0;  // the state's stream, until Python sets its own
        entry_.state.random = lander::seeded_pcg64(&seed, 1);
        entry_.particles = draws ? &particles_ : nullptr;
    }
    TracedLander(const TracedLander&) = delete;
    TracedLander& operator=(const TracedLander&) = delete;

    void set_params(const Row& row) {
        require_row(row.data());
        lander::assign_row(entry_.params, row.data());
    }

    ParamRow params() const { return row_of(entry_.params); }

    Observation reset(nb::handle bit_generator) {
        step({&entry_, {}, true, {}}, bit_generator);
        started_ = true;
        return observation();
    }

    StepTuple step_discrete(int action, nb::handle bit_generator) {
        require_started("step");
        if (entry_.params.continuous) {
            throw nb::type_error(
                "this lander is continuous: call step_continuous(main, lateral), not step");
        }
        if (action < 0 || action >= lander::action_count) {
            refuse("action", std::to_string(action), "0, 1, 2 or 3");
        }
        return step({&entry_, {action, 0.0, 0.0}, false, {}}, bit_generator);
    }

    StepTuple step_continuous(double main, double lateral, nb::handle bit_generator) {
        require_started("step");
        if (!entry_.params.continuous) {
            throw nb::type_error("this lander is discrete: call step(action), not step_continuous");
        }
        if (std::isnan(main) || std::isnan(lateral)) {
            refuse("action", "(" + text(main) + ", " + text(lateral) + ")", "two real numbers");
        }
        return step({&entry_, {0, main, lateral}, false, {}}, bit_generator);
    }

    lander::Outcome outcome() const { return lander::outcome_of(result_, false); }

    GeneratorState random_state() const { return generator_state(entry_.state.random); }
    void set_random_state(const GeneratorState& state) {
        entry_.state.random = generator_from(state);
    }

    nb::bytes clone_state() const {
        require_started("clone_state");
        return StateBytes(entry_).object();
    }

    Observation restore_state(const nb::bytes& state) {
        lander::StateFault fault;
        {
            const lander_host::DefaultFloatingPoint floating_point;
            fault = restore(entry_, state);
            if (fault.field == nullptr) {
                result_ = lander::observed(entry_.state.world);
                started_ = true;
            }
        }
        require_no_fault(fault, state);
        return observation();
    }

    void draw(Frame out) const {
        require_started("draw");
        lander_host::draw_frame(entry_.state.world, particles_, out.data());
    }

    Picture small_picture(Camera& camera) const {
        require_started("small_picture");
        const auto channels = static_cast<std::size_t>(camera.channels());
        const auto rows = static_cast<std::size_t>(camera.rows());
        const auto columns = static_cast<std::size_t>(camera.columns());
        auto* out = new lander::u8[channels * rows * columns];
        camera.take(entry_.state.world, particles_, out);
        return own<Picture>(out, {channels, rows, columns});
    }

    /// Arguments and, after a reset, the state.
    nb::tuple pickled() const {
        return nb::make_tuple(entry_.params.continuous, entry_.particles != nullptr, params(),
                              started_ ? nb::object(clone_state()) : nb::none());
    }

    static void unpickle(TracedLander& self, const nb::tuple& from) {
        new (&self) TracedLander(nb::cast<bool>(from[0]), nb::cast<bool>(from[1]));
        self.set_params(nb::cast<Row>(from[2]));
        if (!from[3].is_none()) {
            self.restore_state(nb::cast<nb::bytes>(from[3]));
        }
    }

  protected:
    void require_started(const char* call) const {
        if (!started_) {
            throw std::runtime_error(std::string(call) + " was called before reset");
        }
    }

    StepTuple step(const lander::EntryStep& step, nb::handle bit_generator) {
        NumpyGenerator generator(bit_generator);
        {
            const lander_host::DefaultFloatingPoint floating_point;
            result_ = lander::step_entry(step, generator, trace_);
        }
        return {observation(), result_.reward, result_.terminated};
    }

    Observation observation() const {
        auto* out = new float[lander::observation_size];
        lander::copy_observation(result_, out);
        return own<Observation>(out, {lander::observation_size});
    }

    lander::Entry entry_{};
    lander::Particles particles_{};
    lander::StepResult result_{};
    bool started_ = false;
    [[no_unique_address]] Trace trace_;
};

using Lander = TracedLander<lander::NoTrace>;

inline void bind_lander(nb::module_& module) {
    using namespace nb::literals;
    nb::class_<Lander>(
        module, "Lander",
        "One lander: LunarLander-v3 without the Python around it.\n\n"
        "Random numbers come from the ``bit_generator`` of a call, through NumPy's C\n"
        "interface: any kind works, and it advances as under Gymnasium's env. No\n"
        "other thread may draw from it meanwhile.")
        .def(nb::init<bool, bool>(), "continuous"_a = false, "draws"_a = false,
             "``draws``: simulate particles, which frames need.")
        .def("set_params", &Lander::set_params, "row"_a.noconvert(),
             "Sets the arguments, float64 in the order of PARAMS, from the next step on.")
        .def("params", &Lander::params, "Arguments of the episode, in the order of PARAMS.")
        .def("reset", &Lander::reset, "bit_generator"_a,
             "Starts an episode; returns the first observation, float32 (8,).")
        .def("step", &Lander::step_discrete, "action"_a, "bit_generator"_a,
             "One base step under an action from 0 to 3; returns observation, reward, terminated.")
        .def("step_continuous", &Lander::step_continuous, "main"_a, "lateral"_a, "bit_generator"_a,
             "One base step under two throttles, which are clipped to [-1, 1].")
        .def_prop_ro("outcome", &Lander::outcome, "End of the episode, RUNNING before it.")
        .def_prop_rw("random_state", &Lander::random_state, &Lander::set_random_state,
                     "Generator in the state's bytes, as ``numpy.random.PCG64().state``.")
        .def("clone_state", &Lander::clone_state,
             "State as bytes: everything but the arguments; with particles if ``draws``.")
        .def("restore_state", &Lander::restore_state, "state"_a,
             "Restores a cloned state; returns its observation, float32 (8,). Other bytes raise\n"
             "ValueError and change nothing.")
        .def("draw", &Lander::draw, nb::arg("out").noconvert(),
             "Draws the frame into ``out``, uint8 (400, 600, 3).")
        .def("small_picture", &Lander::small_picture, "camera"_a,
             "Small picture of the camera, uint8 (channels, rows, columns).")
        .def("__getstate__", &Lander::pickled)
        .def("__setstate__", &Lander::unpickle);
}

}  // namespace lander_python
