"""Vector form of the Box2D backend: Gymnasium's SyncVectorEnv of this package's single envs."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs import checks
from lander_envs.backends import ARGUMENTS, LanderParams, check_options, require_settable
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.vector import arguments, calls
from lander_envs.vector.arguments import Params
from lander_envs.vector.attributes import EnvArguments, require_argument
from lander_envs.vector.states import clock_of


class LanderSyncVectorEnv(Interruptible, SyncVectorEnv, EnvArguments):
    """SyncVectorEnv that takes and refuses what the native batch does."""

    @interruptible
    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        """Start episodes, as :meth:`lander_envs.vector.LanderVectorEnv.reset` does.

        Raises:
            ValueError: if an argument is outside its range; nothing changes.
            gymnasium.error.ResetNeeded: if the first reset, or the first one of a copy or after an
                interrupted call, has a mask that leaves envs out.
        """
        calls.require_open(self, "reset")
        drawn = self._landers[0]._ranges
        options = check_options(options, "reset_mask", drawn=drawn)
        mask = arguments.reset_mask(options.pop("reset_mask", None), self.num_envs)
        if not (self._flying or mask.all()):
            raise ResetNeeded("call reset() of all envs before one with a reset_mask")
        seeds = arguments.seeds(seed, self.num_envs)
        self._set(self._params.updated(options, mask, drawn))
        results = super().reset(seed=seeds, options=None if mask.all() else {"reset_mask": mask})
        self._interrupted = False
        return results

    @interruptible
    def step(self, actions: Any) -> Any:
        """Step all envs, as :meth:`lander_envs.vector.LanderVectorEnv.step` does.

        Raises:
            ValueError: if an action is not in the action space; no env moves.
            gymnasium.error.ResetNeeded: before the first reset, of a copy too, or under DISABLED
                if an episode is over.
        """
        calls.require_open(self, "step")
        self._require_whole("step")
        if not self._flying:
            raise ResetNeeded("call reset() before step()")
        mode, ended = self.autoreset_mode, self._autoreset_envs
        calls.require_reset_where_ended(mode, ended)
        continuous = self._landers[0].continuous
        ignored = calls.resetting(mode, ended)
        return super().step(arguments.actions(actions, self.num_envs, continuous, ignored))

    def render(self) -> Any:
        """Frames of all envs, or of each env None without a render mode."""
        calls.require_open(self, "render")
        return super().render()

    def set_attr(self, name: str, values: Any) -> None:
        """Set an argument of each env, as :meth:`lander_envs.vector.LanderVectorEnv.set_attr` does.

        Raises:
            AttributeError: for another name.
            ValueError: if a value is outside its range; nothing changes.
        """
        require_argument(name)
        require_settable(name, values, self._landers[0]._ranges)
        everyone = np.ones(self.num_envs, dtype=np.bool_)
        self._set(self._params.updated({name: values}, everyone))

    @property
    def _flying(self) -> bool:
        """Whether each env has an episode: a copy of Box2D's, or an interrupted call, has none."""
        return not self._interrupted and all(lander._simulator.running for lander in self._landers)

    @property
    def _landers(self) -> list[Any]:
        return [env.unwrapped for env in self.envs]

    def _restore(self, state: bytes, index: int) -> None:
        """Restore a state in env ``index``; if its episode is over, the env waits for a reset."""
        lander = self._landers[index]
        _, ended = clock_of(lander._parts_of(state))
        calls.require_running_state(self.autoreset_mode, ended)
        lander.restore_state(state)
        self._autoreset_envs[index] = ended

    @property
    def _params(self) -> Params:
        """Arguments of each env's next episode."""
        return Params(np.array([lander._params.row for lander in self._landers]))

    def _set(self, params: Params) -> None:
        """Set checked arguments, once the backend has been asked for those of all envs."""
        landers = self._landers
        rows = [LanderParams.of_row(landers[0].continuous, row) for row in params.rows.tolist()]
        for lander, row in zip(landers, rows, strict=True):
            lander._simulator.require(row)
        for lander, row in zip(landers, rows, strict=True):
            lander._params = row

    call = EnvArguments.call

    def attributes(self, name: str) -> Sequence[Any]:
        """Attribute ``name`` of each single env; AttributeError if it has none."""
        if name == "restore_state":
            return [functools.partial(self._restore, index=i) for i in range(self.num_envs)]
        return [env.get_wrapper_attr(name) for env in self.envs]


def make_sync(
    env_id: str,
    num_envs: int,
    *,
    max_episode_steps: int | None = None,
    autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
    copy: bool = True,
    num_threads: int | None = None,
    **kwargs: Any,
) -> SyncVectorEnv:
    """Build a SyncVectorEnv of single environments.

    Args:
        env_id: one of this package's ids.
        num_envs: number of environments, at least 1.
        max_episode_steps: time limit of each env; None for the id's own, -1 for none.
        autoreset_mode: "NextStep", "SameStep" or "Disabled", or the enum's member.
        copy: return copies of the observations; if False, the next step overwrites them.
        num_threads: checked and ignored, so that a program runs on every backend.
        **kwargs: arguments of the variant; those from "gravity" to "terrain" may be arrays of
            shape (num_envs,).

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> from lander_envs.vector.sync import make_sync
        >>> envs = make_sync("lander_envs/Lander-v0", 2, backend="box2d")
        >>> obs, infos = envs.reset(seed=0)
        >>> isinstance(envs, SyncVectorEnv), obs.shape
        (True, (2, 8))
    """
    checks.whole("num_envs", num_envs, 1, arguments.MAX_ENVS)
    checks.flag("copy", copy)
    mode = arguments.autoreset_mode(autoreset_mode)
    if num_threads is not None:
        checks.whole("num_threads", num_threads, 1)
    given = {name: kwargs.pop(name) for name in ARGUMENTS if name in kwargs}
    params = arguments.spread(num_envs, **given)

    if max_episode_steps is not None:  # the id's own
        arguments.max_episode_steps(max_episode_steps)
        max_episode_steps = int(max_episode_steps)  # TimeLimit takes no other integers
    kwargs |= {"max_episode_steps": max_episode_steps, "disable_env_checker": True}
    rows = [params.row(i) for i in range(num_envs)]
    # No functions of this one, so that the vector env can be pickled.
    makers = [
        functools.partial(gym.make, env_id, **kwargs, **{name: row[name] for name in given})
        for row in rows
    ]
    return LanderSyncVectorEnv(makers, copy=copy, autoreset_mode=mode)
