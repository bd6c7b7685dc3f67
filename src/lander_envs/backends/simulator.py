"""Simulator interface of the physics backends, and the function that builds one.

An environment owns one simulator and knows nothing of its engine. A backend is a module of this
package and one row of ``_BACKENDS``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs import _native, checks, spaces

if TYPE_CHECKING:
    from lander_envs.transforms.pixels import PictureSize

# Module and class of each backend. They are imported when one is built, because some platforms have
# no wheel of Box2D.
_BACKENDS = {
    "native": ("lander_envs.backends.native", "NativeSimulator"),
    "box2d": ("lander_envs.backends.box2d", "Box2DSimulator"),
}
BACKENDS = tuple(_BACKENDS)
DEFAULT_BACKEND = "native"
RUNNING, TIMEOUT = int(_native.Outcome.RUNNING), int(_native.Outcome.TIMEOUT)

# Arguments that a reset can change; `continuous` is not one, because it decides the action space.
RESET_OPTIONS = ("gravity", "enable_wind", "wind_power", "turbulence_power")


class LanderParams(NamedTuple):
    """LunarLander-v3's keyword arguments, checked."""

    continuous: bool
    gravity: float  # world units per second squared
    enable_wind: bool
    wind_power: float
    turbulence_power: float


class Step(NamedTuple):
    """Result of one base step."""

    state: NDArray[np.float32]  # the observation of LunarLander-v3, shape (8,)
    reward: Any  # np.float64, or the int -100 or +100 of a terminal step, as LunarLander-v3 has it
    outcome: int  # value of lander_envs.Outcome, RUNNING until the episode has terminated


class Simulator(Protocol):
    """One lander. The caller passes the random generator to each call.

    A pickled or copied simulator keeps its state, or warns that it cannot.
    """

    @property
    def running(self) -> bool:
        """True once there has been a reset."""

    def set_params(self, params: LanderParams) -> None:
        """Set new arguments, except ``continuous``; a call of ``reset`` must follow."""

    def reset(self, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Start an episode; returns its first state, (8,) float32."""

    def step(self, action: Any, np_random: np.random.Generator) -> Step:
        """Advance by one base step under a checked action."""

    def frame(self) -> NDArray[np.uint8]:
        """Draw the present state, shape ``SCREEN_SHAPE``; needs ``draws=True``."""

    def small_frame(self, size: PictureSize) -> NDArray[np.uint8]:
        """Draw the present state as :func:`transforms.pixels.reduce_frame` reduces it."""

    def close(self) -> None:
        """Release the simulator's resources. Repeated calls do nothing."""

    def clone_state(self, np_random: np.random.Generator) -> bytes:
        """Serialize the state, the random stream included."""

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> None:
        """Restore a cloned state and set ``np_random`` to its stream; ValueError if invalid."""


def check_params(
    continuous: Any, gravity: Any, enable_wind: Any, wind_power: Any, turbulence_power: Any
) -> LanderParams:
    """Check LunarLander-v3's arguments by its own rules.

    Wind and turbulence outside their recommended ranges only warn, up to ``MAX_WIND``. Far beyond
    that LunarLander-v3's velocities become NaN.

    Raises:
        ValueError: if a value has another type or is out of range.
    """
    params = LanderParams(
        continuous=checks.flag("continuous", continuous),
        gravity=checks.between(
            "gravity", gravity, spaces.MIN_GRAVITY, spaces.MAX_GRAVITY, closed=False
        ),
        enable_wind=checks.flag("enable_wind", enable_wind),
        wind_power=checks.between("wind_power", wind_power, -_native.MAX_WIND, _native.MAX_WIND),
        turbulence_power=checks.between(
            "turbulence_power", turbulence_power, -_native.MAX_WIND, _native.MAX_WIND
        ),
    )
    _recommend("wind_power", params.wind_power, spaces.MAX_WIND_POWER)
    _recommend("turbulence_power", params.turbulence_power, spaces.MAX_TURBULENCE_POWER)
    return params


def check_options(options: dict[str, Any] | None, *further: str) -> dict[str, Any]:
    """Check the names of ``reset``'s options: ``RESET_OPTIONS`` and those of ``further``.

    Returns:
        The options, a new dict; empty for None.

    Raises:
        ValueError: if ``options`` is no dict or has another name.
    """
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise ValueError(f"options must be a dict or None, got {checks.shown(options)}")
    allowed = (*further, *RESET_OPTIONS)
    for name in options:
        if name not in allowed:
            hint = checks.nearest(name, allowed)
            raise ValueError(
                f"options may hold {', '.join(allowed)}, got {checks.shown(name)}{hint}"
            )
    return dict(options)


def make_simulator(backend: str, params: LanderParams, *, draws: bool) -> Simulator:
    """Build the simulator of a backend.

    Args:
        backend: one of ``BACKENDS``.
        params: LunarLander-v3's arguments.
        draws: simulate the engines' particles, which frames need.

    Raises:
        ValueError: if there is no backend of that name.
        gymnasium.error.DependencyNotInstalled: if the backend needs a missing package.
    """
    checks.one_of("backend", backend, BACKENDS)
    module, name = _BACKENDS[backend]
    simulator: Simulator = getattr(importlib.import_module(module), name)(params, draws)
    return simulator


def _recommend(name: str, value: float, high: float) -> None:
    if not 0.0 <= value <= high:
        gym.logger.warn(f"{name} is recommended to be between 0.0 and {high}, got {value}")
