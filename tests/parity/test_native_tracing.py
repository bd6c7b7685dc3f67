"""Every quantity within a step is equal, and the tracer finds the one that is not."""

import struct

import numpy as np
import pytest

pytest.importorskip("Box2D", reason="the reference needs Box2D")

from tests.parity.harness import Pair
from tests.parity.policies import POLICIES
from tests.parity.tracing import first_difference, trace_step


@pytest.mark.parametrize("policy", POLICIES)
def test_no_quantity_differs(policy) -> None:
    assert first_difference(seed=5, steps=600, policy=policy) is None


def test_no_quantity_differs_in_the_wind() -> None:
    wind = {"continuous": True, "enable_wind": True, "gravity": -5.0}
    assert first_difference(seed=6, steps=600, policy="bouncing", **wind) is None


@pytest.mark.parametrize(
    "offset",
    [
        164 + 16,  # the hull's velocity, y
        164 + 3 * 45 + 12,  # a joint's motor impulse
    ],
)
def test_the_first_difference_is_named(offset) -> None:
    pair = Pair()
    pair.reset(5)
    state = bytearray(pair.native.clone_state())
    (value,) = struct.unpack_from("<f", state, offset)
    struct.pack_into("<f", state, offset, value + 0.01)
    pair.native.restore_state(bytes(state))
    difference = trace_step(pair, 1, 0)
    assert difference is not None
    assert str(difference).startswith("step 1, stage body after the step, 0.")


def test_a_wrong_manifold_is_found_in_the_callback_that_shows_it() -> None:
    pair = Pair()
    obs = pair.reset(5)
    rng = np.random.default_rng(0)
    for t in range(600):
        if pair.native.contacts() and pair.native.contacts()[0]["touching"]:
            break
        obs, _ = pair.step(POLICIES["landing"](pair.reference, obs, t, rng))
    state = bytearray(pair.native.clone_state())
    struct.pack_into("<f", state, len(state) - 12, 1.0)  # the last point's normal impulse
    pair.native.restore_state(bytes(state))
    difference = trace_step(pair, 1, 0)
    assert difference is not None
    assert difference.stage.startswith("pre_solve (callback ")
    assert difference.quantity == "0.points"
