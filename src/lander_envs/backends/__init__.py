"""Physics engines behind one simulator interface."""

from lander_envs.backends.params import (
    ARGUMENTS,
    DEFAULTS,
    Dynamics,
    LanderParams,
    Ranges,
    as_number,
    check_options,
    check_params,
    check_ranges,
    draw,
    from_number,
    range_rows,
)
from lander_envs.backends.simulator import (
    BACKENDS,
    DEFAULT_BACKEND,
    RUNNING,
    TIMEOUT,
    Simulator,
    Step,
    make_simulator,
)

__all__ = [
    "ARGUMENTS",
    "BACKENDS",
    "DEFAULTS",
    "DEFAULT_BACKEND",
    "RUNNING",
    "TIMEOUT",
    "Dynamics",
    "LanderParams",
    "Ranges",
    "Simulator",
    "Step",
    "as_number",
    "check_options",
    "check_params",
    "check_ranges",
    "draw",
    "from_number",
    "make_simulator",
    "range_rows",
]
