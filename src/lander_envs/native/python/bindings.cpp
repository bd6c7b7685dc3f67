// The Python face of the native engine: checks, calls; no logic.
//
// A step of one lander takes a few microseconds. The GIL is kept throughout: giving it away for so
// short a time would cost a waiting thread's whole switch interval to get it back.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "env/lander.h"
#include "python/numpy_source.h"
#include "python/picture_views.h"
#include "python/pixel_batch.h"
#include "python/state_batch.h"
#include "python/values.h"
#include "python/views.h"

namespace nb = nanobind;
using namespace nb::literals;
using lander_python::array;
using lander_python::digits_of;
using lander_python::NumpySource;
using lander_python::RecordingTrace;
using lander_python::refuse;
using lander_python::text;

namespace {

class Lander {
    bool is_seeded() const { return state_.random.increment.low != 0; }

    /// Calls `use` with the stream to draw from: a bit generator of NumPy's, or the lander's own.
    template <class Use>
    auto with_source(nb::handle bit_generator, Use use) {
        if (bit_generator.is_none()) {
            if (!is_seeded()) {
                throw std::runtime_error(
                    "no random stream: pass bit_generator, or call seed or set random_state first");
            }
            return use(state_.random);
        }
        if (!source_ || !source_->belongs_to(bit_generator)) {
            source_.emplace(bit_generator);
        }
        return use(*source_);
    }

  public:
    Lander(bool continuous, double gravity, bool enable_wind, double wind_power,
           double turbulence_power, bool draws)
        : params_{continuous, gravity, enable_wind, wind_power, turbulence_power}, draws_(draws) {
        lander_python::require_valid(params_);
    }

    /// Arguments, own stream, and the state if there is one: all that a copy needs.
    nb::tuple pickled() const {
        return nb::make_tuple(params_.continuous, params_.gravity, params_.enable_wind,
                              params_.wind_power, params_.turbulence_power, draws_,
                              is_seeded() ? nb::object(random_state()) : nb::none(),
                              started_ ? nb::object(clone_state()) : nb::none());
    }

    static void unpickle(Lander& self, const nb::tuple& from) {
        if (from.size() != 8) {
            refuse("the pickled lander", std::to_string(from.size()) + " items", "8 items");
        }
        new (&self)
            Lander(nb::cast<bool>(from[0]), nb::cast<double>(from[1]), nb::cast<bool>(from[2]),
                   nb::cast<double>(from[3]), nb::cast<double>(from[4]), nb::cast<bool>(from[5]));
        if (!from[6].is_none()) {
            self.set_random_state(nb::cast<nb::dict>(from[6]));
        }
        if (!from[7].is_none()) {
            self.restore_state(nb::cast<nb::bytes>(from[7]));
        }
    }

    void seed(nb::int_ seed) {
        const std::vector<lander::u32> digits = digits_of(seed, "seed");
        state_.random = lander::seeded_pcg64(digits.data(), static_cast<int>(digits.size()));
    }

    nb::object reset(nb::handle bit_generator) {
        last_ = with_source(bit_generator, [this](auto& source) {
            const lander::ResetDraws draws = lander::draw_reset(source, params_);
            return lander::reset(state_, params_, draws, lander::draw_step(source), trace_);
        });
        flames_.count = 0;
        started_ = true;
        return array(last_.observation, {8});
    }

    nb::tuple step_discrete(int action, nb::handle bit_generator) {
        return step(discrete(action), bit_generator, trace_);
    }

    nb::tuple step_continuous(double main, double lateral, nb::handle bit_generator) {
        return step(continuous(main, lateral), bit_generator, trace_);
    }

    nb::tuple trace_discrete(int action, nb::handle bit_generator) {
        lander::JetTrace<RecordingTrace> trace;
        const nb::tuple result = step(discrete(action), bit_generator, trace);
        return nb::make_tuple(result, trace.records);
    }

    nb::tuple trace_continuous(double main, double lateral, nb::handle bit_generator) {
        lander::JetTrace<RecordingTrace> trace;
        const nb::tuple result = step(continuous(main, lateral), bit_generator, trace);
        return nb::make_tuple(result, trace.records);
    }

    nb::object observation() const {
        require_started("observation");
        return array(last_.observation, {8});
    }

    bool landed() const { return last_.landed; }
    bool crashed() const { return last_.crashed; }
    bool out_of_bounds() const { return last_.out_of_bounds; }

    /// x, y and time to live of each particle, oldest first.
    nb::object particles() const {
        require_started("particles");
        double out[lander::particle_capacity][3];
        for (int i = 0; i < flames_.count; ++i) {
            const lander::Particle& particle = flames_.particles[i];
            out[i][0] = particle.center.x;
            out[i][1] = particle.center.y;
            out[i][2] = particle.ttl;
        }
        return array(&out[0][0], {static_cast<std::size_t>(flames_.count), 3});
    }

    /// Draws the present state into `out`.
    void draw(lander_python::Frame out) const {
        require_started("draw");
        lander_python::draw_frame(state_.world, flames_, out.data());
    }

    nb::object small_picture(lander_python::PictureCamera& camera) const {
        require_started("small_picture");
        return camera.take(state_.world, flames_);
    }

    nb::object poses() const {
        require_started("poses");
        return lander_python::poses_of(state_.world);
    }

    nb::object terrain() const {
        require_started("terrain");
        return lander_python::terrain_of(state_.world);
    }

    nb::dict random_state() const { return lander_python::stream_of(state_.random); }
    void set_random_state(const nb::dict& stream) {
        state_.random = lander_python::stream_from(stream);
    }

    nb::bytes clone_state() const {
        require_started("clone_state");
        return lander_python::clone(state_, draws_ ? &flames_ : nullptr);
    }

    void restore_state(nb::bytes state) {
        lander_python::restore(state_, draws_ ? &flames_ : nullptr, state);
        last_ = lander::look(state_.world);
        started_ = true;
    }

    nb::dict events() const {
        nb::dict counts;
        for (int i = 0; i < lander::event_count; ++i) {
            counts[lander_python::event_names[i]] = trace_.counts[i];
        }
        return counts;
    }

    template <class Item, int Count>
    static nb::list describe_all(const Item (&items)[Count]) {
        nb::list out;
        for (const Item& item : items) {
            out.append(lander_python::describe(item));
        }
        return out;
    }

    nb::list bodies() const { return describe_all(state_.world.bodies); }
    nb::list joints() const { return describe_all(state_.world.joints); }

    nb::list contacts() const {
        nb::list out;
        for (int i = state_.world.contact_count - 1; i >= 0; --i) {
            out.append(lander_python::describe(state_.world.contacts[i]));
        }
        return out;
    }

  private:
    void require_started(const char* what) const {
        if (!started_) {
            throw std::runtime_error(std::string(what) + " was called before reset");
        }
    }

    lander::Action discrete(int action) const {
        if (params_.continuous) {
            throw nb::type_error(
                "this lander is continuous: call step_continuous(main, lateral), not step");
        }
        if (action < 0 || action > 3) {
            refuse("action", std::to_string(action), "0, 1, 2 or 3");
        }
        return {action, 0.0, 0.0};
    }

    lander::Action continuous(double main, double lateral) const {
        if (!params_.continuous) {
            throw nb::type_error("this lander is discrete: call step(action), not step_continuous");
        }
        if (std::isnan(main) || std::isnan(lateral)) {
            refuse("action", "(" + text(main) + ", " + text(lateral) + ")", "two real numbers");
        }
        return {0, main, lateral};
    }

    template <class Trace>
    nb::tuple step(const lander::Action& action, nb::handle bit_generator, Trace& trace) {
        require_started("step");
        const lander::StepDraws draws =
            with_source(bit_generator, [](auto& source) { return lander::draw_step(source); });
        trace.jet_count = 0;
        last_ = lander::step(state_, params_, action, draws, trace);
        if (draws_) {
            lander::step_flames(flames_, state_.world.terrain, static_cast<float>(params_.gravity),
                                trace.jets, trace.jet_count);
        }
        return nb::make_tuple(array(last_.observation, {8}), last_.reward, last_.terminated);
    }

    lander::State state_{};
    lander::Params params_;
    lander::Step last_{};
    lander::JetTrace<lander::CountingTrace> trace_;
    lander::Flames flames_{};  // move only if pictures are asked for
    bool draws_;
    std::optional<NumpySource> source_;
    bool started_ = false;
};

nb::object corners(int body) {
    const lander::Polygon& shape = lander::polygon(body);
    double out[lander::max_vertices][2];
    for (int i = 0; i < shape.count; ++i) {
        out[i][0] = shape.vertices[i].x;
        out[i][1] = shape.vertices[i].y;
    }
    return array(&out[0][0], {static_cast<std::size_t>(shape.count), 2});
}

}  // namespace

NB_MODULE(_native, module) {
    module.doc() = "Native engine of lander_envs.";
    // Python does not promise to free what is alive when it exits (an env at module level, say),
    // and its users should not have to read about it.
    nb::set_leak_warnings(false);
    module.attr("__version__") = LANDER_ENVS_VERSION;
    module.attr("STATE_VERSION") = lander::state_version;
    module.attr("HULL_CORNERS") = corners(lander::hull);
    module.attr("LEG_CORNERS") = corners(lander::first_leg);
    module.attr("HELIPAD") =
        nb::make_tuple(lander::terrain_x(lander::helipad_first_point),
                       lander::terrain_x(lander::helipad_last_point), lander::helipad_height);
    nb::list instruction_sets;
    for (const lander_host::InstructionSet& set : lander_host::instruction_sets()) {
        instruction_sets.append(set.name);
    }
    module.attr("INSTRUCTION_SETS") = instruction_sets;
    module.def(
        "sine_cosine",
        [](float angle) {
            const lander::SineCosine both_of = lander::sine_cosine(angle);
            return nb::make_tuple(both_of.sine, both_of.cosine);
        },
        "angle"_a, "Sine and cosine of a float, as the engine turns bodies.");

    using lander_python::PictureCamera;
    nb::class_<PictureCamera>(module, "Camera", "Makes small pictures of landers.")
        .def(nb::init<int, int, bool>(), "rows"_a, "columns"_a, "grayscale"_a)
        .def("__getstate__", &PictureCamera::arguments)
        .def("__setstate__", [](PictureCamera& self, const nb::tuple& from) {
            new (&self) PictureCamera(nb::cast<int>(from[0]), nb::cast<int>(from[1]),
                                      nb::cast<bool>(from[2]));
        });

    const auto none = nb::none();
    nb::class_<Lander>(module, "Lander", "One lander: LunarLander-v3 without the Python around it.")
        .def(nb::init<bool, double, bool, double, double, bool>(), "continuous"_a = false,
             "gravity"_a = -10.0, "enable_wind"_a = false, "wind_power"_a = 15.0,
             "turbulence_power"_a = 1.5, "draws"_a = false)
        .def("seed", &Lander::seed, "seed"_a)
        .def("reset", &Lander::reset, "bit_generator"_a.none() = none)
        .def("step", &Lander::step_discrete, "action"_a, "bit_generator"_a.none() = none)
        .def("step_continuous", &Lander::step_continuous, "main"_a, "lateral"_a,
             "bit_generator"_a.none() = none)
        .def("trace_step", &Lander::trace_discrete, "action"_a, "bit_generator"_a.none() = none)
        .def("trace_step_continuous", &Lander::trace_continuous, "main"_a, "lateral"_a,
             "bit_generator"_a.none() = none)
        .def("clone_state", &Lander::clone_state)
        .def("restore_state", &Lander::restore_state, "state"_a)
        .def_prop_rw("random_state", &Lander::random_state, &Lander::set_random_state)
        .def_prop_ro("observation", &Lander::observation)
        .def_prop_ro("landed", &Lander::landed)
        .def_prop_ro("crashed", &Lander::crashed)
        .def_prop_ro("out_of_bounds", &Lander::out_of_bounds)
        .def("draw", &Lander::draw, nb::arg("out").noconvert())
        .def("small_picture", &Lander::small_picture, "camera"_a)
        .def_prop_ro("particles", &Lander::particles)
        .def_prop_ro("poses", &Lander::poses)
        .def_prop_ro("terrain", &Lander::terrain)
        .def("__getstate__", &Lander::pickled)
        .def("__setstate__", &Lander::unpickle)
        .def("events", &Lander::events)
        .def("bodies", &Lander::bodies)
        .def("joints", &Lander::joints)
        .def("contacts", &Lander::contacts);
    lander_python::bind_landers(module);
    lander_python::bind_batch(module);
    lander_python::bind_pixel_batch(module);
}
