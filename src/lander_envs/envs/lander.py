"""Lander-v0: LunarLander-v3 on a chosen backend, and the base class of every variant."""

from __future__ import annotations

from typing import Any, ClassVar, TypedDict

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray
from typing_extensions import Never

from lander_envs import checks, snapshot, spaces
from lander_envs.backends import (
    DEFAULT_BACKEND,
    RESET_OPTIONS,
    RUNNING,
    TIMEOUT,
    Step,
    check_options,
    check_params,
    make_simulator,
)
from lander_envs.copies import IndependentCopies
from lander_envs.envs.time_limit import time_limit_of_make
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.rendering import Window

# Arguments that belong elsewhere, and where.
_BATCH_ARGUMENTS = {
    "num_envs": "it is an argument of gym.make_vec",
    "num_threads": "only the native batch has threads, gym.make_vec without vectorization_mode",
    "max_episode_steps": "it is an argument of gym.make and gym.make_vec",
} | {
    name: "with vectorization_mode it goes into vector_kwargs, for instance "
    f"vector_kwargs={{{name!r}: {value}}}"
    for name, value in (("autoreset_mode", "AutoresetMode.SAME_STEP"), ("copy", "False"))
}


class LanderOptions(TypedDict, total=False):
    """Keyword arguments of every variant; see :class:`LanderEnv`."""

    render_mode: str | None
    continuous: bool
    gravity: float
    enable_wind: bool
    wind_power: float
    turbulence_power: float
    backend: str


class _Argument:
    """Argument of LunarLander-v3 as an attribute; a value that is set acts from the next reset."""

    def __set_name__(self, owner: type[LanderEnv], name: str) -> None:
        self._name = name

    def __get__(self, env: LanderEnv | None, owner: type[LanderEnv]) -> Any:
        return self if env is None else getattr(env._params, self._name)

    def __set__(self, env: LanderEnv, value: Any) -> None:
        if self._name not in RESET_OPTIONS:
            raise AttributeError(
                f"{self._name} cannot be set, because it decides the action space: make another env"
            )
        env._params = check_params(**env._params._asdict() | {self._name: value})


class LanderEnv(IndependentCopies, Interruptible, gym.Env[NDArray[Any], Any]):
    """LunarLander-v3: equal observations, rewards and flags for the same seed and actions.

    The infos of ``reset`` and of every ``step`` have two entries:

    - ``"outcome"``: an int, equal to a member of :class:`lander_envs.Outcome`: RUNNING, or after
      the last step LANDED (at rest, on the pad or elsewhere), CRASHED (the hull touched the
      ground), OUT_OF_BOUNDS or TIMEOUT (the time limit of ``gym.make``). LANDED takes precedence.
    - ``"on_pad"``: a bool, True if the hull's centre is between the flags.

    The attributes ``gravity``, ``enable_wind``, ``wind_power`` and ``turbulence_power`` can be set;
    a new value acts from the next reset. ``continuous`` can be read.

    Args:
        render_mode: None, "human" or "rgb_array".
        continuous: take two throttles as action, :func:`lander_envs.spaces.action_space`.
        gravity: vertical acceleration in world units per second squared, between
            ``MIN_GRAVITY`` and ``MAX_GRAVITY``.
        enable_wind: apply wind and turbulence to the hull while no leg touches the ground.
        wind_power: maximum force of the wind, recommended 0 to ``MAX_WIND_POWER``.
        turbulence_power: maximum torque of the turbulence, recommended 0 to
            ``MAX_TURBULENCE_POWER``.
        backend: "native" for this package's engine, "box2d" for Gymnasium's class.

    Raises:
        ValueError: if an argument is outside its range.
        gymnasium.error.DependencyNotInstalled: if the backend needs a missing package.

    Example:
        A lander in free fall:

        >>> import gymnasium as gym
        >>> import lander_envs
        >>> env = gym.make("lander_envs/Lander-v0")
        >>> obs, info = env.reset(seed=0)
        >>> terminated = False
        >>> while not terminated:
        ...     obs, reward, terminated, truncated, info = env.step(0)
        >>> reward, info
        (-100, {'outcome': 2, 'on_pad': False})
        >>> info["outcome"] == lander_envs.Outcome.CRASHED
        True
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium declares it a variable of instances
        "render_modes": ["human", "rgb_array"],
        "render_fps": spaces.FPS,
    }
    _observes_pictures = False  # True for a variant whose observation needs frames
    _part_names: ClassVar[tuple[str, ...]] = ("physics",)  # parts of a cloned state

    gravity = _Argument()
    enable_wind = _Argument()
    wind_power = _Argument()
    turbulence_power = _Argument()
    continuous = _Argument()

    def __init__(
        self,
        render_mode: str | None = None,
        continuous: bool = False,
        gravity: float = spaces.GRAVITY,
        enable_wind: bool = False,
        wind_power: float = spaces.WIND_POWER,
        turbulence_power: float = spaces.TURBULENCE_POWER,
        backend: str = DEFAULT_BACKEND,
        **unknown: Never,
    ) -> None:
        checks.no_unknown(type(self), unknown, _BATCH_ARGUMENTS)
        if render_mode is not None:
            checks.one_of("render_mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        params = check_params(continuous, gravity, enable_wind, wind_power, turbulence_power)
        self._params = params
        self.observation_space: gym.Space[Any] = spaces.observation_space()
        self.action_space = spaces.action_space(params.continuous)
        self._check_action = (
            spaces.continuous_action if params.continuous else spaces.discrete_action
        )
        draws = self._observes_pictures or render_mode is not None
        self._simulator = make_simulator(backend, params, draws=draws)
        self._time_limit = time_limit_of_make(self)
        self._steps = 0  # since the reset
        self._window = Window(type(self).__name__, spaces.FPS)

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode.

        Args:
            seed: seed of the random stream, which continues over later episodes; None keeps the
                present stream.
            options: "gravity", "enable_wind", "wind_power" and "turbulence_power", new arguments of
                this episode and of those that follow.

        Returns:
            Observation and info.

        Raises:
            ValueError: if an option is unknown or outside its range; nothing changes.
        """
        changes = check_options(options)
        params = check_params(**self._params._asdict() | changes) if changes else self._params
        super().reset(seed=seed)
        self._params = params
        self._simulator.set_params(params)
        state = self._simulator.reset(self.np_random)
        self._interrupted = False
        self._steps = 0
        self._show()
        return self._observe(state), step_info(state, RUNNING)

    def step(self, action: Any) -> tuple[NDArray[Any], Any, bool, bool, dict[str, Any]]:
        """Advance by one base step of ``1 / FPS`` seconds.

        The env itself never truncates; ``gym.make`` adds Gymnasium's TimeLimit.

        Raises:
            ValueError: if ``action`` is not in the action space (throttles outside [-1, 1] are
                clipped).
            gymnasium.error.ResetNeeded: before the first reset.
        """
        state, reward, outcome = self._advance(action)
        info = step_info(state, self._counted(outcome))
        return self._observe(state), reward, outcome != RUNNING, False, info

    def render(self) -> NDArray[np.uint8] | None:
        """Render the present state.

        Rendering does not change the env: repeated calls return equal frames, and later frames and
        observations do not depend on them.

        Returns:
            A frame of shape ``SCREEN_SHAPE``, uint8, or None without the mode "rgb_array".

        Raises:
            gymnasium.error.ResetNeeded: before the first reset.
        """
        if self.render_mode is None:
            gym.logger.warn(
                "render() shows nothing without a render mode; ask for one, for instance "
                'gym.make(..., render_mode="rgb_array")'
            )
            return None
        self._require_reset("render")
        return self._simulator.frame() if self.render_mode == "rgb_array" else None

    def get_action_meanings(self) -> list[str]:
        """Names of the actions, or of the two throttles of a continuous env."""
        return spaces.action_meanings(self.continuous)

    def get_keys_to_action(self) -> dict[tuple[int, ...], Any]:
        """Keys for ``gymnasium.utils.play``; see :func:`lander_envs.spaces.keys_to_action`."""
        return spaces.keys_to_action(self.continuous)

    def clone_state(self) -> bytes:
        """Serialize the state of the env to bytes.

        The state holds physics, contacts, random stream and the variant's own memory (frames,
        potential), but not the constructor's arguments and not the state of wrappers.

        Raises:
            gymnasium.error.Error: with ``backend="box2d"``.
            gymnasium.error.ResetNeeded: before the first reset.
            ValueError: if ``np_random`` was set to another bit generator than PCG64.

        Example:
            Two tries of the same step, from one state:

            >>> import gymnasium as gym
            >>> import lander_envs
            >>> env = gym.make("lander_envs/Lander-v0").unwrapped
            >>> obs, info = env.reset(seed=0)
            >>> state = env.clone_state()
            >>> first = env.step(2)[0]
            >>> env.restore_state(state)
            >>> second = env.step(2)[0]
            >>> first.tolist() == second.tolist()
            True
        """
        self._require_reset("clone_state")
        return snapshot.pack(self._state_parts())

    @interruptible
    def restore_state(self, state: bytes) -> None:
        """Restore a state that ``clone_state()`` returned, of this env or of another like it.

        Raises:
            gymnasium.error.Error: with ``backend="box2d"``.
            ValueError: if ``state`` is invalid or of another variant; the env does not change.

        Example:
            A copy of an env in the middle of an episode:

            >>> import gymnasium as gym
            >>> import lander_envs
            >>> env, copy = (gym.make("lander_envs/ShapedLander-v0").unwrapped for _ in range(2))
            >>> obs, info = env.reset(seed=0)
            >>> obs, *_ = env.step(2)
            >>> copy.restore_state(env.clone_state())
            >>> copy.step(2)[1] == env.step(2)[1]
            True
        """
        self._restore_parts(snapshot.unpack(state, self._part_names))
        self._interrupted = False

    def close(self) -> None:
        """Close the window and the simulator."""
        self._window.close()
        self._simulator.close()

    def _state_parts(self) -> dict[str, bytes]:
        """Parts of the cloned state; a variant adds its own."""
        return {"physics": self._simulator.clone_state(self.np_random)}

    def _restore_parts(self, parts: dict[str, bytes]) -> None:
        """Restore the parts.

        A variant checks its own parts first and sets them last, so that an invalid state changes
        nothing.
        """
        self._simulator.restore_state(parts["physics"], self.np_random)

    def _observe(self, state: NDArray[np.float32]) -> NDArray[Any]:
        """Observation of the state; a variant overrides it."""
        return state

    def _advance(self, action: Any) -> Step:
        """Check the action, take one base step and update the window."""
        self._require_reset("step")
        step = self._simulator.step(self._check_action(action), self.np_random)
        self._show()
        return step

    def _counted(self, outcome: int) -> int:
        """Count a step of ``gym.make``'s TimeLimit; returns the outcome, TIMEOUT at the limit."""
        self._steps += 1
        if outcome == RUNNING and self._time_limit is not None and self._steps >= self._time_limit:
            return TIMEOUT
        return outcome

    def _show(self) -> None:
        if self.render_mode == "human":
            self._window.show(self._simulator.frame())

    def _require_reset(self, call: str) -> None:
        if not self._simulator.running:
            raise ResetNeeded(f"call reset() before {call}()")
        self._require_whole(call)


def step_info(state: NDArray[np.float32], outcome: int) -> dict[str, Any]:
    """Info of a step or a reset: ``outcome`` and ``on_pad``.

    The types are those of which Gymnasium's vector environments make int64 and bool arrays.
    """
    on_pad = -spaces.PAD_HALF_WIDTH <= state.item(spaces.X) <= spaces.PAD_HALF_WIDTH
    return {"outcome": outcome, "on_pad": on_pad}
