"""Stable-Baselines3 adapters: a VecEnv over the native batch.

Needs stable-baselines3: ``pip install lander-envs[baselines]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv, VecMonitor
from stable_baselines3.common.vec_env.base_vec_env import (
    VecEnvIndices,
    VecEnvObs,
    VecEnvStepReturn,
)

from lander_envs.copies import IndependentCopies
from lander_envs.registration import ENV_IDS
from lander_envs.vector.infos import single_infos


class LanderVecEnv(IndependentCopies, VecEnv):
    """Stable-Baselines3 VecEnv of one of this package's ids.

    As SB3 expects, the step that ends an episode also resets the env. The episode's last
    observation is ``infos[i]["terminal_observation"]``; ``infos[i]["TimeLimit.truncated"]`` is True
    if the episode was truncated and not terminated. Wrap the env in SB3's VecMonitor for episode
    statistics.

    Args:
        env_id: one of ``lander_envs.ENV_IDS``.
        num_envs: number of environments.
        **kwargs: further arguments of ``gym.make_vec``, except ``autoreset_mode``.

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
    """

    def __init__(self, env_id: str, num_envs: int = 1, **kwargs: Any) -> None:
        self.envs = gym.make_vec(env_id, num_envs=num_envs, autoreset_mode="SameStep", **kwargs)
        self._actions: NDArray[Any] | None = None
        # SB3's base class asks for the attribute while it is being built.
        self.render_mode = self.envs.render_mode
        super().__init__(
            num_envs, self.envs.single_observation_space, self.envs.single_action_space
        )

    def reset(self) -> VecEnvObs:
        """Reset all environments, with the seeds that ``seed()`` set since the last reset."""
        seeds = None if all(seed is None for seed in self._seeds) else list(self._seeds)
        # Gymnasium's annotation allows one integer only; the method also takes a list.
        obs, infos = self.envs.reset(seed=seeds)  # type: ignore[arg-type]
        self.reset_infos = single_infos(infos)
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
        listed = single_infos(infos)
        if dones.any():
            last = single_infos(infos["final_info"])
            for i in np.flatnonzero(dones).tolist():
                self.reset_infos[i], listed[i] = listed[i], last[i]
                listed[i]["terminal_observation"] = infos["final_obs"][i]
        for info, cut in zip(listed, (truncations & ~terminations).tolist(), strict=True):
            info["TimeLimit.truncated"] = cut
        return obs, rewards.astype(np.float32), dones, listed

    def close(self) -> None:
        """Close the batch."""
        self.envs.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Frames, one per env, each of ``SCREEN_SHAPE``, uint8, or None without a render mode."""
        frames = self.envs.render()
        return [None] * self.num_envs if frames is None else [np.asarray(f) for f in frames]

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Attribute of the batch, repeated for each env in ``indices``."""
        value = getattr(self.envs.unwrapped, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Unsupported, because the environments share one batch.

        Raises:
            AttributeError: always.
        """
        raise AttributeError(f"{attr_name} cannot be set on environments that share one batch")

    def env_method(
        self, method_name: str, *args: Any, indices: VecEnvIndices = None, **kwargs: Any
    ) -> list[Any]:
        """Call a method of the batch with ``index=i`` for each env i in ``indices``."""
        method = getattr(self.envs.unwrapped, method_name)
        return [method(*args, index=i, **kwargs) for i in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: Any, indices: VecEnvIndices = None) -> list[bool]:
        """False for each env in ``indices``: the batch holds no single wrappers."""
        return [False for _ in self._get_indices(indices)]


def native_batch(venv: VecEnv) -> VecEnv:
    """Replace a VecEnv of single environments by the native batch, in a VecMonitor.

    For tools that build the VecEnv themselves. In a YAML file of rl-baselines3-zoo write
    ``vec_env_wrapper: lander_envs.sb3.native_batch``.

    Args:
        venv: environments of one of this package's ids. They are closed; the batch has their
            number, arguments and seeds.

    Raises:
        ValueError: if the environments have another id.

    Example:
        >>> from stable_baselines3.common.env_util import make_vec_env
        >>> from lander_envs.sb3 import native_batch
        >>> envs = native_batch(make_vec_env("lander_envs/ShapedLander-v0", n_envs=4, seed=7))
        >>> type(envs.unwrapped).__name__, envs.num_envs, envs.reset().shape
        ('LanderVecEnv', 4, (4, 8))
    """
    spec = venv.get_attr("spec")[0]
    if spec is None or spec.id not in ENV_IDS:
        raise ValueError(f"venv must hold environments of {ENV_IDS}, got {spec and spec.id!r}")
    batch = LanderVecEnv(spec.id, venv.num_envs, **spec.kwargs)
    batch._seeds = list(venv._seeds)  # set by the tool for the first reset
    venv.close()
    return VecMonitor(batch)
