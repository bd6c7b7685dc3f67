"""Forms of an environment behind one interface, which tells what happened to each single env."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from lander_envs.sb3 import LanderVecEnv

NUM_ENVS = 2


# Throttles that stand for the four discrete actions.
THROTTLES = np.array([[0, 0], [0, -1], [1, 0], [0, 1]], np.float32)


def native_actions(numbers: Sequence[int], space: gym.Space[Any]) -> np.ndarray:
    """Actions of the space, for the numbers of discrete ones."""
    numbered = np.array(numbers)
    return numbered if isinstance(space, gym.spaces.Discrete) else THROTTLES[numbered]


class Event(NamedTuple):
    """Reset or step of one env."""

    is_reset: bool
    obs: bytes
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


def reset_event(obs: np.ndarray, info: dict[str, Any]) -> Event:
    return Event(True, obs.tobytes(), 0.0, False, False, info)


def step_event(
    obs: np.ndarray, reward: Any, terminated: Any, truncated: Any, info: dict[str, Any]
) -> Event:
    return Event(False, obs.tobytes(), float(reward), bool(terminated), bool(truncated), info)


class Singles:
    """Two single envs, the reference of every form."""

    def __init__(self, env_id: str, **kwargs: Any) -> None:
        self.env: Any = [gym.make(env_id, **kwargs) for _ in range(NUM_ENVS)]
        self.over = [False] * NUM_ENVS

    def reset(self, seed: int, options: dict[str, Any] | None = None) -> list[Event]:
        return [
            reset_event(*env.reset(seed=seed + i, options=options))
            for i, env in enumerate(self.env)
        ]

    def step(self, actions: Sequence[int]) -> list[list[Event]]:
        """Step the envs; an env whose episode ended is reset in the same call."""
        taken = native_actions(actions, self.env[0].action_space)
        events = [[step_event(*env.step(a))] for env, a in zip(self.env, taken, strict=True)]
        for env, seen in zip(self.env, events, strict=True):
            if seen[-1].terminated or seen[-1].truncated:
                seen.append(reset_event(*env.reset()))
        return events

    def get(self, name: str) -> list[Any]:
        return [env.get_wrapper_attr(name) for env in self.env]

    def set(self, name: str, value: Any) -> None:
        for env in self.env:
            setattr(env.unwrapped, name, value)

    def frames(self) -> list[np.ndarray]:
        return [env.render() for env in self.env]

    def close(self) -> None:
        for env in self.env:
            env.close()


class Vector:
    """A vector env under NEXT_STEP."""

    def __init__(self, env_id: str, mode: str | None = None, **kwargs: Any) -> None:
        self.env = gym.make_vec(env_id, num_envs=NUM_ENVS, vectorization_mode=mode, **kwargs)
        self.over = np.zeros(NUM_ENVS, dtype=bool)

    def reset(self, seed: int, options: dict[str, Any] | None = None) -> list[Event]:
        obs, infos = self.env.reset(seed=seed, options=options)
        self.over = np.zeros(NUM_ENVS, dtype=bool)
        return [reset_event(obs[i], single_info(infos, i)) for i in range(NUM_ENVS)]

    def step(self, actions: Sequence[int]) -> list[list[Event]]:
        """Step the envs; an env whose episode ended is reset by the next call."""
        taken = native_actions(actions, self.env.single_action_space)
        *results, infos = self.env.step(taken)
        events = []
        for i, over in enumerate(self.over):
            obs, *rest = (result[i] for result in results)
            info = single_info(infos, i)
            events.append([reset_event(obs, info) if over else step_event(obs, *rest, info)])
        self.over = results[2] | results[3]
        return events

    def get(self, name: str) -> list[Any]:
        return list(self.env.unwrapped.get_attr(name))

    def set(self, name: str, value: Any) -> None:
        self.env.unwrapped.set_attr(name, value)

    def frames(self) -> list[np.ndarray]:
        return list(self.env.render())

    def close(self) -> None:
        self.env.close()


class Sb3:
    """A ``LanderVecEnv``."""

    def __init__(self, env_id: str, **kwargs: Any) -> None:
        self.env = LanderVecEnv(env_id, NUM_ENVS, **kwargs)

    def reset(self, seed: int, options: dict[str, Any] | None = None) -> list[Event]:
        self.env.seed(seed)
        self.env.set_options(options)
        obs = self.env.reset()
        return [reset_event(*one) for one in zip(obs, self.env.reset_infos, strict=True)]

    def step(self, actions: Sequence[int]) -> list[list[Event]]:
        """Step the envs; an env whose episode ended is reset in the same call."""
        events = []
        results = self.env.step(native_actions(actions, self.env.action_space))
        for i, (obs, reward, done, info) in enumerate(zip(*results, strict=True)):
            cut, last = info.pop("TimeLimit.truncated"), info.pop("terminal_observation", obs)
            events.append([step_event(last, reward, done and not cut, cut, info)])
            if done:
                events[-1].append(reset_event(obs, self.env.reset_infos[i]))
        return events

    def get(self, name: str) -> list[Any]:
        return self.env.get_attr(name)

    def set(self, name: str, value: Any) -> None:
        self.env.set_attr(name, value)

    def frames(self) -> list[np.ndarray]:
        return list(self.env.get_images())

    def close(self) -> None:
        self.env.close()


def single_info(infos: dict[str, Any], i: int) -> dict[str, Any]:
    """Info of env i, with the types of a single env, from the arrays and masks of a vector env."""
    return {
        key: column[i] if column.dtype == np.float64 else column[i].item()
        for key, column in infos.items()
        if not key.startswith("_") and infos[f"_{key}"][i]
    }
