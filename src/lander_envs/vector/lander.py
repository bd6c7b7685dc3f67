"""Vector form of Lander-v0 on the native batch, and the base class of every variant's."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from lander_envs import _native, checks, spaces
from lander_envs.backends import ARGUMENTS, Dynamics, check_options, check_ranges, range_rows
from lander_envs.interruption import interruptible
from lander_envs.vector import arguments, calls, infos
from lander_envs.vector.attributes import BatchAttributes
from lander_envs.vector.exclusive import exclusive
from lander_envs.vector.infos import Columns, Infos
from lander_envs.vector.recycling import RecycledArrays
from lander_envs.vector.states import BatchStates

_RENDER_MODES = ("rgb_array",)
_MIN_RECYCLED = 2**16  # bytes from which a fresh array is dearer than a look into a pool

Steps = tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], Infos]


# VectorEnv is a direct base of this class and of each variant's: skrl looks at no others.
class LanderVectorEnv(BatchStates, BatchAttributes, VectorEnv[Any, Any, Any]):
    """Vector form of :class:`lander_envs.envs.LanderEnv` on the native engine.

    Observations, rewards (float64), terminations and truncations equal those of Gymnasium's
    ``SyncVectorEnv`` of LunarLander-v3, byte for byte, whatever ``num_threads``.

    At each reset and step ``infos["outcome"]``, int64 of shape (num_envs,), holds values of
    :class:`lander_envs.Outcome`, and ``infos["on_pad"]``, bool, is True where the lander is between
    the flags. ``infos["_outcome"]`` and ``infos["_on_pad"]`` are Gymnasium's masks. Under SAME_STEP
    those of an episode's last step are in ``infos["final_info"]``, and its last observation in
    ``infos["final_obs"]``.

    Args:
        num_envs: number of environments, at least 1.
        render_mode: None or "rgb_array".
        continuous: take two throttles per env as action instead of an integer.
        gravity: as in :class:`lander_envs.envs.LanderEnv`, a scalar or an array of shape
            (num_envs,). The same holds for the next three, and for those of ``dynamics``.
        enable_wind: apply wind and turbulence.
        wind_power: maximum force of the wind.
        turbulence_power: maximum torque of the turbulence.
        autoreset_mode: "NextStep", "SameStep" or "Disabled", or the enum's member.
        num_threads: threads per step; None for one per processor, with 32 envs or more each.
        copy: return copies; if False, the next step overwrites the returned arrays.
        max_episode_steps: time limit in steps; None for ``TIME_LIMIT``, -1 for none.
        **dynamics: ``main_engine_power`` to ``randomize``, as in the single env; the ranges of
            ``randomize`` are those of all environments.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> envs = gym.make_vec("lander_envs/Lander-v0", num_envs=4)
        >>> obs, infos = envs.reset(seed=0)
        >>> while (infos["outcome"] == lander_envs.Outcome.RUNNING).all():
        ...     obs, rewards, terminations, truncations, infos = envs.step([0, 0, 0, 0])
        >>> [lander_envs.Outcome(outcome).name for outcome in infos["outcome"]]
        ['CRASHED', 'RUNNING', 'RUNNING', 'RUNNING']

        Environments with different arguments:

        >>> import numpy as np
        >>> from lander_envs.vector import LanderVectorEnv
        >>> envs = LanderVectorEnv(2, gravity=np.array([-10.0, -5.0]))
        >>> obs, infos = envs.reset(seed=[0, 0])
        >>> for _ in range(50):
        ...     obs, *_ = envs.step([0, 0])
        >>> [f"{y:.2f}" for y in obs[:, 1]]  # heights after one second of free fall
        ['0.04', '0.44']
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        render_mode: str | None = None,
        continuous: bool = False,
        gravity: float | NDArray[np.float64] = spaces.GRAVITY,
        enable_wind: bool | NDArray[np.bool_] = False,
        wind_power: float | NDArray[np.float64] = spaces.WIND_POWER,
        turbulence_power: float | NDArray[np.float64] = spaces.TURBULENCE_POWER,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        num_threads: int | None = None,
        copy: bool = True,
        max_episode_steps: int | None = spaces.TIME_LIMIT,
        **dynamics: Any,
    ) -> None:
        known = Dynamics.__annotations__
        checks.no_unknown(type(self), dynamics.keys() - known, further=known)
        randomize = dynamics.pop("randomize", None)
        self.num_envs = checks.whole("num_envs", num_envs, 1, arguments.MAX_ENVS)
        self.render_mode = render_mode
        if render_mode is not None:
            checks.one_of("render_mode", render_mode, _RENDER_MODES)
        self.autoreset_mode = arguments.autoreset_mode(autoreset_mode)
        self.metadata = {
            "render_modes": list(_RENDER_MODES),
            "render_fps": spaces.FPS,
            "autoreset_mode": self.autoreset_mode,
        }
        self._copy = checks.flag("copy", copy)
        self._continuous = checks.flag("continuous", continuous)
        self._num_threads = arguments.num_threads(num_threads, self.num_envs)
        self._max_episode_steps = arguments.max_episode_steps(max_episode_steps)
        given = {
            "gravity": gravity,
            "enable_wind": enable_wind,
            "wind_power": wind_power,
            "turbulence_power": turbulence_power,
            **dynamics,
        }
        self._params = arguments.spread(self.num_envs, **given)
        self._ranges = check_ranges(randomize, given)
        try:
            self._set_spaces(spaces.observation_space())
            self._make_batch()
        except MemoryError:
            raise ValueError(
                f"num_envs must be such that the batch fits into memory, got {self.num_envs}"
            ) from None
        self._seeds: list[int] = []  # empty before the first reset

    # --- Gymnasium's vector API ---------------------------------------------------------------

    @exclusive
    @interruptible
    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], Infos]:
        """Start episodes in all envs, or in those of ``options["reset_mask"]``.

        Args:
            seed: an integer gives env i the seed ``seed + i``, a list ``seed[i]``. None continues
                the random streams.
            options: "reset_mask", a bool array of shape (num_envs,); arguments from "gravity" to
                "terrain", new ones of the envs that are reset.

        Returns:
            Observations, float32 (num_envs, 8) in this class, and infos.

        Raises:
            ValueError: if an argument is outside its range; nothing changes.
            gymnasium.error.ResetNeeded: if the first reset, or the first one after an interrupted
                call, has a mask that leaves envs out.
        """
        self._require_open("reset")
        options = check_options(options, "reset_mask", drawn=self._ranges)
        mask = arguments.reset_mask(options.pop("reset_mask", None), self.num_envs)
        anew = self._interrupted or not self._seeds
        if anew and not mask.all():
            raise ResetNeeded("call reset() of all envs before one with a reset_mask")
        seeds = arguments.seeds(seed, self.num_envs)
        params = self._params.updated(options, mask, self._ranges)
        # All arguments are checked: now the changes begin.
        if anew or params is not self._params:
            self._params = params
            self._apply_params(mask)
        self._seed(arguments.fresh_seeds(seeds) if anew else seeds, mask)
        self._batch.reset(mask)
        self._interrupted = False
        return self._observation(), self._reset_infos(mask)

    @exclusive
    def step(self, actions: Any) -> Steps:
        """Step all envs; under NEXT_STEP an env whose episode ended is reset instead.

        Args:
            actions: integers of shape (num_envs,), or throttles of shape (num_envs, 2).

        Returns:
            Observations as of :meth:`reset`; rewards, float64 (num_envs,); terminated and
            truncated, bool (num_envs,) each; infos.

        Raises:
            ValueError: if an action is not in the action space; nothing changes. Throttles outside
                [-1, 1] are clipped, and the actions of envs that are reset are ignored.
            gymnasium.error.ResetNeeded: before the first reset, or under DISABLED if an episode
                is over.
        """
        self._require_running("step")
        calls.require_reset_where_ended(self.autoreset_mode, self._ended)
        checked = self._check_actions(actions)
        drawn_before = self._drawn()
        obs = self._advance(checked)
        return (
            obs,
            self._returned(self._rewards),
            self._returned(self._terminated),
            self._returned(self._truncated),
            self._step_infos(drawn_before),
        )

    @property
    def instruction_set(self) -> str:
        """Instruction set of the engine: "avx512", "avx2", "baseline" (SSE2, NEON) or "scalar".

        The widest of the processor, unless the environment variable
        ``LANDER_ENVS_INSTRUCTION_SET`` names another when the batch is made. All give the same
        bytes.
        """
        chosen: str = self._batch.instruction_set
        return chosen

    @exclusive
    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """Render all envs.

        Returns:
            Frames of shape ``SCREEN_SHAPE``, uint8, one per env, or None without a render mode.
        """
        if self.render_mode is None:
            gym.logger.warn('render() shows nothing without render_mode="rgb_array"')
            return None
        self._require_running("render")
        frames = np.empty((self.num_envs, *spaces.SCREEN_SHAPE), np.uint8)
        for i, frame in enumerate(frames):
            self._batch.draw(i, frame)
        return tuple(frames)

    @property
    def np_random_seed(self) -> tuple[int, ...]:  # type: ignore[override]  # as SyncVectorEnv has it
        """Seeds of the envs' random streams."""
        return tuple(self._seeds)

    @property  # type: ignore[misc]  # the same
    @exclusive
    def np_random(self) -> tuple[np.random.Generator, ...]:  # type: ignore[override]
        """Copies of the envs' random generators; drawing from them does not change the envs."""
        self._require_running("np_random")
        generators = []
        for i in range(self.num_envs):
            source = np.random.PCG64()
            source.state = dict(self._batch.random_state(i))  # type: ignore[assignment]
            generators.append(np.random.Generator(source))
        return tuple(generators)

    # --- Methods that variants override -------------------------------------------------------

    def _observe(self, states: NDArray[np.float32]) -> NDArray[Any]:
        """Observations of states of shape (..., 8)."""
        return states

    def _advance(self, checked: NDArray[Any]) -> Any:
        """Step the engine under checked actions; returns the batch of observations."""
        if self._continuous:
            self._batch.step_continuous(checked)
        else:
            self._batch.step(checked)
        return self._observation()

    def _observation(self) -> Any:
        """Batch of observations that reset and step return."""
        obs = self._observe(self._states)
        return self._returned(obs) if obs is self._states else obs

    def _final_observation(self, i: int) -> Any:
        """Last observation of env i's episode under SAME_STEP, a copy."""
        return np.array(self._observe(self._final_states[i]))

    def _info_columns(self) -> Columns:
        """Infos of the last step or reset, new arrays of shape (num_envs,)."""
        return {"outcome": self._outcomes.astype(np.int64), "on_pad": self._on_pad.copy()}

    # --- Parts --------------------------------------------------------------------------------

    def _set_spaces(self, single_observation_space: gym.Space[Any]) -> None:
        self.single_observation_space = single_observation_space
        self.single_action_space = spaces.action_space(self._continuous)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        spaces.share_bounds(self.observation_space)

    def _make_batch(self) -> None:
        """Allocate the arrays that the engine writes into, and build the engine."""
        self._make_lock()
        n = self.num_envs
        self._states, self._final_states = (
            np.zeros((n, _native.OBSERVATION_SIZE), np.float32) for _ in range(2)
        )
        self._rewards = np.zeros(n)
        flags = (np.zeros(n, dtype=np.bool_) for _ in range(4))
        self._terminated, self._truncated, self._ended, self._on_pad = flags
        self._outcomes = np.zeros(n, np.uint8)
        self._pools: dict[int, RecycledArrays] = {}  # by the id of an array of the engine
        self._bind_batch()
        if self._ranges:
            self._rows = np.zeros((n, len(ARGUMENTS)))
            self._batch.set_ranges(range_rows(self._ranges))

    def _bind_batch(self) -> None:
        self._batch: _native.Landers = _native.Batch(
            draws=self.render_mode is not None,
            **self._batch_arguments(),
        )

    def _batch_arguments(self) -> Any:
        """Arguments that every kind of native batch takes."""
        return {
            "num_envs": self.num_envs,
            "continuous": self._continuous,
            "autoreset": _native.Autoreset[self.autoreset_mode.name],
            "max_episode_steps": self._max_episode_steps,
            "num_threads": self._num_threads,
            "obs": self._states,
            "rewards": self._rewards,
            "terminated": self._terminated,
            "truncated": self._truncated,
            "ended": self._ended,
            "outcomes": self._outcomes,
            "on_pad": self._on_pad,
            "final_obs": self._final_states,
        }

    def _apply_params(self, mask: NDArray[np.bool_]) -> None:
        self._batch.set_params(mask, self._params.rows)

    def _seed(self, seeds: list[int | None], mask: NDArray[np.bool_]) -> None:
        """Seed the envs of ``mask`` that have a seed."""
        own = zip(seeds, mask.tolist(), strict=True)
        chosen = [seed if reset else None for seed, reset in own]
        self._batch.seed(chosen)
        now: list[Any] = self._seeds or chosen
        self._seeds = [old if seed is None else seed for old, seed in zip(now, chosen, strict=True)]

    def _check_actions(self, actions: Any) -> NDArray[Any]:
        """Actions of a step in the engine's dtype; ValueError if one is invalid."""
        return arguments.actions(
            actions, self.num_envs, self._continuous, ignored=self._resetting()
        )

    def _reset_infos(self, mask: NDArray[np.bool_]) -> Infos:
        """Infos of the reset of the envs in ``mask``."""
        return infos.masked({**self._info_columns(), **self._drawn()}, mask)

    def _step_infos(self, drawn_before: Columns) -> Infos:
        """Infos of the last step; under SAME_STEP, with those of the episodes that ended."""
        columns, drawn = self._info_columns(), self._drawn()
        if self.autoreset_mode != AutoresetMode.SAME_STEP or not self._ended.any():
            return infos.unmasked({**columns, **drawn})
        last = [self._final_observation(i) for i in np.flatnonzero(self._ended).tolist()]
        return (
            infos.ending({**columns, **drawn_before}, self._ended, last)
            | infos.restarted(columns, self._ended, self._states)
            | infos.unmasked(drawn)
        )

    def _drawn(self) -> Columns:
        """Arguments that the present episodes have drawn, new arrays of shape (num_envs,)."""
        if not self._ranges:
            return {}
        self._batch.write_params(self._rows)
        return {name: self._rows[:, ARGUMENTS.index(name)].copy() for name in self._ranges}

    def _resetting(self) -> NDArray[np.bool_]:
        """Envs that the next step resets instead of stepping, bool of shape (num_envs,)."""
        return calls.resetting(self.autoreset_mode, self._ended)

    def _returned(self, array: NDArray[Any]) -> NDArray[Any]:
        """Copy of an array of the engine, or the array itself without ``copy``."""
        if not self._copy or array.nbytes < _MIN_RECYCLED:
            return array.copy() if self._copy else array
        copied = self._recycled(array).take()
        np.copyto(copied, array)
        return copied

    def _recycled(self, array: NDArray[Any]) -> RecycledArrays:
        """Pool for copies of an array of the engine."""
        pool = self._pools.get(id(array))
        if pool is None:
            pool = self._pools[id(array)] = RecycledArrays(array.shape, array.dtype)
        return pool

    def _require_open(self, call: str) -> None:
        calls.require_open(self, call)

    def _require_running(self, call: str) -> None:
        self._require_open(call)
        if not self._seeds:
            raise ResetNeeded(f"call reset() before {call}()")
        self._require_whole(call)
