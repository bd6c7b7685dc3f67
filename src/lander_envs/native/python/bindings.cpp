// Python module lander_envs._native: checks and calls, no logic.
//
// A step of one lander takes a few microseconds, so `Lander` keeps the GIL: a thread that waits for
// it would lose a whole switch interval. Batches release it.
#include <nanobind/nanobind.h>

#ifdef Py_GIL_DISABLED
#error \
    "lander_envs does not support free-threaded Python: a Lander relies on the GIL; use a build with it"
#endif

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <list>
#include <string>

#include "host/dispatch.h"
#include "host/floating_point.h"
#include "python/batches.h"
#include "python/jax_cuda_targets.h"
#include "python/jax_targets.h"
#include "python/lander.h"
#include "python/landers.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

void bind_enums(nb::module_& module) {
    using lander::Autoreset;
    using lander::Outcome;
    nb::enum_<Outcome>(module, "Outcome", nb::is_arithmetic(), "End of an episode.")
        .value("RUNNING", Outcome::running)
        .value("LANDED", Outcome::landed)
        .value("CRASHED", Outcome::crashed)
        .value("OUT_OF_BOUNDS", Outcome::out_of_bounds)
        .value("TIMEOUT", Outcome::timeout);
    nb::enum_<Autoreset>(module, "Autoreset", "Gymnasium's AutoresetMode.")
        .value("NEXT_STEP", Autoreset::next_step)
        .value("SAME_STEP", Autoreset::same_step)
        .value("DISABLED", Autoreset::disabled);
}

/// DefaultFloatingPoint from __enter__ to __exit__, for arithmetic in Python.
///
/// No C++ frame stays on the stack between the two: a thread that Python ends at exit can be there.
struct FloatingPointContext {
    void enter() const { entered().emplace_back(); }
    void exit(nb::handle, nb::handle, nb::handle) const {
        if (entered().empty()) {
            throw std::runtime_error("__exit__ was called without __enter__ in this thread");
        }
        entered().pop_back();
    }

  private:
    static std::list<lander_host::DefaultFloatingPoint>& entered() {
        thread_local std::list<lander_host::DefaultFloatingPoint> of_this_thread;
        return of_this_thread;
    }
};

void bind_floating_point(nb::module_& module) {
    using Context = FloatingPointContext;
    nb::class_<Context>(
        module, "FloatingPointContext",
        "Context with rounding to nearest and subnormal numbers in the calling thread.")
        .def("__enter__", &Context::enter)
        .def("__exit__", &Context::exit, "kind"_a.none(), "error"_a.none(), "traceback"_a.none());
    module.attr("default_floating_point") = Context();
}

void bind_camera(nb::module_& module) {
    using lander_python::Camera;
    const auto init = [](Camera* self, int rows, int columns, bool grayscale) {
        if (!lander::can_reduce_to(rows, columns)) {
            lander_python::refuse("the size of a small picture",
                                  std::to_string(rows) + " x " + std::to_string(columns),
                                  "between 1 x 1 and 400 x 600");
        }
        new (self) Camera(rows, columns, grayscale);
    };
    nb::class_<Camera>(module, "Camera",
                       "Camera for small pictures, gray or RGB, of at most 400 x 600 pixels.\n\n"
                       "It keeps the base of one episode, so each single lander has its own. A\n"
                       "PixelBatch takes only the settings from it.")
        .def("__init__", init, "rows"_a, "columns"_a, "grayscale"_a)
        .def_prop_ro(
            "settings",
            [](const Camera& self) { return lander_python::memory_of(*self.settings()); },
            "Memory of the settings, which a GPU lays out alike.")
        .def("__getstate__",
             [](const Camera& self) {
                 return nb::make_tuple(self.rows(), self.columns(), self.channels() == 1);
             })
        .def("__setstate__", [init](Camera& self, const nb::tuple& from) {
            init(&self, nb::cast<int>(from[0]), nb::cast<int>(from[1]), nb::cast<bool>(from[2]));
        });
    module.def("check_gpu_picture", &lander_python::check_gpu_picture, "rows"_a, "columns"_a,
               "Raise ValueError if a GPU's thread cannot draw a cell of pictures of a size.");
}

using Capsules = nb::typed<nb::dict, nb::str, nb::any>;

Capsules capsules(const std::vector<std::pair<const char*, void*>>& targets) {
    Capsules out;
    for (const auto& [name, address] : targets) {
        out[name] = nb::capsule(address);
    }
    return out;
}

void start_jax_cuda(const std::vector<std::uintptr_t>& functions, const std::string& kernels,
                    const nb::bytes& image) {
    lander_python::CudaFunctions called{};
    if (functions.size() * sizeof(std::uintptr_t) != sizeof called) {
        throw nb::value_error("functions must be those of CudaFunctions");
    }
    std::memcpy(&called, functions.data(), sizeof called);
    lander_python::start_cuda(called, kernels, std::string(image.c_str(), image.size()));
}

void bind_jax(nb::module_& module) {
    module.attr("ENTRY_BYTES") = sizeof(lander::Entry);
    module.attr("PARTICLES_BYTES") = sizeof(lander::Particles);
    module.def(
        "jax_targets", [] { return capsules(lander_python::jax_targets()); },
        "Capsules for ``jax.ffi.register_ffi_target`` by name; empty in a build without XLA.");
    module.def(
        "jax_cuda_targets", [] { return capsules(lander_python::jax_cuda_targets()); },
        "Like ``jax_targets``, for GPUs.");
    module.def("start_jax_cuda", &start_jax_cuda, "functions"_a, "kernels"_a, "image"_a,
               "Set the functions of libcuda, as addresses in the order of ``CudaFunctions``, and "
               "the image of a file in ``native/kernels``: machine code or PTX.");
}

}  // namespace

NB_MODULE(_native, module) {
    module.doc() = "Native engine: LunarLander-v3, bit for bit.";
    // Python does not promise to free objects that are alive at exit, such as an env at module
    // level.
    nb::set_leak_warnings(false);
    module.attr("__version__") = LANDER_ENVS_VERSION;
    module.attr("STATE_VERSION") = lander::state_version;
    module.attr("OBSERVATION_SIZE") = lander::observation_size;
    module.attr("NUM_ACTIONS") = lander::action_count;
    module.attr("PARAMS") = lander_python::described_params();
    nb::list instruction_sets;
    for (const lander_host::InstructionSet& set : lander_host::instruction_sets()) {
        instruction_sets.append(set.name);
    }
    module.attr("INSTRUCTION_SETS") = instruction_sets;
    bind_enums(module);
    bind_floating_point(module);
    bind_camera(module);
    bind_jax(module);
    lander_python::bind_lander(module);
    lander_python::bind_landers(module);
    lander_python::bind_batches(module);
}
