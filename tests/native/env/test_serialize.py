"""States as bytes: complete, and checked on the way in."""

import copy
import os
import pickle
import struct

import numpy as np
import pytest

from lander_envs._native import PARAMS, STATE_VERSION
from lander_envs.vector import LanderVectorEnv
from tests.native.landers import Lander, native_lander

BODIES, BODY_SIZE = 164, 45  # of the layout, native/env/serialize.h
CONTACTS = BODIES + 3 * BODY_SIZE + 2 * 17 + 1  # after the joints and the number of contacts


def landers(number: int = 40) -> list[Lander]:
    """Landers in all phases of an episode: in the air, touching, lying, asleep, far below."""
    out = []
    for seed in range(number):
        lander = Lander(enable_wind=seed % 2 == 1, gravity=-1.0 - seed % 11)
        lander.seed(seed)
        lander.reset()
        for t in range(20 * seed):
            lander.step((t // 5) % 4 if seed % 3 else 0)
        out.append(lander)
    return out


LANDERS = landers()
STATES = [lander.clone_state() for lander in LANDERS]


def onwards(lander: Lander, steps: int = 200) -> bytes:
    out = bytearray()
    for t in range(steps):
        obs, reward, terminated = lander.step(t // 3 % 4)
        out += obs.tobytes() + struct.pack("<d?", reward, terminated)
    return bytes(out)


@pytest.mark.parametrize("lander", LANDERS, ids=lambda lander: "")
def test_a_restored_lander_goes_on_as_the_original(lander) -> None:
    index = LANDERS.index(lander)
    twin = Lander(enable_wind=index % 2 == 1, gravity=-1.0 - index % 11)
    state = lander.clone_state()
    twin.restore_state(state)
    assert twin.clone_state() == state
    assert twin.poses.tobytes() == lander.poses.tobytes()
    assert twin.observation.tobytes() == lander.observation.tobytes()
    assert (twin.landed, twin.crashed, twin.out_of_bounds) == (
        lander.landed,
        lander.crashed,
        lander.out_of_bounds,
    )
    assert onwards(twin) == onwards(lander)
    lander.restore_state(state)


def test_restoring_goes_back() -> None:
    lander = LANDERS[20]
    state = lander.clone_state()
    first = onwards(lander)
    lander.restore_state(state)
    assert onwards(lander) == first
    lander.restore_state(state)


@pytest.mark.parametrize(
    "copy_of", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_keep_the_state_and_go_their_own_way(copy_of) -> None:
    lander = LANDERS[7]
    state = lander.clone_state()
    twin = copy_of(lander)
    assert twin.stream.state == lander.stream.state
    first = onwards(twin)
    assert lander.clone_state() == state
    assert onwards(lander) == first
    lander.restore_state(state)


def test_a_lander_that_never_flew_can_be_copied() -> None:
    copy.deepcopy(Lander(gravity=-11.999999999999))  # which a float cannot hold
    twin = copy.deepcopy(Lander(continuous=True))
    with pytest.raises(RuntimeError, match="before reset"):
        twin.step_continuous(0.0, 0.0)


def patched(offset: int, layout: str, value) -> bytes:
    state = bytearray(LANDERS[0].clone_state())
    struct.pack_into(layout, state, offset, value)
    return bytes(state)


def patched_contact(offset: int, value: float) -> bytes:
    """A state whose first contact touches, with another number in it."""
    state = bytearray(
        next(state for state in STATES if state[CONTACTS - 1] and state[CONTACTS + 2])
    )
    struct.pack_into("<f", state, CONTACTS + offset, value)
    return bytes(state)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (b"", "state is 0 bytes, but must be as long as"),
        (LANDERS[0].clone_state()[:-1], "bytes, but must be as long as it was"),
        (LANDERS[0].clone_state() + b"\0", "bytes, but must be as long as it was"),
        (patched(0, "<I", 7), "must be bytes that clone_state made"),
        (patched(4, "<I", 2), "version is 2.0, but must be 1, the layout of this release"),
        (patched(32, "<Q", 6), "random.increment is .* but must be odd"),
        (patched(8, "<40s", bytes(40)), "random.increment is 0.0, but must be odd"),
        (patched(48, "<d", 20.5), "previous_shaping is 20.5, but must be between -1e12 and 20"),
        (patched(56, "<B", 0), "has_shaping is 0.0, but must be 1"),
        (patched(57, "<q", -10000), "wind_index is -10000.0, but must be between -9999 and"),
        (patched(73 + 5 * 8, "<d", 3.4), "terrain.height is 3.4, but must be the pad's height"),
        (patched(BODIES, "<f", float("nan")), "body.center is nan, but must be a number between"),
        (patched(BODIES + 8, "<f", 1e10), "body.angle is 1.* but must be a number between"),
        (patched(BODIES + 12, "<f", float("inf")), "body.velocity is inf, but must be"),
        (patched(BODIES + 20, "<f", -2e6), "body.spin is -2000000.0, but must be a number between"),
        (patched(BODIES + 44, "<B", 2), "body.awake is 2.0, but must be 0 or 1"),
        (
            patched(BODIES + 3 * BODY_SIZE + 16, "<B", 3),
            "joint.limit is 3.0, but must be 0, 1 or 2",
        ),
        (patched(BODIES + 3 * BODY_SIZE + 34, "<B", 34), "contact_count is 34.0, but must be 33"),
        (patched_contact(6, -6e7), "contact.local_normal is -60000000.0, but must be a number"),
        (patched_contact(14, 101.0), "contact.local_point is 101.0, but must be a number"),
        (patched(73, "<d", -1.0), "terrain.height is -1.0, but must be between 0 and"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_bad_states_are_refused_and_change_nothing(state, message) -> None:
    lander = LANDERS[1]
    before = lander.clone_state()
    with pytest.raises(ValueError, match=message):
        lander.restore_state(state)
    assert lander.clone_state() == before


MAX_WIND = PARAMS["wind_power"][2]


@pytest.mark.parametrize("turbulence", [0.0, MAX_WIND])
@pytest.mark.parametrize("wind", [-MAX_WIND, MAX_WIND])
@pytest.mark.parametrize("gravity", [-0.001, -10.0, -11.999])
def test_what_the_strongest_wind_gives_can_be_restored(wind, turbulence, gravity) -> None:
    lander = native_lander(
        continuous=True,
        gravity=gravity,
        enable_wind=True,
        wind_power=wind,
        turbulence_power=turbulence,
    )
    stream = np.random.PCG64(1)
    lander.reset(stream)
    for t in range(400):
        obs, reward, _ = lander.step_continuous(t % 60 / 30 - 1, t % 44 / 22 - 1, stream)
        assert np.isfinite([*obs, reward]).all()
        state = lander.clone_state()
        lander.restore_state(state)
        assert lander.clone_state() == state


def test_only_bytes_are_states() -> None:
    with pytest.raises(TypeError):
        LANDERS[0].restore_state("state")
    assert STATE_VERSION == 1


def mutated(rng: np.random.Generator) -> bytes:
    """A state of LANDERS with one to four bytes changed."""
    state = bytearray(STATES[int(rng.integers(len(STATES)))])
    for _ in range(int(rng.integers(1, 5))):
        state[int(rng.integers(8, len(state)))] = int(rng.integers(256))
    return bytes(state)


def test_mutated_states_are_refused_or_fly_on_in_a_batch_and_alone() -> None:
    """LANDER_ENVS_FUZZ_SCALE makes it longer: 50 is a million states."""
    rng, stream = np.random.default_rng(0), np.random.PCG64(0)
    single = native_lander(enable_wind=True, draws=True)
    envs = LanderVectorEnv(50, enable_wind=True, num_threads=2)
    envs.reset(seed=0)
    batch, accepted = envs._batch, 0
    trials = 20_000 * int(os.environ.get("LANDER_ENVS_FUZZ_SCALE", "1"))
    for trial in range(trials):
        state = mutated(rng)
        try:
            batch.restore_state(trial % 50, state, 0)
        except ValueError:
            with pytest.raises(ValueError, match="state"):
                single.restore_state(state)
            continue
        accepted += 1
        single.restore_state(state)
        assert np.isfinite(single.step(2, stream)[0]).all()
        if trial % 50 == 49:
            for action in range(3):
                assert np.isfinite(envs.step(np.full(50, action))[0]).all()
    assert accepted > trials / 20
