"""Parity for sequences that hypothesis thinks up: bursts of one action, with odd physics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("Box2D", reason="the reference needs Box2D")

from tests.parity.harness import Pair

GRAVITY = st.floats(-12.0, 0.0, exclude_min=True, exclude_max=True)
SEED = st.integers(0, 2**70)
BURSTS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 80)), min_size=1, max_size=12)
THROTTLE = st.floats(-1.5, 1.5) | st.sampled_from([-1.0, -0.5, -0.0, 0.0, 0.5, 1.0])
THROTTLE_BURSTS = st.lists(
    st.tuples(THROTTLE, THROTTLE, st.integers(1, 80)), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(seed=SEED, gravity=GRAVITY, bursts=BURSTS)
def test_discrete_bursts(seed, gravity, bursts) -> None:
    pair = Pair(gravity=gravity)
    pair.reset(seed)
    for action, repeats in bursts:
        for _ in range(repeats):
            pair.step(action)
    pair.reset()


@settings(max_examples=60, deadline=None)
@given(
    seed=SEED,
    gravity=GRAVITY,
    wind=st.floats(0.0, 20.0),
    turbulence=st.floats(0.0, 2.0),
    bursts=THROTTLE_BURSTS,
)
def test_throttle_bursts_in_the_wind(seed, gravity, wind, turbulence, bursts) -> None:
    pair = Pair(
        continuous=True,
        gravity=gravity,
        enable_wind=True,
        wind_power=wind,
        turbulence_power=turbulence,
    )
    pair.reset(seed)
    for main, lateral, repeats in bursts:
        for _ in range(repeats):
            pair.step(np.array([main, lateral]))
    pair.reset()
