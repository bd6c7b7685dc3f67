"""ShapeReward of vector environments."""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs.wrappers.vector import ShapeReward
from tests.wrappers.test_reward import Approach


def approaches(mode: AutoresetMode, **kwargs: Any) -> ShapeReward:
    """Two envs that move from x = 0.5 to 0.375 and 0.25, where they terminate; reward 1 a step."""
    envs = SyncVectorEnv([Approach, Approach], autoreset_mode=mode)
    return ShapeReward(envs, distance=10.0, gamma=0.5, **kwargs)


def test_under_next_step_the_step_that_resets_has_no_shaping() -> None:
    envs = approaches(AutoresetMode.NEXT_STEP)
    envs.reset()
    rewards = [envs.step(np.zeros(2, int))[1].tolist() for _ in range(4)]
    # Potentials -5, -3.75, 0 (terminal), then a reset, and -5, -3.75 again.
    by_hand = [1.0 + 0.5 * -3.75 + 5.0, 1.0 + 3.75, 0.0, 1.0 + 0.5 * -3.75 + 5.0]
    assert rewards == [[reward, reward] for reward in by_hand]


def test_under_same_step_the_next_episode_starts_from_its_own_potential() -> None:
    envs = approaches(AutoresetMode.SAME_STEP)
    envs.reset()
    steps = [envs.step(np.zeros(2, int)) for _ in range(3)]
    by_hand = [1.0 + 0.5 * -3.75 + 5.0, 1.0 + 3.75, 1.0 + 0.5 * -3.75 + 5.0]
    assert [step[1][0] for step in steps] == by_hand
    assert [step[2][0] for step in steps] == [False, True, False]


def test_without_potential_based_the_last_potential_comes_from_the_final_observation() -> None:
    envs = approaches(AutoresetMode.SAME_STEP, potential_based=False)
    envs.reset()
    rewards = [envs.step(np.zeros(2, int))[1][1] for _ in range(2)]
    assert rewards == [1.0 - 3.75, 1.0 - 2.5]


def test_raw_rewards_are_those_of_lunar_lander() -> None:
    envs = ShapeReward(gym.make_vec("LunarLander-v3", num_envs=2))
    reference = gym.make_vec("LunarLander-v3", num_envs=2)
    envs.reset(seed=0)
    reference.reset(seed=0)
    infos, expected = envs.step(np.array([2, 1]))[4], reference.step(np.array([2, 1]))[1]
    assert infos["raw_reward"].tolist() == expected.tolist()
    assert infos["_raw_reward"].tolist() == [True, True]
