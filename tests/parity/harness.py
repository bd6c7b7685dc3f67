"""Gymnasium's LunarLander and the native core side by side, byte for byte."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gymnasium.envs.box2d.lunar_lander import LunarLander

from tests.native.landers import Lander
from tests.parity.policies import POLICIES, Policy, throttles


class MismatchError(AssertionError):
    """The first difference of a run, with all that is needed to meet it again."""


@dataclass
class Result:
    steps: int = 0
    episodes: int = 0
    events: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Result) -> Result:
        self.steps += other.steps
        self.episodes += other.episodes
        self.events += other.events
        return self


class Pair:
    """One lander, twice. Both draw from streams that start from the same seed."""

    def __init__(self, **arguments: Any) -> None:
        self.reference = LunarLander(**arguments)
        self.native = Lander(**arguments)
        self.arguments = arguments
        self.history: list[Any] = []

    def reset(self, seed: int | None = None) -> np.ndarray:
        if seed is not None:
            self.seed = seed
            self.native.seed(seed)
            self.history = []
        self.history.append("reset")
        expected, _ = self.reference.reset(seed=seed)
        self._compare("observation of reset", expected.tobytes(), self.native.reset().tobytes())
        return expected

    def step(self, action: Any) -> tuple[np.ndarray, bool]:
        self.history.append(action)
        obs, reward, terminated, truncated, _ = self.reference.step(action)
        if self.reference.continuous:
            ours = self.native.step_continuous(float(action[0]), float(action[1]))
        else:
            ours = self.native.step(action)
        expected = obs.tobytes() + np.float64(reward).tobytes() + bytes([terminated])
        given = ours[0].tobytes() + np.float64(ours[1]).tobytes() + bytes([ours[2]])
        if expected != given:
            self._compare(
                "(observation, reward, terminated)",
                (obs.tolist(), float(reward), terminated),
                (ours[0].tolist(), *ours[1:]),
                different=True,
            )
        assert not truncated
        self._compare("awake", self.reference.lander.awake, not self.native.landed)
        self._compare("game_over", self.reference.game_over, self.native.crashed)
        return obs, terminated

    def _compare(self, what: str, expected: Any, given: Any, different: bool = False) -> None:
        if different or expected != given:
            steps = sum(not isinstance(item, str) for item in self.history)
            raise MismatchError(
                f"{what} differs in step {steps} after reset(seed={self.seed}) of "
                f"LunarLander(**{self.arguments}):\n  Gymnasium {expected!r}\n  native    {given!r}"
            )


def compare(
    policy: str | Policy,
    steps: int,
    seed: int,
    beyond: float = 0.1,
    longest: int = 1500,
    **arguments: Any,
) -> Result:
    """Fly both landers for a number of steps, through the ends of episodes.

    ``beyond`` is the chance, step by step, to go on after an end instead of resetting.
    """
    act = POLICIES[policy] if isinstance(policy, str) else policy
    rng = np.random.default_rng([seed, 1])
    pair = Pair(**arguments)
    obs = pair.reset(seed)
    result = Result(episodes=1)
    t = 0
    while result.steps < steps:
        action: Any = act(pair.reference, obs, t, rng)
        if pair.reference.continuous:
            action = throttles(action, rng)
        obs, terminated = pair.step(action)
        t += 1
        result.steps += 1
        if (terminated and rng.random() >= beyond) or t >= longest:
            # New seeds and running streams in turn, as in a long session.
            fresh = result.episodes % 4 == 0
            obs = pair.reset(seed + 1_000_003 * result.episodes if fresh else None)
            result.episodes += 1
            t = 0
    result.events = Counter(pair.native.events())
    return result
