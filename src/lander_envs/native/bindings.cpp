// The Python face of the native engine: checks, calls; no logic.
//
// A step of one lander takes a few microseconds. The GIL is kept throughout: giving it away for so
// short a time costs a waiting thread's whole switch interval to get it back.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/optional.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "lander.h"
#include "numpy_source.h"

namespace nb = nanobind;
using namespace nb::literals;
using lander_python::NumpySource;

namespace {

template <class T, std::size_t Columns = 0>
using Array = nb::ndarray<nb::numpy, T>;

template <class T>
nb::object array(const T* data, std::initializer_list<std::size_t> shape) {
    std::size_t size = 1;
    for (const std::size_t n : shape) {
        size *= n;
    }
    T* copy = new T[size];
    std::memcpy(copy, data, size * sizeof(T));
    nb::capsule owner(copy, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    return nb::cast(nb::ndarray<nb::numpy, T>(copy, shape, owner));
}

[[noreturn]] void refuse(const std::string& name, const std::string& value,
                         const std::string& allowed) {
    throw nb::value_error((name + " is " + value + ", but must be " + allowed).c_str());
}

void require_finite(const char* name, double value) {
    if (!std::isfinite(value)) {
        refuse(name, std::to_string(value), "a finite number");
    }
}

class Lander {
  public:
    Lander(bool continuous, double gravity, bool enable_wind, double wind_power,
           double turbulence_power) {
        if (!(-12.0 < gravity && gravity < 0.0)) {
            refuse("gravity", std::to_string(gravity), "between -12 and 0, both excluded");
        }
        require_finite("wind_power", wind_power);
        require_finite("turbulence_power", turbulence_power);
        params_ = {continuous, static_cast<float>(gravity), enable_wind, wind_power,
                   turbulence_power};
    }

    nb::object reset(nb::handle bit_generator) {
        lander::Step step;
        if (bit_generator.is_none()) {
            require_seed();
            step = reset_from(state_.random);
        } else {
            step = reset_from(source(bit_generator));
        }
        started_ = true;
        return array(step.observation, {8});
    }

    nb::tuple step_discrete(int action, nb::handle bit_generator) {
        if (params_.continuous) {
            throw nb::type_error("step takes a discrete action, but this lander is continuous: "
                                 "call step_continuous(main, lateral)");
        }
        if (action < 0 || action > 3) {
            refuse("action", std::to_string(action), "0, 1, 2 or 3");
        }
        return step({action, 0.0, 0.0}, bit_generator);
    }

    nb::tuple step_continuous(double main, double lateral, nb::handle bit_generator) {
        if (!params_.continuous) {
            throw nb::type_error("step_continuous takes two throttles, but this lander is "
                                 "discrete: call step(action)");
        }
        if (std::isnan(main) || std::isnan(lateral)) {
            refuse("action", "(" + std::to_string(main) + ", " + std::to_string(lateral) + ")",
                   "two real numbers");
        }
        return step({0, main, lateral}, bit_generator);
    }

    bool landed() const { return last_.landed; }
    bool crashed() const { return last_.crashed; }
    bool out_of_bounds() const { return last_.out_of_bounds; }

    nb::dict events() const {
        static const char* const names[lander::event_count] = {
            "begin_contact",   "end_contact",    "end_of_one_of_several", "manifold_on_edge",
            "manifold_on_polygon", "one_point_fallback", "limit_change",  "fell_asleep",
            "wake_by_new_pair", "wake_by_force", "impact",                "impact_again",
            "impact_rejected", "impact_limit",   "impact_with_others",    "speed_clamped",
            "positions_unsolved"};
        nb::dict counts;
        for (int i = 0; i < lander::event_count; ++i) {
            counts[names[i]] = trace_.counts[i];
        }
        return counts;
    }

    void seed(nb::int_ seed) {
        if (PyObject_RichCompareBool(seed.ptr(), nb::int_(0).ptr(), Py_LT) != 0) {
            refuse("seed", nb::str(seed).c_str(), "a non-negative integer");
        }
        const std::size_t bits = nb::cast<std::size_t>(seed.attr("bit_length")());
        const std::size_t count = bits == 0 ? 1 : (bits + 31) / 32;
        const nb::bytes digits(seed.attr("to_bytes")(4 * count, "little"));
        const auto* bytes = reinterpret_cast<const unsigned char*>(digits.c_str());
        std::vector<lander::u32> words(count);
        for (std::size_t i = 0; i < count; ++i) {
            words[i] = lander::u32{bytes[4 * i]} | lander::u32{bytes[4 * i + 1]} << 8 |
                       lander::u32{bytes[4 * i + 2]} << 16 | lander::u32{bytes[4 * i + 3]} << 24;
        }
        state_.random = lander::seeded_pcg64(words.data(), static_cast<int>(count));
        seeded_ = true;
    }

  private:
    NumpySource& source(nb::handle bit_generator) {
        if (!source_ || !source_->belongs_to(bit_generator)) {
            source_.emplace(bit_generator);
        }
        return *source_;
    }

    void require_seed() const {
        if (!seeded_) {
            throw std::runtime_error("no random stream: pass a bit_generator, or call seed first");
        }
    }

    template <class Source>
    lander::Step reset_from(Source& source) {
        const lander::ResetDraws draws = lander::draw_reset(source, params_);
        return lander::reset(state_, params_, draws, lander::draw_step(source), trace_);
    }

    nb::tuple step(const lander::Action& action, nb::handle bit_generator) {
        if (!started_) {
            throw std::runtime_error("step was called before reset");
        }
        lander::StepDraws draws;
        if (bit_generator.is_none()) {
            require_seed();
            draws = lander::draw_step(state_.random);
        } else {
            draws = lander::draw_step(source(bit_generator));
        }
        last_ = lander::step(state_, params_, action, draws, trace_);
        return nb::make_tuple(array(last_.observation, {8}), last_.reward, last_.terminated);
    }

    lander::State state_{};
    lander::Params params_{};
    lander::Step last_{};
    lander::CountingTrace trace_;
    std::optional<NumpySource> source_;
    bool started_ = false;
    bool seeded_ = false;
};

}  // namespace

NB_MODULE(_native, module) {
    module.doc() = "Native engine of lander_envs.";
    module.attr("__version__") = LANDER_ENVS_VERSION;

    nb::class_<Lander>(module, "Lander")
        .def(nb::init<bool, double, bool, double, double>(), "continuous"_a = false,
             "gravity"_a = -10.0, "enable_wind"_a = false, "wind_power"_a = 15.0,
             "turbulence_power"_a = 1.5)
        .def("seed", &Lander::seed, "seed"_a)
        .def("reset", &Lander::reset, "bit_generator"_a.none() = nb::none())
        .def("step", &Lander::step_discrete, "action"_a, "bit_generator"_a.none() = nb::none())
        .def("step_continuous", &Lander::step_continuous, "main"_a, "lateral"_a,
             "bit_generator"_a.none() = nb::none())
        .def("events", &Lander::events)
        .def_prop_ro("landed", &Lander::landed)
        .def_prop_ro("crashed", &Lander::crashed)
        .def_prop_ro("out_of_bounds", &Lander::out_of_bounds);
}
