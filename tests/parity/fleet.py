"""Many landers of Gymnasium's beside native batches, one for each instruction set, byte for byte.

Each lander of the fleet flies by its own policy, arguments and stream; all batches get the same
actions. Lanes thereby hold neighbours of every kind.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gymnasium.envs.box2d.lunar_lander import LunarLander

from lander_envs import _native
from lander_envs.backends import check_params
from tests.native.landers import Lander
from tests.parity.harness import MismatchError
from tests.parity.policies import POLICIES, throttles
from tests.parity.puppet import Pull, pull_native, pull_reference, pulled

VARIABLE = "LANDER_ENVS_INSTRUCTION_SET"
_LONGEST = 1500  # steps after which an episode is broken off
_BEYOND = (0.0, 0.1, 0.9, 0.99)  # chance, step by step, to go on after an end


class NativeBatch:
    """A native batch and the arrays that it writes into."""

    def __init__(self, name: str, size: int, continuous: bool, num_threads: int = 1) -> None:
        self.obs, self.final_obs = (np.zeros((size, 8), np.float32) for _ in range(2))
        self.rewards = np.zeros(size)
        flags = (np.zeros(size, dtype=bool) for _ in range(4))
        self.terminated, self.truncated, self.ended, self.on_pad = flags
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = name
        try:
            self.batch = _native.Batch(
                size,
                continuous,
                True,  # particles, too
                _native.Autoreset.DISABLED,
                2**31 - 1,
                num_threads,
                obs=self.obs,
                rewards=self.rewards,
                terminated=self.terminated,
                truncated=self.truncated,
                ended=self.ended,
                outcomes=np.zeros(size, np.uint8),
                on_pad=self.on_pad,
                final_obs=self.final_obs,
            )
        finally:
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before


@dataclass
class Fleet:
    """``size`` landers; ``arguments[i % n]`` are those of lander i, ``continuous`` of all."""

    size: int
    continuous: bool
    arguments: list[dict[str, Any]]
    sets: list[str] = field(default_factory=lambda: list(_native.INSTRUCTION_SETS))

    def __post_init__(self) -> None:
        own = [dict(self.arguments[i % len(self.arguments)]) for i in range(self.size)]
        self.references = [LunarLander(continuous=self.continuous, **a) for a in own]
        # Landers one by one, which count the rare events.
        self.singles = [Lander(continuous=self.continuous, draws=True, **a) for a in own]
        self.batches = {name: NativeBatch(name, self.size, self.continuous) for name in self.sets}
        rows = np.array([check_params(**arguments).row for arguments in own])
        everyone = np.ones(self.size, dtype=np.bool_)
        for native in self.batches.values():
            native.batch.set_params(everyone, rows)
        self.steps = 0
        self.clock = np.zeros(self.size, dtype=int)

    def reset(self, mask: np.ndarray, seeds: dict[int, int]) -> np.ndarray:
        """Start the chosen landers' episodes, those in ``seeds`` with a new stream."""
        expected = np.zeros((self.size, 8), np.float32)
        for i in np.flatnonzero(mask).tolist():
            expected[i], _ = self.references[i].reset(seed=seeds.get(i))
            if i in seeds:
                self.singles[i].seed(seeds[i])
            self.singles[i].reset()
            self.clock[i] = 0
        for name, native in self.batches.items():
            native.batch.seed([seeds.get(i) for i in range(self.size)])
            native.batch.reset(mask)
            self._compare(name, "observation of reset", expected[mask], native.obs[mask])
        return expected

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Step everything; returns the observations and which episodes are over."""
        expected = [
            reference.step(action if self.continuous else int(action))
            for reference, action in zip(self.references, actions, strict=True)
        ]
        for single, action in zip(self.singles, actions, strict=True):
            if self.continuous:
                single.step_continuous(float(action[0]), float(action[1]))
            else:
                single.step(int(action))
        obs = np.stack([e[0] for e in expected])
        rewards = np.array([e[1] for e in expected], np.float64)
        terminated = np.array([e[2] for e in expected])
        for name, native in self.batches.items():
            if self.continuous:
                native.batch.step_continuous(actions)
            else:
                native.batch.step(actions)
            self._compare(name, "observation", obs, native.obs)
            self._compare(name, "reward", rewards, native.rewards)
            self._compare(name, "terminated", terminated, native.terminated)
        self.steps += self.size
        self.clock += 1
        return obs, terminated

    def pull(self, pulls: dict[int, Pull]) -> None:
        """Set velocities from outside."""
        for i, pull in pulls.items():
            pull_reference(self.references[i], pull)
            pull_native(self.singles[i], pull)
            for native in self.batches.values():
                native.batch.restore_state(i, pulled(native.batch.clone_state(i), pull), 1)

    def compare_states(self) -> None:
        """The states, particles included, are the same on all instruction sets."""
        for i, single in enumerate(self.singles):
            for name, native in self.batches.items():
                if native.batch.clone_state(i) != single.clone_state():
                    raise MismatchError(f"the state of lander {i} differs on {name}")

    def events(self) -> Counter[str]:
        """Counts of rare events over all landers."""
        total: Counter[str] = Counter()
        for single in self.singles:
            total.update(single.events())
        return total

    def _compare(self, name: str, what: str, expected: np.ndarray, given: np.ndarray) -> None:
        if expected.tobytes() == given.tobytes():
            return
        for i, (ours, theirs) in enumerate(zip(given, expected, strict=True)):
            if ours.tobytes() != theirs.tobytes():
                raise MismatchError(
                    f"{what} {i} differs on {name} after {self.steps} steps of the fleet "
                    f"({self.clock[i]} of the episode):\n"
                    f"  Gymnasium {theirs!r}\n  native    {ours!r}"
                )


def fly(fleet: Fleet, rounds: int, seed: int) -> Counter[str]:
    """Fly a fleet for ``rounds`` steps a lander; returns the steps flown by each policy."""
    rng = np.random.default_rng([seed, fleet.continuous])
    names = list(POLICIES)
    obs = fleet.reset(
        np.ones(fleet.size, dtype=bool), {i: seed * 10_007 + i for i in range(fleet.size)}
    )
    flown: Counter[str] = Counter()
    for round_ in range(rounds):
        actions = [
            POLICIES[names[i % len(names)]](reference, obs[i], fleet.clock[i], rng)
            for i, reference in enumerate(fleet.references)
        ]
        if fleet.continuous:
            actions = [throttles(action, rng).astype(np.float64) for action in actions]
        obs, terminated = fleet.step(np.array(actions))
        over = terminated & (rng.random(fleet.size) >= np.resize(_BEYOND, fleet.size))
        over |= fleet.clock >= _LONGEST
        if over.any():
            # New seeds and running streams in turn, as in a long session.
            fresh = {
                i: int(rng.integers(2**40)) for i in np.flatnonzero(over) if rng.random() < 0.2
            }
            obs[over] = fleet.reset(over, fresh)[over]
        if round_ % 100 == 99:
            fleet.compare_states()
    for i in range(fleet.size):
        flown[names[i % len(names)]] += rounds
    return flown


def pull_strings(scripts: dict[int, list[Pull | None]], **arguments: Any) -> Counter[str]:
    """Pull a fleet of puppets by their scripts, seed by seed; returns the events."""
    fleet = Fleet(len(scripts), False, [arguments])
    fleet.reset(np.ones(fleet.size, dtype=bool), dict(enumerate(scripts)))
    for t in range(max(map(len, scripts.values())) + 60):
        fleet.pull(
            {
                i: pull
                for i, script in enumerate(scripts.values())
                if t < len(script) and (pull := script[t]) is not None
            }
        )
        fleet.step(np.zeros(fleet.size, np.int64))
    fleet.compare_states()
    return fleet.events()
