"""The native backend."""

import copy
import pickle

import numpy as np
import pytest

from lander_envs import Outcome
from lander_envs.backends import LanderParams
from lander_envs.backends.native import NativeSimulator
from lander_envs.transforms.pixels import PictureSize, reduce_frame

PARAMS = LanderParams(False, -10.0, False, 15.0, 1.5)


def running(draws: bool = False, seed: int = 0) -> tuple[NativeSimulator, np.random.Generator]:
    simulator, rng = NativeSimulator(PARAMS, draws), np.random.default_rng(seed)
    simulator.reset(rng)
    return simulator, rng


def test_an_episode_of_free_fall_ends_with_the_integer_minus_100() -> None:
    simulator, rng = running()
    step = simulator.step(0, rng)
    assert type(step.reward) is np.float64
    while step.outcome == Outcome.RUNNING:
        step = simulator.step(0, rng)
    assert (step.reward, type(step.reward), step.outcome) == (-100, int, Outcome.CRASHED)


def test_two_draws_a_step_come_from_the_callers_generator() -> None:
    simulator, rng = running()
    twin = copy.deepcopy(rng)
    simulator.step(0, rng)
    twin.uniform(-1, 1, size=2)
    assert rng.bit_generator.state == twin.bit_generator.state


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_copy_goes_on_as_the_original(duplicate) -> None:
    simulator, rng = running(draws=True)
    simulator.step(2, rng)
    simulator.small_frame(PictureSize(20, 20, True))
    again, twin = duplicate(simulator), copy.deepcopy(rng)
    for action in (2, 1, 3):
        expected = simulator.step(action, rng)
        assert again.step(action, twin).state.tobytes() == expected.state.tobytes()
    assert np.array_equal(again.frame(), simulator.frame())


@pytest.mark.parametrize("size", [PictureSize(84, 84, True), PictureSize(1, 600, False)], ids=str)
def test_small_frames_are_reduced_frames_while_the_lander_moves(size) -> None:
    simulator, rng = running(draws=True)
    for action in (2, 2, 1, 3):
        simulator.step(action, rng)
        assert np.array_equal(simulator.small_frame(size), reduce_frame(simulator.frame(), size))


def test_a_size_beyond_the_screen_is_interpolated() -> None:
    simulator, _ = running(draws=True)
    size = PictureSize(401, 84, True)
    small = simulator.small_frame(size)
    assert small.shape == (1, 401, 84)
    assert np.array_equal(small, reduce_frame(simulator.frame(), size))


def test_a_state_carries_the_random_stream() -> None:
    simulator, rng = running()
    state = simulator.clone_state(rng)
    other, other_rng = NativeSimulator(PARAMS, draws=False), np.random.default_rng(99)
    other.restore_state(state, other_rng)
    assert other.running
    assert other_rng.bit_generator.state == rng.bit_generator.state
    assert other.step(2, other_rng).state.tobytes() == simulator.step(2, rng).state.tobytes()


def test_only_pcg64_can_be_cloned_and_restored() -> None:
    simulator, rng = running()
    state = simulator.clone_state(rng)
    other = np.random.Generator(np.random.Philox(0))
    simulator.reset(other)
    with pytest.raises(ValueError, match=r"^clone_state\(\) needs .* PCG64, got Philox"):
        simulator.clone_state(other)
    with pytest.raises(ValueError, match=r"^restore_state\(\) needs .* PCG64, got Philox"):
        simulator.restore_state(state, other)
