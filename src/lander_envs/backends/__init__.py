"""Physics engines behind one simulator interface."""

from lander_envs.backends.simulator import (
    BACKENDS,
    DEFAULT_BACKEND,
    LanderParams,
    Simulator,
    Step,
    check_params,
    make_simulator,
)

__all__ = [
    "BACKENDS",
    "DEFAULT_BACKEND",
    "LanderParams",
    "Simulator",
    "Step",
    "check_params",
    "make_simulator",
]
