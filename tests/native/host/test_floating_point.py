"""The caller's rounding mode and flushing of subnormal numbers change no byte, and stay."""

import struct

import numpy as np
import pytest

from lander_envs import _native
from lander_envs.vector import LanderVectorEnv, PixelLanderVectorEnv
from tests.native.build import TESTS, run_driver
from tests.native.host.calling import OTHERS, caller, calling_with
from tests.native.landers import native_lander


def test_the_defaults_hold_in_the_engine_and_nowhere_else(tmp_path) -> None:
    source = TESTS / "host" / "floating_point.cpp"
    run_driver([source], tmp_path, ["-O2", "-frounding-math", "-Wall", "-Wextra", "-pthread"])


def flights(name: str, env, actions: list) -> bytes:
    """Bytes of a reset, of steps and of a frame; a shared env keeps its threads."""
    with calling_with(name):
        results = [env.reset(seed=3)[0]]
        for action in actions:
            results += env.step(action)[:4]
        frames = env.render()
    return b"".join(np.asarray(part).tobytes() for part in [*results, np.asarray(frames)])


def check_all(make, actions: list) -> None:
    expected = flights("nearest", make(), actions)
    for name in OTHERS:
        assert flights(name, make(), actions) == expected, name


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("name", _native.INSTRUCTION_SETS)
def test_batches_give_the_same_bytes(name, threads, monkeypatch) -> None:
    monkeypatch.setenv("LANDER_ENVS_INSTRUCTION_SET", name)
    actions = [np.arange(t, t + 16) // 7 % 4 for t in range(160)]
    check_all(
        lambda: LanderVectorEnv(16, enable_wind=True, num_threads=threads, render_mode="rgb_array"),
        actions,
    )


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_pixel_batches_give_the_same_bytes(threads, mode) -> None:
    actions = [np.arange(t, t + 8) // 7 % 4 for t in range(40)]
    check_all(
        lambda: PixelLanderVectorEnv(
            8, num_threads=threads, autoreset_mode=mode, render_mode="rgb_array"
        ),
        actions,
    )


def restored(lander: _native.Lander, state: bytes) -> bytes:
    lander.restore_state(state)
    obs, reward, _ = lander.step(0, np.random.PCG64(1))
    return obs.tobytes() + struct.pack("<d", reward) + lander.clone_state()


@pytest.mark.parametrize("name", OTHERS)
def test_restored_states_go_on_the_same(name) -> None:
    lander = native_lander(gravity=-1.0)
    lander.reset(np.random.PCG64(0))
    state = lander.clone_state()
    expected = restored(lander, state)
    with calling_with(name):
        given = restored(lander, state)
    assert given == expected


def test_a_step_leaves_the_exception_flags_as_they_were() -> None:
    lander, stream = _native.Lander(), np.random.PCG64(0)
    lander.reset(stream)
    before = caller().read_caller()
    lander.step(2, stream)
    assert caller().read_caller() == before
