"""Flights of the JAX form beside those of the vector environment, byte for byte.

Half of the landers fly Gymnasium's heuristic, so that landings are among the events; the others fly
at random. The JAX form replays the actions of the vector environment, in a scan over a vmap.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

import lander_envs
import lander_envs.jax
from tests.benchmarks.flights import heuristic

Arrays = dict[str, np.ndarray]


class Fleet:
    """Environments of one id in both forms, with the same seeds and arguments."""

    def __init__(self, env_id: str, num_envs: int, seed: int = 0, **kwargs: Any) -> None:
        self.env, self.params = lander_envs.jax.make(env_id, **kwargs)
        self.envs = gym.make_vec(env_id, num_envs, autoreset_mode="SameStep", **kwargs).unwrapped
        first, _ = self.envs.reset(seed=seed)
        keys = jnp.stack([lander_envs.jax.seed_key(seed + i) for i in range(num_envs)])
        obs, self.state = jax.jit(jax.vmap(self.env.reset, (0, None)))(keys, self.params)
        found = {name: np.asarray(array) for name, array in named("obs", obs).items()}
        self.first_differences = unequal(named("obs", first), found)
        self.outcomes: Counter[str] = Counter()
        self._random = np.random.default_rng(seed)
        self._scan = jax.jit(self._replay)

    def differences(self, steps: int, chunk: int = 10) -> int:
        """Fly on; returns the number of arrays of a chunk that differ in a byte."""
        return sum(unequal(*self._fly(min(chunk, steps - done))) for done in range(0, steps, chunk))

    def _fly(self, steps: int) -> tuple[Arrays, Arrays]:
        rows = [self._step() for _ in range(steps)]
        expected = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        self.state, flown = self._scan(self.state, jnp.asarray(expected.pop("actions")))
        found = {name: np.asarray(array) for name, array in flown.items()}
        for name in ("reward", "raw_reward"):
            if name in expected:
                expected[name] = expected[name].astype(found[name].dtype)
        return expected, found

    def _step(self) -> Arrays:
        """Step the vector environment; returns what the step of a JAX environment returns."""
        actions = self._actions()
        obs, rewards, terminated, truncated, infos = self.envs.step(actions)
        flags = {"terminated": terminated, "truncated": truncated}
        row = {**named("obs", obs), "reward": rewards, **flags, "actions": actions}
        row["done"] = terminated | truncated
        own = {
            name: infos[name].copy()
            for name in ("outcome", "on_pad", "raw_reward")
            if name in infos
        }
        final = {name: array.copy() for name, array in named("final_obs", obs).items()}
        if row["done"].any():
            for name, column in own.items():
                column[row["done"]] = infos["final_info"][name][row["done"]]
            for i in np.flatnonzero(row["done"]):
                self.outcomes[lander_envs.Outcome(int(own["outcome"][i])).name] += 1
                for name, array in named("final_obs", infos["final_obs"][i]).items():
                    final[name][i] = array
        own["outcome"] = own["outcome"].astype(np.int32)
        return {**row, **own, **final}

    def _actions(self) -> np.ndarray:
        """Heuristic actions of the even landers, random ones of the odd landers."""
        states = self.envs._states
        discrete = heuristic(states)
        discrete[1::2] = self._random.integers(0, 4, len(states))[1::2]
        if not self.envs._continuous:
            return discrete
        main = np.where(discrete == 2, 1.0, -1.0)
        side = (discrete == 3) * 1.0 - (discrete == 1) * 1.0
        throttles = np.stack([main, side], axis=1).astype(np.float32)
        throttles[1::2] = self._random.uniform(-1.5, 1.5, throttles[1::2].shape)
        return throttles

    def _replay(self, state: Any, actions: jax.Array) -> tuple[Any, Any]:
        def step(state: Any, action: jax.Array) -> tuple[Any, Any]:
            step_all = jax.vmap(self.env.step, (None, 0, 0, None))
            obs, state, reward, done, info = step_all(None, state, action, self.params)
            final = named("final_obs", info.pop("final_obs"))
            return state, {**named("obs", obs), "reward": reward, "done": done, **info, **final}

        return jax.lax.scan(step, state, actions)


def named(name: str, obs: Any) -> Any:
    """Arrays of an observation by name, of a dict one for each part."""
    if isinstance(obs, dict):
        return {f"{name}.{part}": array for part, array in obs.items()}
    return {name: obs}


def unequal(expected: Arrays, found: Arrays) -> int:
    """Number of arrays that differ in a byte, or that only one side has."""
    return sum(
        name not in found
        or name not in expected
        or expected[name].dtype != found[name].dtype
        or expected[name].tobytes() != found[name].tobytes()
        for name in expected.keys() | found.keys()
    )
