"""The caller's rounding mode and flushing of subnormal numbers change no byte, and stay."""

import ctypes
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import gymnasium as gym
import numpy as np
import pytest

import lander_envs  # noqa: F401  # registers the ids
from lander_envs import _native
from lander_envs.vector import LanderVectorEnv, PixelLanderVectorEnv
from tests.native.build import TESTS, compile_cpp, run_driver

ENVIRONMENTS = {
    "nearest": (0, False),
    "upward": (1, False),
    "downward": (2, False),
    "toward zero": (3, False),
    "subnormals flushed": (0, True),
    "upward, subnormals flushed": (1, True),
}
OTHERS = list(ENVIRONMENTS)[1:]


def test_the_defaults_hold_in_the_engine_and_nowhere_else(tmp_path) -> None:
    source = TESTS / "host" / "floating_point.cpp"
    run_driver([source], tmp_path, ["-O2", "-frounding-math", "-Wall", "-Wextra", "-pthread"])


@pytest.fixture(scope="module")
def caller(tmp_path_factory) -> ctypes.CDLL:
    path = tmp_path_factory.mktemp("caller") / "caller.so"
    compile_cpp(path, [TESTS / "host" / "caller.cpp"], ["-O1", "-fPIC", "-shared"])
    library = ctypes.CDLL(str(path))
    library.read_caller.restype = ctypes.c_uint64
    return library


@contextmanager
def calling_with(caller: ctypes.CDLL, name: str) -> Iterator[None]:
    """Run the calls of a block in an environment; it must be the same after them."""
    mode, flushes = ENVIRONMENTS[name]
    caller.set_caller(mode, ctypes.c_bool(flushes))
    before = caller.read_caller()
    try:
        yield
        after = caller.read_caller()
    finally:
        caller.set_caller(0, ctypes.c_bool(False))
    assert after & ~0x3F == before & ~0x3F  # apart from exception flags, which Python raises too


def flights(caller: ctypes.CDLL, name: str, env, actions: list) -> bytes:
    """Bytes of a reset, of steps and of a frame; a shared env keeps its threads."""
    with calling_with(caller, name):
        results = [env.reset(seed=3)[0]]
        for action in actions:
            results += env.step(action)[:4]
        frames = env.render()
    return b"".join(np.asarray(part).tobytes() for part in [*results, np.asarray(frames)])


def check_all(caller: ctypes.CDLL, make, actions: list) -> None:
    expected = flights(caller, "nearest", make(), actions)
    for name in OTHERS:
        assert flights(caller, name, make(), actions) == expected, name


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("name", _native.INSTRUCTION_SETS)
def test_batches_give_the_same_bytes(caller, name, threads, monkeypatch) -> None:
    monkeypatch.setenv("LANDER_ENVS_INSTRUCTION_SET", name)
    actions = [np.arange(t, t + 16) // 7 % 4 for t in range(160)]
    check_all(
        caller,
        lambda: LanderVectorEnv(16, enable_wind=True, num_threads=threads, render_mode="rgb_array"),
        actions,
    )


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_pixel_batches_give_the_same_bytes(caller, threads, mode) -> None:
    actions = [np.arange(t, t + 8) // 7 % 4 for t in range(40)]
    check_all(
        caller,
        lambda: PixelLanderVectorEnv(
            8, num_threads=threads, autoreset_mode=mode, render_mode="rgb_array"
        ),
        actions,
    )


@pytest.mark.parametrize(
    ("env_id", "arguments"),
    # With frame_skip, PixelLander adds up rewards in Python, which rounds as the caller asks.
    [("lander_envs/Lander-v0", {}), ("lander_envs/PixelLander-v0", {"frame_skip": 1})],
)
def test_single_envs_give_the_same_bytes(caller, env_id, arguments) -> None:
    def make() -> gym.Env:
        return gym.make(env_id, enable_wind=True, render_mode="rgb_array", **arguments).unwrapped

    check_all(caller, make, [t // 7 % 4 for t in range(70)])


def restored(lander: _native.Lander, state: bytes) -> bytes:
    lander.restore_state(state)
    obs, reward, _ = lander.step(0, np.random.PCG64(1))
    return obs.tobytes() + struct.pack("<d", reward) + lander.clone_state()


@pytest.mark.parametrize("name", OTHERS)
def test_restored_states_go_on_the_same(caller, name) -> None:
    lander = _native.Lander(gravity=-1.0)
    lander.reset(np.random.PCG64(0))
    state = lander.clone_state()
    expected = restored(lander, state)
    with calling_with(caller, name):
        given = restored(lander, state)
    assert given == expected


def test_a_step_leaves_the_exception_flags_as_they_were(caller) -> None:
    lander, stream = _native.Lander(), np.random.PCG64(0)
    lander.reset(stream)
    before = caller.read_caller()
    lander.step(2, stream)
    assert caller.read_caller() == before
