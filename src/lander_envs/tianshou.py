"""Tianshou adapter: a vector environment over the native batch.

Needs tianshou. Its 2.0.1 asks for a Gymnasium and a pandas below the newest, which it works with:
``docs/libraries.md`` says how to install it.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from tianshou.env import BaseVectorEnv

from lander_envs import checks
from lander_envs.backends import check_options
from lander_envs.copies import IndependentCopies
from lander_envs.registration import REGISTERED_IDS
from lander_envs.vector import LanderVectorEnv
from lander_envs.vector.infos import Infos, single_infos

Numbers = int | list[int] | NDArray[np.integer[Any]] | None
Seed = int | list[int] | None

# Arguments of gym.make_vec that the adapter decides.
_RESERVED = {
    "autoreset_mode": "Tianshou resets the environments itself",
    "copy": "what a call returns are copies",
}


class NativeVectorEnv(IndependentCopies, BaseVectorEnv):  # type: ignore[misc]  # see pyproject.toml
    """Tianshou vector environment of one of this package's ids, in place of a DummyVectorEnv.

    Gives what ``DummyVectorEnv([lambda: gym.make(env_id)] * num_envs)`` gives, byte for byte, for
    seeds, resets and steps of all environments or of some. Where some are stepped, the others are
    cloned before and restored after, which takes longer than a step of all.

    Two calls are stricter: the first reset must be of all environments, and an environment whose
    episode is over must be reset before its next step.

    Args:
        env_id: one of ``lander_envs.REGISTERED_IDS``.
        num_envs: number of environments.
        **kwargs: further arguments of ``gym.make_vec``, except ``autoreset_mode`` and ``copy``.

    Raises:
        TypeError: for an unknown argument.
        ValueError: if an argument is outside its range, or the environments are no native batch on
            the CPU, as with ``backend="box2d"``.

    Example:
        >>> from tianshou.algorithm.algorithm_base import RandomActionPolicy
        >>> from tianshou.data import Collector, VectorReplayBuffer
        >>> from lander_envs.tianshou import NativeVectorEnv
        >>> envs = NativeVectorEnv("lander_envs/Lander-v0", num_envs=8)
        >>> policy = RandomActionPolicy(action_space=envs.action_space[0])
        >>> collector = Collector(policy, envs, VectorReplayBuffer(10_000, 8))
        >>> stats = collector.collect(n_episode=20, random=True, reset_before_collect=True)
        >>> stats.n_collected_episodes
        20

        A step of two of three environments:

        >>> envs = NativeVectorEnv("lander_envs/Lander-v0", num_envs=3)
        >>> envs.seed(5)
        [[5], [6], [7]]
        >>> obs, rewards, terminated, truncated, infos = envs.step([2, 0], id=[0, 2])
        >>> obs.shape, [info["env_id"] for info in infos]
        ((2, 8), [0, 2])
    """

    def __init__(self, env_id: str, num_envs: int = 1, **kwargs: Any) -> None:
        checks.no_unknown(NativeVectorEnv, kwargs.keys() & _RESERVED, _RESERVED)
        self.envs = gym.make_vec(
            checks.one_of("env_id", env_id, REGISTERED_IDS),
            num_envs=num_envs,
            autoreset_mode="Disabled",
            copy=False,  # the rows that a call returns are copies already
            **kwargs,
        )
        if not isinstance(self.envs.unwrapped, LanderVectorEnv):
            self.envs.close()
            raise ValueError(
                "the arguments must be those of a native batch on the CPU, got "
                f"{checks.shown(kwargs)}; use Tianshou's DummyVectorEnv"
            )
        self.env_num, self.is_async, self.is_closed = self.envs.num_envs, False, False
        self.ready_id: list[int] = list(range(self.env_num))
        self.waiting_id: list[int] = []  # no environment steps in the background
        self._over = np.zeros(self.env_num, dtype=np.bool_)  # episodes that need a reset
        # One each, as single environments have: Tianshou draws random actions from them.
        space = self.envs.single_action_space
        self._action_spaces = [copy.deepcopy(space) for _ in range(self.env_num)]

    def reset(
        self, env_id: Numbers = None, *, seed: int | None = None, options: Any = None
    ) -> tuple[NDArray[Any], NDArray[np.object_]]:
        """Reset some environments, all by default.

        Args:
            env_id: their numbers.
            seed: the seed of each of them, the same, as DummyVectorEnv has it.
            options: arguments from "gravity" to "terrain".

        Returns:
            Observations (len(env_id), ...) and infos (len(env_id),), dicts.

        Raises:
            ValueError: if an argument is outside its range; nothing changes.
            gymnasium.error.ResetNeeded: if the first reset is one of some environments.
        """
        index = self._index("env_id", env_id)
        return self._reset(index, [seed] * self.env_num, check_options(options))

    def step(self, action: Any, id: Numbers = None) -> tuple[NDArray[Any], ...]:
        """Step some environments, all by default; the others stay as they are.

        Args:
            action: an action for each of them, (len(id), ...).
            id: their numbers.

        Returns:
            Observations (len(id), ...), rewards (len(id),) float64, terminations and truncations,
            bool, and infos, dicts with the environment's number as ``"env_id"``.

        Raises:
            ValueError: if an action is not in the action space or ``id`` no number of an
                environment; nothing changes.
            gymnasium.error.ResetNeeded: if an episode of them is over.
        """
        index = self._index("id", id)
        given = np.asarray(action)
        if given.shape[:1] != (len(index),):
            raise ValueError(
                f"action must have one row for each of {len(index)} environments, got "
                f"{checks.shown(action)}"
            )
        actions = np.zeros((self.env_num, *given.shape[1:]), given.dtype)
        actions[index] = given
        with self._left_out(index):
            obs, rewards, terminated, truncated, infos = self.envs.step(actions)
            results = _rows(obs, index), *(v[index] for v in (rewards, terminated, truncated))
        self._over[index] = results[2] | results[3]
        listed = _listed(infos, index)
        for i, info in zip(index.tolist(), listed, strict=True):
            info["env_id"] = i
        return (*results, listed)

    def seed(self, seed: Seed = None) -> list[list[int | None]]:
        """Reset all environments with seeds, and seed their action spaces.

        Args:
            seed: an integer gives environment i the seed ``seed + i``, a list ``seed[i]``.

        Returns:
            The seeds, each in a list.

        Raises:
            ValueError: if a seed is outside its range; nothing changes.
        """
        everyone = self._index("id", None)
        seeds = self._seeds(seed)
        self._reset(everyone, seeds, {})
        for space, own in zip(self._action_spaces, seeds, strict=True):
            space.seed(own)
        return [[own] for own in seeds]

    def get_env_attr(self, key: str, id: Numbers = None) -> list[Any]:
        """Attribute of each environment in ``id``: its own arguments, single spaces."""
        index = self._index("id", id)
        values = self._action_spaces if key == "action_space" else self._batch.attributes(key)
        return [values[i] for i in index]

    def set_env_attr(self, key: str, value: Any, id: Numbers = None) -> None:
        """Set an argument of each environment in ``id``, from its next episode on.

        Raises:
            AttributeError: for another attribute, because the environments share one batch.
            ValueError: if ``value`` is outside its range; nothing changes.
        """
        index = set(self._index("id", id).tolist())
        values = enumerate(self._batch.attributes(key))
        self._batch.set_attr(key, [value if i in index else now for i, now in values])

    def render(self) -> list[NDArray[np.uint8] | None]:
        """Frames, one per environment, each of ``SCREEN_SHAPE``, or None without a render mode."""
        self._assert_is_not_closed()
        frames: Any = self.envs.render()
        return [None] * self.env_num if frames is None else list(frames)

    def close(self) -> None:
        """Close the batch."""
        self._assert_is_not_closed()
        self.envs.close()
        self.is_closed = True

    @property
    def _batch(self) -> LanderVectorEnv:
        batch = self.envs.unwrapped
        assert isinstance(batch, LanderVectorEnv)
        return batch

    def _seeds(self, seed: Any) -> list[int | None]:
        """Seed of each environment; the batch checks those of a list."""
        if seed is None:
            return [None] * self.env_num
        if checks.is_array(seed):
            return list(seed)
        first = checks.whole("seed", seed, 0)
        return [first + i for i in range(self.env_num)]

    def _index(self, name: str, numbers: Numbers) -> NDArray[np.intp]:
        """Numbers of environments as an array; ValueError if one is wrong or there twice."""
        self._assert_is_not_closed()
        if numbers is None:
            return np.arange(self.env_num)
        index = np.atleast_1d(np.asarray(numbers))
        known = index.ndim == 1 and index.dtype.kind in "iu" and index.size > 0
        if not known or not np.isin(index, self.ready_id).all() or len(set(index)) < len(index):
            raise ValueError(
                f"{name} must be different integers from 0 to {self.env_num - 1}, got "
                f"{checks.shown(numbers)}"
            )
        return index.astype(np.intp)

    def _reset(
        self, index: NDArray[np.intp], seeds: list[int | None], options: dict[str, Any]
    ) -> tuple[NDArray[Any], NDArray[np.object_]]:
        mask = np.isin(np.arange(self.env_num), index)
        obs, infos = self.envs.reset(
            seed=seeds,  # type: ignore[arg-type]  # Gymnasium's annotation has no list
            options={**options, "reset_mask": mask},
        )
        self._over[index] = False
        return _rows(obs, index), _listed(infos, index)

    @contextlib.contextmanager
    def _left_out(self, index: NDArray[np.intp]) -> Iterator[None]:
        """Keep the environments that are not in ``index`` as they are in a step of all."""
        others = np.setdiff1d(np.arange(self.env_num), index)
        states = [self._batch.clone_state(int(i)) for i in others]
        over = self._over & np.isin(np.arange(self.env_num), others)
        if over.any():  # an episode that is over cannot be stepped
            self.envs.reset(options={"reset_mask": over})
        try:
            yield
        finally:
            for i, state in zip(others, states, strict=True):
                self._batch.restore_state(state, int(i))


def _rows(obs: Any, index: NDArray[np.intp]) -> NDArray[Any]:
    """Copies of the observations in ``index``; of a Dict space an array of dicts."""
    if not isinstance(obs, dict):
        rows: NDArray[Any] = obs[index]
        return rows
    return np.array([{key: values[i].copy() for key, values in obs.items()} for i in index])


def _listed(infos: Infos, index: NDArray[np.intp]) -> NDArray[np.object_]:
    """Infos of the environments in ``index``, an array of dicts."""
    return np.array(single_infos(infos))[index]
