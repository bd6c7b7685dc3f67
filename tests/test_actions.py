"""Which actions an env takes, and that a bad one raises before anything moves."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from lander_envs import ENV_IDS

GOOD_DISCRETE = [2, np.int64(2), np.int8(2), np.array(2), np.uint8(2)]
BAD_DISCRETE = [-1, 4, 2.0, np.float32(1), "2", None, np.array([2]), [2], np.nan]
GOOD_CONTINUOUS = [
    [1, 0.75],
    (1.0, 0.75),
    np.array([1, 0.75], np.float32),
    np.array([1, 0.75], np.float16),
    np.array([7, 0.75]),  # clipped to 1
]
BAD_CONTINUOUS = [0, [1.0], [1.0, 0.0, 0.0], [[1.0, 0.0]], [np.nan, 0.0], ["a", "b"], None, [1j, 0]]


@pytest.mark.parametrize("action", GOOD_DISCRETE, ids=repr)
def test_any_integer_type_acts_alike(action) -> None:
    assert one_step(False, action) == one_step(False, 2)


@pytest.mark.parametrize("action", GOOD_CONTINUOUS, ids=repr)
def test_any_real_type_acts_alike(action) -> None:
    assert one_step(True, action) == one_step(True, np.array([1.0, 0.75]))


def test_continuous_actions_are_used_in_float64() -> None:
    # 0.5 + 1e-12 fires the side engine (the threshold is 0.5); rounded to float32 it would not.
    assert one_step(True, np.array([0.0, 0.5 + 1e-12])) != one_step(True, np.array([0.0, 0.5]))


@pytest.mark.parametrize("env_id", ENV_IDS)
@pytest.mark.parametrize(
    ("continuous", "action"),
    [(False, action) for action in BAD_DISCRETE] + [(True, action) for action in BAD_CONTINUOUS],
)
def test_a_bad_action_raises_and_moves_nothing(env_id, continuous, action) -> None:
    touched = gym.make(env_id, continuous=continuous).unwrapped
    untouched = gym.make(env_id, continuous=continuous).unwrapped
    touched.reset(seed=1)
    untouched.reset(seed=1)
    with pytest.raises(ValueError, match=r"^action must be"):
        touched.step(action)
    good = np.array([1.0, 0.0]) if continuous else 2
    assert touched.step(good)[0].tobytes() == untouched.step(good)[0].tobytes()


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_stepping_or_rendering_before_reset_says_so(env_id) -> None:
    env = gym.make(env_id, render_mode="rgb_array").unwrapped
    with pytest.raises(ResetNeeded, match=r"reset\(\) before step"):
        env.step(0)
    with pytest.raises(ResetNeeded, match=r"reset\(\) before render"):
        env.render()


def one_step(continuous: bool, action: object) -> tuple[bytes, float]:
    env = gym.make("lander_envs/Lander-v0", continuous=continuous)
    env.reset(seed=0)
    obs, reward, *_ = env.step(action)
    return obs.tobytes(), float(reward)
