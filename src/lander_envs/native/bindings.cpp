// The Python face of the native engine: checks, releases the GIL, calls; no logic.
#include <nanobind/nanobind.h>

NB_MODULE(_native, module) {
    module.doc() = "Native engine of lander_envs.";
    module.attr("__version__") = LANDER_ENVS_VERSION;
}
