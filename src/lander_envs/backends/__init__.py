"""Physics engines behind one simulator interface."""

from lander_envs.backends.simulator import (
    BACKENDS,
    DEFAULT_BACKEND,
    RESET_OPTIONS,
    RUNNING,
    TIMEOUT,
    LanderParams,
    Simulator,
    Step,
    check_options,
    check_params,
    make_simulator,
)

__all__ = [
    "BACKENDS",
    "DEFAULT_BACKEND",
    "RESET_OPTIONS",
    "RUNNING",
    "TIMEOUT",
    "LanderParams",
    "Simulator",
    "Step",
    "check_options",
    "check_params",
    "make_simulator",
]
