"""Gymnasium's own LunarLander class, on Box2D: the reference that everything is compared with."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray

from lander_envs.backends import LanderParams, Step

if TYPE_CHECKING:
    from lander_envs.transforms.pixels import PictureSize

# What LunarLander.render() takes off each particle's time to live (in its own unit: particles
# start at the engine's power, 0.5 to 1, and vanish below 0).
_PARTICLE_AGEING = 0.15

_NO_COPY = 'backend="box2d" cannot clone or restore a state: its world cannot be copied'


class Box2DSimulator:
    """One ``LunarLander`` whose particles age by the step and not by the render.

    ``LunarLander.render()`` ages the particles, so a picture would depend on how often pictures
    were asked for. Here every step ages them exactly once: in the render, or just before the next
    step if there was none.
    """

    def __init__(self, params: LanderParams, draws: bool) -> None:
        self._params = params
        self._draws = draws
        self._lander = _make_lunar_lander(params, "rgb_array" if draws else None)
        self._frame: NDArray[np.uint8] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments; Box2D's world cannot be copied."""
        if self.running:
            gym.logger.warn(
                "a Box2D world cannot be copied: the copy of this env starts without an episode "
                "and needs a reset"
            )
        return Box2DSimulator, (self._params, self._draws)

    @property
    def running(self) -> bool:
        """Whether there has been a reset."""
        return self._lander.lander is not None

    def reset(self, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Start an episode, drawing from ``np_random``."""
        self._lander.np_random = np_random
        self._frame = None
        state: NDArray[np.float32] = self._lander.reset()[0]
        return state

    def step(self, action: Any, np_random: np.random.Generator) -> Step:
        """Advance by 1/50 s, drawing the engines' dispersion from ``np_random``."""
        if self._draws and self._frame is None:
            self._age_particles()
        self._frame = None
        self._lander.np_random = np_random
        state, reward, terminated, _, _ = self._lander.step(action)
        return Step(state, reward, self._outcome() if terminated else None)

    def frame(self) -> NDArray[np.uint8]:
        """Draw the present state once, and return a copy of that drawing each time."""
        if self._frame is None:
            self._frame = np.ascontiguousarray(self._lander.render())
        frame: NDArray[np.uint8] = self._frame.copy()
        return frame

    def small_frame(self, size: PictureSize) -> NDArray[np.uint8]:
        """Draw the present state and reduce the drawing."""
        from lander_envs.transforms.pixels import reduce_frame  # and OpenCV only where needed

        return reduce_frame(self.frame(), size)

    def close(self) -> None:
        """Close the inner environment."""
        self._lander.close()

    def clone_state(self, np_random: np.random.Generator) -> bytes:
        """Box2D cannot; the error says so."""
        raise gym.error.Error(_NO_COPY)

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> None:
        """Box2D cannot; the error says so."""
        raise gym.error.Error(_NO_COPY)

    def _age_particles(self) -> None:
        for particle in self._lander.particles:
            particle.ttl -= _PARTICLE_AGEING
        self._lander._clean_particles(False)

    def _outcome(self) -> str:
        if not self._lander.lander.awake:
            return "landed"  # overrides the rest, as the reward of +100 does
        return "crashed" if self._lander.game_over else "out_of_bounds"


def _make_lunar_lander(params: LanderParams, render_mode: str | None) -> Any:
    """Gymnasium's env, or a sentence that says what is missing."""
    with warnings.catch_warnings():
        # Box2D's SWIG types are deprecated on import, and LunarLander repeats our own warnings.
        warnings.simplefilter("ignore")
        try:
            from gymnasium.envs.box2d.lunar_lander import LunarLander
        except (ImportError, DependencyNotInstalled) as missing:
            raise DependencyNotInstalled(
                'backend="box2d" needs the Box2D package, which has no wheel for this platform or '
                "is not installed: try `pip install box2d`"
            ) from missing
        return LunarLander(render_mode=render_mode, **params._asdict())
