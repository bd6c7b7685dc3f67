"""Box2D backend: Gymnasium's own LunarLander class, the reference for every comparison."""

from __future__ import annotations

import types
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.error import DependencyNotInstalled
from numpy.typing import NDArray

from lander_envs._native import Outcome
from lander_envs.backends import ARGUMENTS, DEFAULTS, RUNNING, LanderParams, Step
from lander_envs.floating_point import in_default_floating_point
from lander_envs.transforms.pixels import PictureSize, reduce_frame

# LunarLander.render() subtracts this from each particle's time to live and removes those below 0.
# The time to live starts at the power of the engine, 0.5 to 1.
_PARTICLE_AGEING = 0.15

# Arguments that are attributes of LunarLander, constants of its module, and neither.
_ATTRIBUTES = ("gravity", "enable_wind", "wind_power", "turbulence_power")
_CONSTANTS = {
    "main_engine_power": "MAIN_ENGINE_POWER",
    "side_engine_power": "SIDE_ENGINE_POWER",
    "initial_force": "INITIAL_RANDOM",
}
_FIXED = tuple(name for name in ARGUMENTS if name not in (*_ATTRIBUTES, *_CONSTANTS))

_NO_COPY = 'backend="box2d" cannot clone or restore a state: its world cannot be copied'


class Box2DSimulator:
    """Simulator around one ``LunarLander``, whose particles age once per step.

    ``LunarLander.render()`` ages the particles, so its frames depend on the number of calls. This
    class renders a step at most once; if a step is not rendered, it ages the particles itself.
    """

    def __init__(self, params: LanderParams, draws: bool) -> None:
        self.require(params)
        self._params = params
        self._draws = draws
        self._lander = _make_lunar_lander(params, "rgb_array" if draws else None)
        self.set_params(params)
        self._frame: NDArray[np.uint8] | None = None
        self._whole = True  # False after an interrupted step, which leaves the world half-way

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments only: a Box2D world cannot be copied."""
        if self.running:
            gym.logger.warn(
                "a Box2D world cannot be copied: the copy of this env starts without an episode "
                "and needs a reset"
            )
        return Box2DSimulator, (self._params, self._draws)

    @property
    def running(self) -> bool:
        """True once there has been a reset, until a call is interrupted."""
        return self._whole and self._lander.lander is not None

    def require(self, params: LanderParams) -> None:
        """Refuse the arguments that Gymnasium's class has as numbers within its functions."""
        for name in _FIXED:
            if getattr(params, name) != DEFAULTS[name]:
                raise ValueError(
                    f'{name} must be {DEFAULTS[name]!r} with backend="box2d", whose class has no '
                    f"such argument, got {getattr(params, name)!r}"
                )

    def set_params(self, params: LanderParams) -> None:
        """Set new arguments, except ``continuous``; a call of ``reset`` must follow."""
        self._params = params
        for name in _ATTRIBUTES:
            setattr(self._lander, name, getattr(params, name))
        constants = {constant: getattr(params, name) for name, constant in _CONSTANTS.items()}
        for call in ("reset", "step"):
            setattr(self._lander, call, _with_constants(getattr(self._lander, call), constants))

    @in_default_floating_point
    def reset(self, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Start an episode with random numbers from ``np_random``."""
        self._whole = False
        self._lander.np_random = np_random
        self._frame = None
        state: NDArray[np.float32] = self._lander.reset()[0]
        self._whole = True
        return state

    @in_default_floating_point
    def step(self, action: Any, np_random: np.random.Generator) -> Step:
        """Advance by one base step; ``np_random`` gives the engines' dispersion."""
        self._whole = False
        if self._draws and self._frame is None:
            self._age_particles()
        self._frame = None
        self._lander.np_random = np_random
        state, reward, terminated, _, _ = self._lander.step(action)
        self._whole = True
        return Step(state, reward, int(self._outcome()) if terminated else RUNNING)

    @in_default_floating_point
    def frame(self) -> NDArray[np.uint8]:
        """Render the present state at the first call; returns a new copy of the frame."""
        if self._frame is None:
            self._frame = np.ascontiguousarray(self._lander.render())
        frame: NDArray[np.uint8] = self._frame.copy()
        return frame

    def small_frame(self, size: PictureSize) -> NDArray[np.uint8]:
        """Render the present state and reduce the frame."""
        return reduce_frame(self.frame(), size)

    def close(self) -> None:
        """Close the LunarLander."""
        self._lander.close()

    def clone_state(self, np_random: np.random.Generator) -> bytes:
        """Unsupported: always raises ``gymnasium.error.Error``."""
        raise gym.error.Error(_NO_COPY)

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Unsupported: always raises ``gymnasium.error.Error``."""
        raise gym.error.Error(_NO_COPY)

    def _age_particles(self) -> None:
        for particle in self._lander.particles:
            particle.ttl -= _PARTICLE_AGEING
        self._lander._clean_particles(False)

    def _outcome(self) -> Outcome:
        if not self._lander.lander.awake:
            return Outcome.LANDED  # overrides a crash, as LunarLander-v3's reward of +100 does
        return Outcome.CRASHED if self._lander.game_over else Outcome.OUT_OF_BOUNDS


def _make_lunar_lander(params: LanderParams, render_mode: str | None) -> Any:
    """Build Gymnasium's env; DependencyNotInstalled if Box2D is missing."""
    with warnings.catch_warnings():
        # Importing Box2D warns of its SWIG types, and LunarLander repeats check_params' warnings.
        warnings.simplefilter("ignore")
        try:
            from gymnasium.envs.box2d.lunar_lander import LunarLander
        except (ImportError, DependencyNotInstalled) as missing:
            raise DependencyNotInstalled(
                'backend="box2d" needs the Box2D package, which has no wheel for this platform or '
                "is not installed: try `pip install box2d`"
            ) from missing
        arguments = {name: getattr(params, name) for name in ("continuous", *_ATTRIBUTES)}
        return LunarLander(render_mode=render_mode, **arguments)


def _with_constants(method: Any, constants: dict[str, float]) -> Any:
    """Bound method whose module has other constants, for this object alone."""
    function = method.__func__
    copied = types.FunctionType(
        function.__code__,
        {**function.__globals__, **constants},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    return types.MethodType(copied, method.__self__)
