"""Lander-v0: LunarLander-v3 on a chosen backend, and the base class of every variant."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs import checks, snapshot, spaces
from lander_envs.backends import (
    ARGUMENTS,
    DEFAULT_BACKEND,
    RUNNING,
    TIMEOUT,
    Dynamics,
    LanderParams,
    Step,
    changed,
    check_options,
    check_params,
    check_ranges,
    draw,
    make_simulator,
    require_settable,
)
from lander_envs.copies import IndependentCopies
from lander_envs.envs.time_limit import cuts_next_step, limits_of_reset
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


class LanderOptions(Dynamics, total=False):
    """Keyword arguments of every variant; see :class:`LanderEnv`."""

    render_mode: str | None
    continuous: bool
    gravity: float
    enable_wind: bool
    wind_power: float
    turbulence_power: float
    backend: str


class _Argument:
    """Argument of the env as an attribute; a value that is set acts from the next reset."""

    def __set_name__(self, owner: type[LanderEnv], name: str) -> None:
        self._name = name

    def __get__(self, env: LanderEnv | None, owner: type[LanderEnv]) -> Any:
        return self if env is None else getattr(env._params, self._name)

    def __set__(self, env: LanderEnv, value: Any) -> None:
        if self._name not in ARGUMENTS:
            raise AttributeError(
                f"{self._name} cannot be set, because it decides the action space: make another env"
            )
        require_settable(self._name, value, env._ranges)
        env._params = env._changed({self._name: value})


class LanderEnv(IndependentCopies, Interruptible, gym.Env[NDArray[Any], Any]):
    """LunarLander-v3: equal observations, rewards and flags for the same seed and actions.

    The infos of ``reset`` and of every ``step`` have two entries:

    - ``"outcome"``: an int, equal to a member of :class:`lander_envs.Outcome`: RUNNING, or after
      the last step LANDED (at rest, on the pad or elsewhere), CRASHED (the hull touched the
      ground), OUT_OF_BOUNDS or TIMEOUT (the limit of Gymnasium's TimeLimit around the env).
      LANDED takes precedence.
    - ``"on_pad"``: a bool, True if the hull's centre is between the flags.

    The arguments from ``gravity`` to ``terrain`` are attributes that can be set; a new value acts
    from the next reset. ``continuous`` can be read.

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
        **dynamics: what LunarLander-v3 has as constants:

            - ``main_engine_power``, ``side_engine_power``: impulse a unit of lever arm, from 0 to
              ten times ``MAIN_ENGINE_POWER`` and ``SIDE_ENGINE_POWER``.
            - ``dispersion``: size of the engines' random numbers, 0 to 10; 0 for engines without
              randomness.
            - ``initial_force``: maximum of the random push at the start, an axis, from 0 to ten
              times ``INITIAL_FORCE``.
            - ``fuel_cost``: factor of the engines' costs in the reward, 0 to 10.
            - ``wind_mode``: "continuing", wind that changes at each step, or "per_episode", the
              wind of an episode's first step throughout.
            - ``terrain``: "random", or "flat" for ground of the pad's height everywhere.
            - ``randomize``: arguments that each reset draws from the env's random stream, for
              instance ``{"gravity": [-11, -6]}``; ``info`` has what was drawn, by name.

    Raises:
        ValueError: if an argument is outside its range, or the backend lacks it.
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
    main_engine_power = _Argument()
    side_engine_power = _Argument()
    dispersion = _Argument()
    initial_force = _Argument()
    fuel_cost = _Argument()
    wind_mode = _Argument()
    terrain = _Argument()
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
        **dynamics: Unpack[Dynamics],
    ) -> None:
        known = Dynamics.__annotations__
        checks.no_unknown(type(self), dynamics.keys() - known, _BATCH_ARGUMENTS, known)
        randomize = dynamics.pop("randomize", None)
        if render_mode is not None:
            checks.one_of("render_mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        given = {
            "gravity": gravity,
            "enable_wind": enable_wind,
            "wind_power": wind_power,
            "turbulence_power": turbulence_power,
            **dynamics,
        }
        params = check_params(continuous, **given)
        self._params = params  # of the next episode
        self._running = params  # of the present one, without what it has drawn
        self._ranges = check_ranges(randomize, given)
        self._drawn: dict[str, Any] = {}  # arguments of the episode, by the names of the ranges
        self.observation_space: gym.Space[Any] = spaces.observation_space()
        self.action_space = spaces.action_space(params.continuous)
        self._check_action = (
            spaces.continuous_action if params.continuous else spaces.discrete_action
        )
        draws = self._observes_pictures or render_mode is not None
        self._simulator = make_simulator(backend, params, draws=draws)
        for lowest_or_highest in (0, 1):
            drawn: dict[str, Any] = {n: ends[lowest_or_highest] for n, ends in self._ranges.items()}
            self._simulator.require(params._replace(**drawn))
        self._limits: list[gym.wrappers.TimeLimit] = []  # around this env
        self._window = Window(type(self).__name__, spaces.FPS)

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode.

        Args:
            seed: seed of the random stream, which continues over later episodes; None keeps the
                present stream.
            options: arguments from "gravity" to "terrain", new ones for this episode and those
                that follow.

        Returns:
            Observation and info.

        Raises:
            ValueError: if an option is unknown or outside its range; nothing changes.
        """
        changes = check_options(options, drawn=self._ranges)
        params = self._changed(changes) if changes else self._params
        super().reset(seed=seed)
        self._limits = limits_of_reset(self) or self._limits
        self._params = self._running = params
        self._drawn = draw(self._ranges, self.np_random)
        self._simulator.set_params(params._replace(**self._drawn))
        state = self._simulator.reset(self.np_random)
        self._interrupted = False
        self._show()
        return self._observe(state), self._info(state, RUNNING)

    def step(self, action: Any) -> tuple[NDArray[Any], Any, bool, bool, dict[str, Any]]:
        """Advance by one base step of ``1 / FPS`` seconds.

        The env itself never truncates; ``gym.make`` adds Gymnasium's TimeLimit.

        Returns:
            Observation, float32 (8,) in this class; reward, a NumPy float64, or the int -100 or 100
            at an end, as in LunarLander-v3; whether the episode has terminated; False; info.

        Raises:
            ValueError: if ``action`` is not in the action space (throttles outside [-1, 1] are
                clipped).
            gymnasium.error.ResetNeeded: before the first reset.
        """
        state, reward, outcome = self._advance(action)
        info = self._info(state, self._cut(outcome))
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
        return snapshot.pack(self._state_parts() | snapshot.drawn_part(self._drawn))

    @interruptible
    def restore_state(self, state: bytes) -> None:
        """Restore a state that ``clone_state()`` returned, of this env or of another like it.

        Raises:
            gymnasium.error.Error: with ``backend="box2d"``.
            ValueError: if ``state`` is invalid, or has not the parts of this variant's states; the
                env does not change.

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
        parts = self._parts_of(state)
        drawn = snapshot.drawn_from(parts, self._ranges)
        # Arguments that were set during an episode wait for a reset.
        running = self._running if self._simulator.running else self._params
        self._restore_parts(parts)
        self._running, self._drawn = running, drawn
        self._simulator.set_params(running._replace(**drawn))
        self._interrupted = False

    def close(self) -> None:
        """Close the window and the simulator."""
        self._window.close()
        self._simulator.close()

    def _state_parts(self) -> dict[str, bytes]:
        """Parts of the cloned state; a variant adds its own."""
        return {"physics": self._simulator.clone_state(self.np_random)}

    def _parts_of(self, state: Any) -> dict[str, bytes]:
        """Parts of a state of this variant; ValueError if it is none."""
        return snapshot.unpack(state, (*self._part_names, *snapshot.drawn_names(self._ranges)))

    def _restore_parts(self, parts: dict[str, bytes]) -> NDArray[np.float32]:
        """Restore the parts; returns the state's observation of LunarLander-v3.

        A variant checks its own parts first and sets them last, so that an invalid state changes
        nothing.
        """
        return self._simulator.restore_state(parts["physics"], self.np_random)

    def _changed(self, changes: dict[str, Any]) -> LanderParams:
        """Arguments with changes, checked; ValueError if one is not allowed."""
        params = changed(self._params, changes)
        self._simulator.require(params)
        return params

    def _info(self, state: NDArray[np.float32], outcome: int) -> dict[str, Any]:
        """Info of a step or a reset: outcome, position over the pad, arguments that were drawn."""
        return {**step_info(state, outcome), **self._drawn}

    def _observe(self, state: NDArray[np.float32]) -> NDArray[Any]:
        """Observation of the state; a variant overrides it."""
        return state

    def _advance(self, action: Any) -> Step:
        """Check the action, take one base step and update the window."""
        self._require_reset("step")
        step = self._simulator.step(self._check_action(action), self.np_random)
        self._show()
        return step

    def _cut(self, outcome: int) -> int:
        """Outcome of a step: TIMEOUT if a limit around the env ends a running episode with it."""
        return TIMEOUT if outcome == RUNNING and cuts_next_step(self._limits) else outcome

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
