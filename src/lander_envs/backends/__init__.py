"""Physics behind one small interface.

An environment of this package owns one simulator, asks it to reset, step and draw, and never
looks inside; a backend is a module here and one row of ``_BACKENDS``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from lander_envs import checks

if TYPE_CHECKING:
    from lander_envs.transforms.pixels import PictureSize

# Name to module and class; imported only when asked for, since Box2D has no wheel everywhere.
_BACKENDS = {
    "native": ("lander_envs.backends.native", "NativeSimulator"),
    "box2d": ("lander_envs.backends.box2d", "Box2DSimulator"),
}
BACKENDS = tuple(_BACKENDS)
DEFAULT_BACKEND = "native"


class LanderParams(NamedTuple):
    """LunarLander-v3's own keyword arguments, checked."""

    continuous: bool
    gravity: float
    enable_wind: bool
    wind_power: float
    turbulence_power: float


class Step(NamedTuple):
    """What one base step of the physics gives back."""

    state: NDArray[np.float32]  # the observation of LunarLander-v3, shape (8,)
    reward: Any  # np.float64, or the int -100 or +100 of a terminal step, as LunarLander-v3 has it
    outcome: str | None  # "landed", "crashed" or "out_of_bounds" once the episode has terminated


class Simulator(Protocol):
    """One lander. Random numbers come from the generator that each call brings along.

    A pickled or copied simulator keeps its state, or warns that it cannot.
    """

    @property
    def running(self) -> bool:
        """Whether there has been a reset, and so a state to step from."""

    def reset(self, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Start an episode and return its first state, shape (8,)."""

    def step(self, action: Any, np_random: np.random.Generator) -> Step:
        """Advance by 1/50 s under a checked action."""

    def frame(self) -> NDArray[np.uint8]:
        """The picture of the present state, (400, 600, 3); only if made with ``draws=True``."""

    def small_frame(self, size: PictureSize) -> NDArray[np.uint8]:
        """The same picture reduced, as ``transforms.pixels.reduce_frame`` gives it."""

    def close(self) -> None:
        """Release what the simulator holds; safe to repeat."""

    def clone_state(self, np_random: np.random.Generator) -> bytes:
        """Everything that the next steps depend on, the random stream included."""

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> None:
        """Take up a cloned state and set ``np_random`` to its stream; ValueError if it is none."""


def check_params(
    continuous: Any, gravity: Any, enable_wind: Any, wind_power: Any, turbulence_power: Any
) -> LanderParams:
    """Apply LunarLander-v3's rules: gravity out of range raises, wind and turbulence warn."""
    params = LanderParams(
        continuous=checks.flag("continuous", continuous),
        gravity=checks.between("gravity", gravity, -12.0, 0.0, closed=False),
        enable_wind=checks.flag("enable_wind", enable_wind),
        wind_power=checks.real("wind_power", wind_power),
        turbulence_power=checks.real("turbulence_power", turbulence_power),
    )
    _recommend("wind_power", params.wind_power, 20.0)
    _recommend("turbulence_power", params.turbulence_power, 2.0)
    return params


def make_simulator(backend: str, params: LanderParams, *, draws: bool) -> Simulator:
    """Build the simulator of that backend; ``draws`` says whether pictures will be asked for."""
    checks.one_of("backend", backend, BACKENDS)
    module, name = _BACKENDS[backend]
    simulator: Simulator = getattr(importlib.import_module(module), name)(params, draws)
    return simulator


def _recommend(name: str, value: float, high: float) -> None:
    if not 0.0 <= value <= high:
        gym.logger.warn(f"{name} is recommended to be between 0.0 and {high}, got {value}")
