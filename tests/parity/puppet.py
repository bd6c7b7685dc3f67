"""Landers on strings: velocities set from outside, in Box2D and in the core alike.

Some events are too rare for any policy. A new pair of boxes wakes a body only in the very step in
which it falls asleep: a puppet creeps along the ground, just slower than the sleep tolerance, until
its box is renewed in that step. And a contact has its fill of impacts in one step only if hull and
legs are thrown about at speeds that no engine gives.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from tests.native.landers import Lander
from tests.parity.harness import Pair

# Where the bodies lie in the bytes of a state (native/env/serialize.h, version 1).
_BODIES, _BODY_SIZE, _VELOCITY, _SLEEP_TIME, _AWAKE = 164, 45, 12, 40, 44

Velocity = tuple[float, float, float]  # x, y, spin
Pull = tuple[Velocity, Velocity, Velocity]  # of hull and legs
WEIGHTLESS = -1e-7


def together(x: float, y: float) -> Pull:
    velocity = (float(x), float(y), 0.0)
    return (velocity, velocity, velocity)


def pulled(cloned: bytes, pull: Pull) -> bytes:
    """Do to a state what Box2D's setters do: a velocity other than zero wakes its body."""
    state = bytearray(cloned)
    for body, velocity in enumerate(pull):
        at = _BODIES + _BODY_SIZE * body
        if any(velocity):
            if not state[at + _AWAKE]:
                struct.pack_into("<f", state, at + _SLEEP_TIME, 0.0)
            state[at + _AWAKE] = 1
        struct.pack_into("<fff", state, at + _VELOCITY, *velocity)
    return bytes(state)


def pull_native(lander: Lander, pull: Pull) -> None:
    lander.restore_state(pulled(lander.clone_state(), pull))


def pull_reference(env: Any, pull: Pull) -> None:
    for body, velocity in zip((env.lander, *env.legs), pull, strict=True):
        body.linearVelocity = velocity[:2]
        body.angularVelocity = velocity[2]


def replay(seed: int, script: list[Pull | None], **arguments: Any) -> Pair:
    """Pull both landers by the same strings and compare every step."""
    pair = Pair(**arguments)
    pair.reset(seed)
    for pull in script:
        if pull is not None:
            pull_native(pair.native, pull)
            pull_reference(pair.reference, pull)
        pair.step(0)
    return pair


class Puppet:
    """A native lander that writes down how it was pulled."""

    def __init__(self, seed: int, **arguments: Any) -> None:
        self.native = Lander(**arguments)
        self.native.seed(seed)
        self.native.reset()
        self.script: list[Pull | None] = []

    def step(self, pull: Pull | None = None) -> None:
        self.script.append(pull)
        if pull is not None:
            pull_native(self.native, pull)
        self.native.step(0)

    def fly_to(self, goal: np.ndarray) -> None:
        for _ in range(60):
            way = goal - self.native.poses[0, :2]
            distance = float(np.hypot(*way))
            if distance < 0.02:
                break
            self.step(together(*way * (50.0 * min(1.0, 0.6 / distance))))
        for _ in range(3):
            self.step(together(0.0, 0.0))

    def fly_to_the_ground(self, rng: np.random.Generator, x: float) -> None:
        terrain = self.native.terrain
        ground = np.interp(x, terrain[:, 0], terrain[:, 1])
        self.fly_to(np.array([x, ground + rng.uniform(0.85, 1.6)]))


def creep_until_woken(seed: int) -> list[Pull | None] | None:
    """Creep near the ground until a new pair wakes a body that has just fallen asleep."""
    rng = np.random.default_rng(seed)
    puppet = Puppet(seed, gravity=WEIGHTLESS)
    puppet.fly_to_the_ground(rng, 2.0 * rng.integers(1, 9) + rng.uniform(-0.6, 0.6))
    for _ in range(40):
        angle = rng.uniform(0.0, 2.0 * np.pi)
        way = np.array([np.cos(angle), np.sin(angle)])
        fast = together(*way * rng.uniform(0.02, 0.6))
        for _ in range(int(rng.integers(1, 12))):
            puppet.step(fast)
        puppet.step(together(*way * 0.0099))
        for _ in range(26):
            puppet.step()
            if puppet.native.events()["wake_by_new_pair"]:
                return puppet.script
            if not puppet.native.bodies()[0]["awake"]:
                break
    return None


def throw(seed: int, throws: int = 25) -> list[Pull | None]:
    """Throw hull and legs about near the ground, each its own way, faster than any engine."""
    rng = np.random.default_rng(seed)
    puppet = Puppet(seed, gravity=WEIGHTLESS)

    def one() -> Velocity:
        x, y, spin = rng.normal(size=3) * 10.0 ** rng.uniform(0.0, 2.0, size=3)
        return (float(x), float(y), float(spin))

    for _ in range(throws):
        puppet.fly_to_the_ground(rng, rng.uniform(1.0, 19.0))
        for _ in range(4):
            puppet.step((one(), one(), one()))
        puppet.step()
    return puppet.script
