"""Names the first difference between Box2D and the core: its step, its stage and its quantity.

Box2D's Python interface tells a contact listener what happens within a step, in order; after a step
bodies, joints and contacts can be read. ``trace_step`` of the core tells the same.

    python -m tests.parity.tracing --seed 3 --steps 400 --policy bouncing
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import numpy as np
from gymnasium.envs.box2d.lunar_lander import ContactDetector

from tests.parity.harness import Pair
from tests.parity.policies import POLICIES, throttles


class Difference(NamedTuple):
    step: int
    stage: str
    quantity: str
    box2d: Any
    native: Any

    def __str__(self) -> str:
        return (
            f"step {self.step}, stage {self.stage}, {self.quantity}: "
            f"Box2D {self.box2d}, native {self.native}"
        )


def _exact(value: Any) -> Any:
    """Floats as hexadecimal text, which tells -0.0 from 0.0; vectors as tuples of that."""
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, (tuple, list)):
        return tuple(_exact(item) for item in value)
    return value


def _edge_of(fixture: Any) -> int:
    (x1, _), (x2, _) = fixture.shape.vertices
    return 0 if x2 - x1 > 10 else round(x1 / 2) + 1


def _describe_contact(env: Any, contact: Any) -> dict[str, Any]:
    bodies = [env.lander, *env.legs]
    manifold = contact.manifold
    out = {
        "edge": _edge_of(contact.fixtureA),
        "body": next(i for i, body in enumerate(bodies) if body == contact.fixtureB.body),
        "enabled": contact.enabled,
        "touching": contact.touching,
        "points": [
            {
                "id": point.id.key,
                "local_point": tuple(point.localPoint),
                "normal_impulse": point.normalImpulse,
                "tangent_impulse": point.tangentImpulse,
            }
            for point in manifold.points[: manifold.pointCount]
        ],
    }
    if manifold.pointCount:
        out["reference"] = {1: "edge", 2: "polygon"}[manifold.type_]
        out["local_normal"] = tuple(manifold.localNormal)
        out["local_point"] = tuple(manifold.localPoint)
    return out


class _Recorder(ContactDetector):
    """The env's own listener, which also writes down what it hears."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.records: list[dict[str, Any]] = []

    def _add(self, stage: str, contact: Any, **more: Any) -> None:
        self.records.append({"stage": stage, **_describe_contact(self.env, contact), **more})

    def BeginContact(self, contact: Any) -> None:  # noqa: N802
        super().BeginContact(contact)
        self._add("begin_contact", contact)

    def EndContact(self, contact: Any) -> None:  # noqa: N802
        super().EndContact(contact)
        self._add("end_contact", contact)

    def PreSolve(self, contact: Any, old_manifold: Any) -> None:  # noqa: N802
        self._add("pre_solve", contact)

    def PostSolve(self, contact: Any, impulse: Any) -> None:  # noqa: N802
        pairs = zip(impulse.normalImpulses, impulse.tangentImpulses, strict=True)
        self._add("post_solve", contact, impulses=list(pairs)[: impulse.count])


def _box2d_state(env: Any) -> dict[str, list[dict[str, Any]]]:
    bodies = [
        {
            "position": tuple(body.position),
            "center": tuple(body.worldCenter),
            "angle": body.angle,
            "velocity": tuple(body.linearVelocity),
            "spin": body.angularVelocity,
            "awake": body.awake,
        }
        for body in (env.lander, *env.legs)
    ]
    joints = [
        {
            "impulse": tuple(leg.joint.GetReactionForce(1.0)),
            "angular_impulse": leg.joint.GetReactionTorque(1.0),
            "motor_impulse": leg.joint.GetMotorTorque(1.0),
        }
        for leg in env.legs
    ]
    # pybox2d lists oldest first, Box2D and the core newest first.
    contacts = [_describe_contact(env, contact) for contact in reversed(env.world.contacts)]
    return {"body": bodies, "joint": joints, "contact": contacts}


def _first(step: int, stage: str, box2d: list[Any], native: list[Any]) -> Difference | None:
    for index, (expected, given) in enumerate(zip(box2d, native, strict=False)):
        for quantity, value in expected.items():
            if _flat(value) != _flat(given.get(quantity)):
                return Difference(step, stage, f"{index}.{quantity}", value, given.get(quantity))
    if len(box2d) != len(native):
        return Difference(step, stage, "number", len(box2d), len(native))
    return None


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return [_flat(item) for item in value]
    if isinstance(value, dict):
        return {key: _flat(item) for key, item in value.items()}
    return _exact(value)


def trace_step(pair: Pair, step: int, action: Any) -> Difference | None:
    """Step both and return the first difference, in the order in which things happen."""
    env, native = pair.reference, pair.native
    recorder = _Recorder(env)
    env.world.contactListener = recorder
    env.world.contactListener_keepref = recorder
    obs, reward, terminated, _, _ = env.step(action)
    if env.continuous:
        result, records = native.trace_step(float(action[0]), float(action[1]))
    else:
        result, records = native.trace_step(action)
    for index, (expected, given) in enumerate(zip(recorder.records, records, strict=False)):
        difference = _first(step, f"{expected['stage']} (callback {index})", [expected], [given])
        if difference:
            return difference
    if len(recorder.records) != len(records):
        return Difference(step, "callbacks", "number", len(recorder.records), len(records))
    ours = {"body": native.bodies(), "joint": native.joints(), "contact": native.contacts()}
    for kind, expected in _box2d_state(env).items():
        difference = _first(step, f"{kind} after the step", expected, ours[kind])
        if difference:
            return difference
    outputs = {
        "observation": (obs.tolist(), result[0].tolist()),
        "reward": (float(reward), result[1]),
        "terminated": (terminated, result[2]),
    }
    for quantity, (expected, given) in outputs.items():
        if _exact(expected) != _exact(given):
            return Difference(step, "output", quantity, expected, given)
    return None


def first_difference(
    seed: int, steps: int, policy: str = "random", **arguments: Any
) -> Difference | None:
    """Fly one stretch with every quantity compared; None if all are equal."""
    rng = np.random.default_rng([seed, 1])
    pair = Pair(**arguments)
    obs = pair.reset(seed)
    for step in range(1, steps + 1):
        action: Any = POLICIES[policy](pair.reference, obs, step - 1, rng)
        if pair.reference.continuous:
            action = throttles(action, rng)
        difference = trace_step(pair, step, action)
        if difference:
            return difference
        obs = np.array(pair.native.observation)
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--policy", choices=POLICIES, default="random")
    parser.add_argument("--continuous", action="store_true")
    parser.add_argument("--enable-wind", action="store_true")
    parser.add_argument("--gravity", type=float, default=-10.0)
    arguments = vars(parser.parse_args())
    print(first_difference(**arguments) or "no difference")


if __name__ == "__main__":
    main()
