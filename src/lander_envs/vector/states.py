"""Cloned, restored, pickled and copied states of a native batch."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from lander_envs import _native, checks, snapshot
from lander_envs.backends import ARGUMENTS, Ranges
from lander_envs.copies import IndependentCopies, owned
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.spaces import share_bounds
from lander_envs.vector.arguments import Params
from lander_envs.vector.calls import require_running_state
from lander_envs.vector.exclusive import Exclusive, exclusive


class BatchStates(IndependentCopies, Interruptible, Exclusive):
    """Mixin of :class:`lander_envs.vector.LanderVectorEnv`: states of its landers.

    A pickle holds the landers as cloned states. The engine, its threads and the arrays that it
    writes are made anew, so that no copy shares them.
    """

    num_envs: int
    closed: bool
    autoreset_mode: AutoresetMode
    _max_episode_steps: int
    _batch: _native.Landers
    _ended: NDArray[np.bool_]
    _params: Params
    _ranges: Ranges
    _seeds: list[int]

    _part_names: ClassVar[tuple[str, ...]] = ("physics",)  # parts of a cloned state
    # Attributes that _make_batch sets.
    _made_anew: ClassVar[frozenset[str]] = frozenset(
        {
            *("_batch", "_pools", "_lock", "_rows"),
            *("_states", "_final_states", "_ended"),
            *("_rewards", "_terminated", "_truncated", "_outcomes", "_on_pad"),
        }
    )

    @exclusive
    def clone_state(self, index: int) -> bytes:
        """Serialize the state of env ``index``.

        Like :meth:`lander_envs.envs.LanderEnv.clone_state`. The state also holds the
        steps of the episode, which a single env leaves to its wrapper.

        Raises:
            ValueError: if ``index`` is out of range.
            gymnasium.error.ResetNeeded: before the first reset.

        Example:
            One state in many envs, to try a different action in each:

            >>> from lander_envs.vector import LanderVectorEnv
            >>> envs = LanderVectorEnv(4)
            >>> obs, infos = envs.reset(seed=0)
            >>> state = envs.clone_state(0)
            >>> for i in range(4):
            ...     envs.restore_state(state, i)
            >>> obs, rewards, *_ = envs.step([0, 1, 2, 3])
            >>> rewards.round(2).tolist()
            [-1.1, -0.21, 2.57, -2.04]
        """
        self._require_running("clone_state")
        index = checks.whole("index", index, 0, self.num_envs - 1)
        # Under SAME_STEP an episode that has ended is over already: the next one has begun.
        ended = self._ended[index] and self.autoreset_mode != AutoresetMode.SAME_STEP
        clock = [self._steps_of(index), int(ended)]
        return snapshot.pack(
            self._state_parts(index)
            | snapshot.drawn_part(self._drawn_by(index))
            | {snapshot.CLOCK: np.array(clock, np.uint32).tobytes()}
        )

    @exclusive
    @interruptible
    def restore_state(self, state: bytes, index: int) -> None:
        """Restore a state of a single or vector env of the same variant in env ``index``.

        Raises:
            ValueError: if ``state`` is invalid or has not the parts of this variant's states,
                ``index`` is out of range, or under SAME_STEP the state's episode is over; nothing
                changes.
            gymnasium.error.ResetNeeded: before the first reset.

        Example:
            >>> import gymnasium as gym
            >>> from lander_envs.vector import LanderVectorEnv
            >>> env, envs = gym.make("lander_envs/Lander-v0").unwrapped, LanderVectorEnv(2)
            >>> obs, info = env.reset(seed=0)
            >>> obs, infos = envs.reset(seed=1)
            >>> envs.restore_state(env.clone_state(), 1)
            >>> bool((envs.step([2, 2])[0][1] == env.step(2)[0]).all())
            True
        """
        self._require_running("restore_state")
        index = checks.whole("index", index, 0, self.num_envs - 1)
        parts = snapshot.unpack(state, (*self._part_names, *snapshot.drawn_names(self._ranges)))
        drawn = snapshot.drawn_from(parts, self._ranges)
        taken, ended = clock_of(parts)
        require_running_state(self.autoreset_mode, ended)
        steps = whole_steps("state: steps", taken, self._max_episode_steps, ended=ended)
        self._restore_parts(parts, index, steps, ended)
        if drawn:
            self._set_drawn(index, drawn)

    @exclusive
    def __getstate__(self) -> dict[str, Any]:
        """Attributes, with cloned states instead of the engine and its arrays."""
        kept = {k: value for k, value in self.__dict__.items() if k not in self._made_anew}
        if self._seeds and not self.closed:
            kept["_landers"] = [self.clone_state(i) for i in range(self.num_envs)]
            rows = [self._batch.params(i) for i in range(self.num_envs)]
            kept["_running_params"] = Params(np.array(rows))
        return kept

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Build a new engine and restore the landers' states."""
        kept = owned(state)
        landers = kept.pop("_landers", [])
        running: Params = kept.pop("_running_params", kept["_params"])
        self.__dict__.update(kept)
        share_bounds(kept["observation_space"])
        self._make_batch()
        self._batch.set_params(np.ones(self.num_envs, dtype=np.bool_), running.rows)
        self._batch.set_next_params(self._params.differ(running), self._params.rows)
        for i, lander in enumerate(landers):
            self.restore_state(lander, i)

    def _drawn_by(self, index: int) -> dict[str, float]:
        """Arguments that one env's episode has drawn."""
        row = self._batch.params(index)
        return {name: float(row[ARGUMENTS.index(name)]) for name in self._ranges}

    def _set_drawn(self, index: int, drawn: dict[str, float]) -> None:
        rows = np.tile(self._batch.params(index), (self.num_envs, 1))
        rows[:, [ARGUMENTS.index(name) for name in drawn]] = list(drawn.values())
        one = np.arange(self.num_envs) == index
        self._batch.set_params(one, rows)
        self._batch.set_next_params(one, self._params.rows)

    def _steps_of(self, index: int) -> int:
        """Steps of one env's episode."""
        return self._batch.elapsed(index)

    def _state_parts(self, index: int) -> dict[str, bytes]:
        """Parts of one env's cloned state; a variant adds its own."""
        return {"physics": self._batch.clone_state(index)}

    def _restore_parts(self, parts: dict[str, bytes], index: int, steps: int, ended: bool) -> None:
        """Restore the parts; a variant checks its own first and sets them last."""
        self._batch.restore_state(index, parts["physics"], steps, ended)

    # --- Methods of the environment -----------------------------------------------------------

    def _require_running(self, call: str) -> None:
        raise NotImplementedError

    def _make_batch(self) -> None:
        raise NotImplementedError


def clock_of(parts: dict[str, bytes]) -> tuple[int, bool]:
    """Steps of a state's episode, and whether it is over.

    A state of a single env has no clock, but its lander may have come to an end.
    """
    clock = snapshot.numbers(snapshot.CLOCK, parts.get(snapshot.CLOCK, bytes(8)), np.uint32, (2,))
    over = checks.whole("state: ended", clock[1], 0, 1) == 1
    lander = _native.Lander()
    lander.restore_state(parts["physics"])
    return int(clock[0]), over or lander.outcome != _native.Outcome.RUNNING


def whole_steps(name: str, value: Any, limit: int, *, ended: bool) -> int:
    """Check the steps of an episode: below its time limit, or up to it if it has ended."""
    return checks.whole(name, value, 0, limit if ended else limit - 1)
