"""Simulator interface of the physics backends, and the function that builds one.

An environment owns one simulator and knows nothing of its engine. A backend is a module of this
package and one row of ``_BACKENDS``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from lander_envs import _native, checks
from lander_envs.backends.params import LanderParams

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

    def require(self, params: LanderParams) -> None:
        """Check that the engine has these arguments; ValueError if not."""

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

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Restore a cloned state and set ``np_random`` to its stream; ValueError if invalid.

        Returns its observation of LunarLander-v3, (8,) float32.
        """


def make_simulator(backend: str, params: LanderParams, *, draws: bool) -> Simulator:
    """Build the simulator of a backend.

    Args:
        backend: one of ``BACKENDS``.
        params: arguments of the first episode.
        draws: simulate the engines' particles, which frames need.

    Raises:
        ValueError: if there is no backend of that name, or it has not these arguments.
        gymnasium.error.DependencyNotInstalled: if the backend needs a missing package.
    """
    checks.one_of("backend", backend, BACKENDS)
    module, name = _BACKENDS[backend]
    simulator: Simulator = getattr(importlib.import_module(module), name)(params, draws)
    return simulator
