"""Stable-Baselines3 on the native batch: all environments of a VecEnv in one engine.

Needs stable-baselines3, which ``pip install lander-envs[baselines]`` brings.
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

import lander_envs


class LanderVecEnv(VecEnv):
    """One of this package's ids as a Stable-Baselines3 VecEnv.

    As SB3 expects, an env that ends is reset in the same step; its last observation is
    ``infos[i]["terminal_observation"]``, and ``infos[i]["TimeLimit.truncated"]`` tells whether the
    time limit alone ended it. Wrap it in SB3's VecMonitor for episode statistics.

    Args:
        env_id: one of ``lander_envs.ENV_IDS``.
        num_envs: how many.
        **kwargs: further arguments of ``gym.make_vec``, but for ``autoreset_mode``.

    Example:
        >>> from stable_baselines3 import PPO
        >>> from lander_envs.sb3 import LanderVecEnv
        >>> model = PPO("MlpPolicy", LanderVecEnv("lander_envs/Lander-v0", num_envs=16))
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
        """Reset all, with the seeds that ``seed()`` set since the last reset."""
        seeds = None if all(seed is None for seed in self._seeds) else list(self._seeds)
        # Gymnasium types the seed as one integer, and takes a list as well.
        obs: VecEnvObs = self.envs.reset(seed=seeds)[0]  # type: ignore[arg-type]
        self.reset_infos = [{} for _ in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        return obs

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the actions for ``step_wait``."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Step, and return observations, rewards (float32), dones and a list of infos."""
        obs, rewards, terminations, truncations, infos = self.envs.step(self._actions)
        dones = terminations | truncations
        listed: list[dict[str, Any]] = [
            {"TimeLimit.truncated": False} for _ in range(self.num_envs)
        ]
        if "raw_reward" in infos:
            for info, raw_reward in zip(listed, infos["raw_reward"].tolist(), strict=True):
                info["raw_reward"] = raw_reward
        for i in np.flatnonzero(dones).tolist():
            final = infos["final_info"]
            listed[i]["terminal_observation"] = infos["final_obs"][i]
            listed[i]["TimeLimit.truncated"] = bool(truncations[i] and not terminations[i])
            if final.get("_outcome", dones)[i] and "outcome" in final:
                listed[i]["outcome"] = final["outcome"][i]
                listed[i]["on_pad"] = bool(final["on_pad"][i])
        return obs, rewards.astype(np.float32), dones, listed

    def close(self) -> None:
        """Close the batch."""
        self.envs.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """A frame of each env."""
        frames = self.envs.render()
        return [None] * self.num_envs if frames is None else [np.asarray(f) for f in frames]

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """The batch's attribute, once for each env asked for."""
        value = getattr(self.envs.unwrapped, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Not possible for some envs of one batch."""
        raise AttributeError(f"{attr_name} cannot be set on environments that share one batch")

    def env_method(
        self, method_name: str, *args: Any, indices: VecEnvIndices = None, **kwargs: Any
    ) -> list[Any]:
        """Call a method of the batch with the index of each env asked for."""
        method = getattr(self.envs.unwrapped, method_name)
        return [method(*args, index=i, **kwargs) for i in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: Any, indices: VecEnvIndices = None) -> list[bool]:
        """No env of the batch is."""
        return [False for _ in self._get_indices(indices)]


def native_batch(venv: VecEnv) -> VecEnv:
    """Put the native batch in the place of a VecEnv of single envs, for tools that build one.

    rl-baselines3-zoo does, and takes this function in its YAML files as
    ``vec_env_wrapper: lander_envs.sb3.native_batch``.

    Args:
        venv: environments of one of this package's ids; it is closed.

    Raises:
        ValueError: if the environments are not of one of this package's ids.
    """
    spec = venv.get_attr("spec")[0]
    if spec is None or spec.id not in lander_envs.ENV_IDS:
        raise ValueError(
            f"venv must hold environments of {lander_envs.ENV_IDS}, got {spec and spec.id!r}"
        )
    batch = LanderVecEnv(spec.id, venv.num_envs, **spec.kwargs)
    batch._seeds = list(venv._seeds)  # what the tool has set for the first reset
    venv.close()
    return VecMonitor(batch)
