"""Stable-Baselines3 adapters: a VecEnv over the native batch.

Needs stable-baselines3: ``pip install lander-envs[baselines]``.
"""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, TimeLimit
from numpy.typing import NDArray
from stable_baselines3.common.monitor import Monitor, ResultsWriter
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecMonitor
from stable_baselines3.common.vec_env.base_vec_env import (
    VecEnvIndices,
    VecEnvObs,
    VecEnvStepReturn,
)

from lander_envs import checks
from lander_envs.backends import ARGUMENTS, check_options
from lander_envs.copies import IndependentCopies
from lander_envs.floating_point import default_floating_point
from lander_envs.registration import REGISTERED_IDS
from lander_envs.vector.attributes import EnvArguments, require_argument
from lander_envs.vector.infos import single_infos

EnvMaker = Callable[[], gym.Env[Any, Any]]


class _EpisodeLog:
    """Record of ended episodes in the place of an env's Monitor. A copy has no file."""

    def __init__(
        self, start: float, info_keywords: tuple[str, ...], writer: ResultsWriter | None = None
    ) -> None:
        self._start = start
        self._info_keywords = info_keywords
        self._writer = writer

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what can be copied: two writers would tear a file."""
        return _EpisodeLog, (self._start, self._info_keywords)

    def end(self, episodic_return: float, length: int, info: dict[str, Any]) -> None:
        """Write ``info["episode"]``, and a row in the file if there is one."""
        seconds = round(time.time() - self._start, 6)
        info["episode"] = {"r": round(episodic_return, 6), "l": length, "t": seconds}
        info["episode"] |= {key: info[key] for key in self._info_keywords}
        if self._writer is not None:
            self._writer.write_row(info["episode"])

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()


class LanderVecEnv(IndependentCopies, VecEnv):
    """Stable-Baselines3 VecEnv of one of this package's ids.

    As SB3 expects, the step that ends an episode also resets the env. The episode's last
    observation is ``infos[i]["terminal_observation"]``; ``infos[i]["TimeLimit.truncated"]`` is True
    if the episode was truncated and not terminated. Wrap the env in SB3's VecMonitor for episode
    statistics.

    Args:
        env_id: one of ``lander_envs.REGISTERED_IDS``; or a list of functions that each make an env,
            as ``make_vec_env(..., vec_env_cls=LanderVecEnv)`` passes. The envs are replaced by the
            batch, which keeps their arguments, time limit and Monitors.
        num_envs: number of environments; a list of functions has its own.
        **kwargs: further arguments of ``gym.make_vec``, except ``autoreset_mode`` and
            ``copy=False``: SB3 stores an observation after the next step.

    Raises:
        TypeError: for an unknown argument.
        ValueError: if an argument is outside its range, or what the functions make cannot share
            one batch: another id, another wrapper than Monitor and TimeLimit, or arguments that
            differ, apart from those from gravity to terrain.

    Example:
        >>> from stable_baselines3 import PPO
        >>> from lander_envs.sb3 import LanderVecEnv
        >>> envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=16)
        >>> model = PPO("MlpPolicy", envs, n_steps=8, n_epochs=1, batch_size=64, seed=0)
        >>> model.learn(total_timesteps=256).num_timesteps
        256

        The end of an episode, here by a time limit of two steps:

        >>> import numpy as np
        >>> envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=1, max_episode_steps=2)
        >>> obs = envs.reset()
        >>> _ = envs.step(np.array([0]))
        >>> obs, rewards, dones, infos = envs.step(np.array([0]))
        >>> from lander_envs import Outcome
        >>> dones.tolist(), infos[0]["TimeLimit.truncated"], Outcome(infos[0]["outcome"]).name
        ([True], True, 'TIMEOUT')

        Built by SB3, with a Monitor for each environment:

        >>> from stable_baselines3.common.env_util import make_vec_env
        >>> envs = make_vec_env("lander_envs/Lander-v0", n_envs=4, vec_env_cls=LanderVecEnv)
        >>> envs.num_envs, envs.get_attr("gravity")
        (4, [-10.0, -10.0, -10.0, -10.0])
    """

    def __init__(self, env_id: str | Sequence[EnvMaker], num_envs: int = 1, **kwargs: Any) -> None:
        _require_id_or_functions(env_id)
        _require_for_sb3(kwargs)
        self._logs: list[_EpisodeLog | None] = [None] * checks.whole("num_envs", num_envs, 1)
        action_space = None
        if not isinstance(env_id, str):
            if num_envs not in (1, len(env_id)) or not env_id:
                raise ValueError(f"num_envs must be that of the functions, got {num_envs}")
            singles = _taken_over([make() for make in env_id])
            env_id, kwargs = singles.env_id, singles.kwargs | kwargs
            self._logs, action_space = singles.logs, singles.action_space
        num_envs = len(self._logs)
        self.envs = gym.make_vec(env_id, num_envs=num_envs, autoreset_mode="SameStep", **kwargs)
        self._actions: NDArray[Any] | None = None
        self._returns, self._lengths = np.zeros(num_envs), np.zeros(num_envs, np.int64)
        super().__init__(
            num_envs,
            self.envs.single_observation_space,
            action_space or self.envs.single_action_space,
        )
        self.metadata = self.get_attr("metadata")[0]  # as DummyVecEnv: films need render_fps

    def reset(self) -> VecEnvObs:
        """Reset all environments, with the seeds and options that were set since the last reset.

        Raises:
            ValueError: if an option is unknown or outside its range; nothing changes.
        """
        seeds = None if all(seed is None for seed in self._seeds) else list(self._seeds)
        obs, infos = self.envs.reset(
            seed=seeds,  # type: ignore[arg-type]  # Gymnasium's annotation has no list
            options=self._options_of_the_batch(),
        )
        self.reset_infos = single_infos(infos)
        self._returns[:], self._lengths[:] = 0.0, 0
        self._reset_seeds()
        self._reset_options()
        return obs  # type: ignore[no-any-return]

    def step_async(self, actions: NDArray[Any]) -> None:
        """Store the actions for ``step_wait``."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Step all environments with the stored actions.

        Returns:
            Observations, rewards (num_envs,) float32, dones (num_envs,) bool, and a list of infos.
        """
        obs, rewards, terminations, truncations, infos = self.envs.step(self._actions)
        dones = terminations | truncations
        with default_floating_point:
            self._returns += rewards
            single_rewards = rewards.astype(np.float32)
        self._lengths += 1
        listed = single_infos(infos)
        last = single_infos(infos["final_info"]) if dones.any() else []
        for i in np.flatnonzero(dones).tolist():
            self.reset_infos[i], listed[i] = listed[i], last[i]
            listed[i]["terminal_observation"] = infos["final_obs"][i]
            log = self._logs[i]
            if log is not None:
                log.end(float(self._returns[i]), int(self._lengths[i]), listed[i])
        for info, cut in zip(listed, (truncations & ~terminations).tolist(), strict=True):
            info["TimeLimit.truncated"] = cut
        self._returns[dones], self._lengths[dones] = 0.0, 0
        return obs, single_rewards, dones, listed

    def close(self) -> None:
        """Close the batch and the Monitors' files."""
        self.envs.close()
        for log in self._logs:
            if log is not None:
                log.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Frames, one per env, each of ``SCREEN_SHAPE``, uint8, or None without a render mode."""
        frames = self.envs.render()
        return [None] * self.num_envs if frames is None else [np.asarray(f) for f in frames]

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Attribute of each env in ``indices``: its own arguments and generator, single spaces."""
        values = self._batch.attributes(attr_name)
        return [values[i] for i in self._get_indices(indices)]

    def has_attr(self, attr_name: str) -> bool:
        """True if the environments have the attribute, even one that needs a reset before."""
        try:
            return super().has_attr(attr_name)
        except ResetNeeded:
            return True

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set an argument of each env in ``indices``, from its next episode on.

        Raises:
            AttributeError: for another attribute, because the environments share one batch.
            ValueError: if ``value`` is outside its range; nothing changes.
        """
        require_argument(attr_name)
        values = list(self._batch.attributes(attr_name))
        for i in self._get_indices(indices):
            values[i] = value
        self._batch.set_attr(attr_name, values)

    def env_method(
        self, method_name: str, *args: Any, indices: VecEnvIndices = None, **kwargs: Any
    ) -> list[Any]:
        """Call a method of each env in ``indices``, such as ``clone_state``."""
        return [method(*args, **kwargs) for method in self.get_attr(method_name, indices)]

    def env_is_wrapped(self, wrapper_class: Any, indices: VecEnvIndices = None) -> list[bool]:
        """True for Monitor if the env was built with one, otherwise False."""
        asked = isinstance(wrapper_class, type) and issubclass(Monitor, wrapper_class)
        return [asked and self._logs[i] is not None for i in self._get_indices(indices)]

    @property
    def _batch(self) -> EnvArguments:
        batch: Any = self.envs.unwrapped
        return batch  # type: ignore[no-any-return]

    def _options_of_the_batch(self) -> dict[str, Any] | None:
        """Options of the next reset: for each name, one value per env."""
        checked = [check_options(options) for options in self._options]
        names = {name for options in checked for name in options}
        return {
            name: [
                options.get(name, now)
                for options, now in zip(checked, self._batch.attributes(name), strict=True)
            ]
            for name in names
        }


def native_batch(venv: VecEnv) -> VecEnv:
    """Replace a VecEnv of single environments by the native batch.

    For tools that build the VecEnv themselves. In a YAML file of rl-baselines3-zoo write
    ``vec_env_wrapper: lander_envs.sb3.native_batch``.

    The batch has the number, arguments, time limit, seeds and options of the environments, and
    their Monitors with their files; without Monitors it is in a VecMonitor. A VecEnv with
    ``render_mode="human"`` is returned as it is, because a batch has no window.

    Args:
        venv: a DummyVecEnv, SB3's default, of one of this package's ids, not yet reset. Its
            environments are closed.

    Raises:
        ValueError: if ``venv`` is another VecEnv, was reset, or holds environments that cannot
            share one batch (see :class:`LanderVecEnv`); it does not change.

    Example:
        >>> from stable_baselines3.common.env_util import make_vec_env
        >>> from lander_envs.sb3 import native_batch
        >>> envs = native_batch(make_vec_env("lander_envs/ShapedLander-v0", n_envs=4, seed=7))
        >>> type(envs.unwrapped).__name__, envs.num_envs, envs.reset().shape
        ('LanderVecEnv', 4, (4, 8))
    """
    is_venv = isinstance(venv, VecEnv)
    if is_venv and (venv.render_mode == "human" or isinstance(venv.unwrapped, LanderVecEnv)):
        return venv
    if type(venv) is not DummyVecEnv:
        raise ValueError(f"venv must be a DummyVecEnv, got {type(venv).__name__}")
    if any(env.unwrapped._np_random is not None for env in venv.envs):
        raise ValueError("venv must not have been reset, because its random streams would be lost")
    batch = LanderVecEnv([functools.partial(lambda env: env, env) for env in venv.envs])
    batch._seeds, batch._options = list(venv._seeds), copy.deepcopy(venv._options)
    return VecMonitor(batch) if batch._logs.count(None) == venv.num_envs else batch


def _require_id_or_functions(env_id: Any) -> None:
    """ValueError for what is neither an id of this package nor a sequence of functions."""
    if isinstance(env_id, str):
        checks.one_of("env_id", env_id, REGISTERED_IDS)
    elif not isinstance(env_id, Sequence) or not all(map(callable, env_id)):
        raise ValueError(
            f"env_id must be one of {', '.join(REGISTERED_IDS)}, or a list of functions that make "
            f"one, got {checks.shown(env_id)}"
        )


def _require_for_sb3(kwargs: dict[str, Any]) -> None:
    """Refuse arguments of ``gym.make_vec`` that Stable-Baselines3 cannot do with."""
    reserved = {"autoreset_mode": "Stable-Baselines3 resets in the step that ends an episode"}
    checks.no_unknown(LanderVecEnv, kwargs.keys() & reserved, reserved)
    if (device := kwargs.get("device", "cpu")) != "cpu":
        raise ValueError(
            f"device must be 'cpu' for Stable-Baselines3, which takes arrays, got {device!r}"
        )
    if not checks.flag("copy", kwargs.get("copy", True)):
        raise ValueError(
            "copy must be True for Stable-Baselines3, which stores an observation after the next "
            "step, got False"
        )


class _Singles(NamedTuple):
    """Single environments that a batch replaces."""

    env_id: str
    kwargs: dict[str, Any]  # of gym.make_vec
    logs: list[_EpisodeLog | None]  # in the place of Monitors
    action_space: gym.Space[Any]  # with its seed


def _taken_over(envs: list[gym.Env[Any, Any]]) -> _Singles:
    """Read all that a batch needs from single environments; closes them, but not their Monitors.

    Raises:
        ValueError: if a batch cannot give the same environments.
    """
    for env in envs:
        if not isinstance(env, gym.Env):
            raise ValueError(f"the functions must make environments, got {type(env).__name__}")
    limits, logs = zip(*(_wrappers_of(env) for env in envs), strict=True)
    shared = [
        _shared_arguments(env.unwrapped.spec) | {"max_episode_steps": limit}
        for env, limit in zip(envs, limits, strict=True)
    ]
    for other in shared:
        for name in shared[0] | other:
            one, two = shared[0].get(name), other.get(name)
            if one != two:
                raise ValueError(
                    f"{name} must be the same in all environments of a batch, got {one!r}, {two!r}"
                )
    own = {name: [env.get_wrapper_attr(name) for env in envs] for name in ARGUMENTS}
    kwargs = shared[0] | {n: v[0] if len(set(v)) == 1 else v for n, v in own.items()}
    for env in envs:
        env.unwrapped.close()
    return _Singles(kwargs.pop("id"), kwargs, list(logs), envs[0].action_space)


def _shared_arguments(spec: gym.envs.registration.EnvSpec | None) -> dict[str, Any]:
    """Id of an env, and the arguments that are the same for all envs of a batch."""
    if spec is None or spec.id not in REGISTERED_IDS:
        raise ValueError(f"environments must be of {REGISTERED_IDS}, got {spec and spec.id!r}")
    return {"id": spec.id} | {n: v for n, v in spec.kwargs.items() if n not in ARGUMENTS}


def _wrappers_of(env: gym.Env[Any, Any]) -> tuple[int, _EpisodeLog | None]:
    """Time limit, -1 for none, and Monitor of an env; ValueError for any other wrapper."""
    limits, log = [], None
    while isinstance(env, gym.Wrapper):
        if type(env) is TimeLimit:
            limits.append(env._max_episode_steps)
        elif type(env) is Monitor and log is None:
            log = _EpisodeLog(env.t_start, env.info_keywords, env.results_writer)
            if env.reset_keywords or not env.allow_early_resets:
                raise ValueError(
                    "a Monitor of a batch must have no reset_keywords and allow_early_resets=True"
                )
        elif type(env) not in (OrderEnforcing, PassiveEnvChecker):
            raise ValueError(
                "environments of a batch must have no wrappers but one Monitor and TimeLimit, got "
                f"{type(env).__name__}"
            )
        env = env.env
    return min(limits, default=-1), log
