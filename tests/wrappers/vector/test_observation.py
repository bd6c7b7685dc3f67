"""MaskVelocity and ScaleObservation of vector environments."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from lander_envs.wrappers.vector import MaskVelocity, ScaleObservation


def lunar_landers(mode: AutoresetMode = AutoresetMode.NEXT_STEP) -> gym.vector.VectorEnv:
    return gym.make_vec(
        "LunarLander-v3", num_envs=2, max_episode_steps=2, vector_kwargs={"autoreset_mode": mode}
    )


def test_the_velocities_of_every_env_are_masked() -> None:
    masked, plain = MaskVelocity(lunar_landers(), angular=False), lunar_landers()
    obs, expected = masked.reset(seed=0)[0], plain.reset(seed=0)[0]
    expected[:, [2, 3]] = 0.0
    assert obs.tobytes() == expected.tobytes()


def test_the_spaces_of_one_env_and_of_the_batch_are_scaled() -> None:
    envs = ScaleObservation(lunar_landers(), scale="si")
    # 2.5 half screen widths are 25 world units.
    assert envs.single_observation_space.high[0] == 25.0
    assert envs.observation_space.shape == (2, 8)
    assert envs.observation_space.high[:, 0].tolist() == [25.0, 25.0]


def test_final_observations_are_scaled_once() -> None:
    scaled = ScaleObservation(lunar_landers(AutoresetMode.SAME_STEP), scale="si")
    plain = lunar_landers(AutoresetMode.SAME_STEP)
    scaled.reset(seed=0)
    plain.reset(seed=0)
    for _ in range(2):
        infos, expected = (envs.step(np.array([2, 0]))[4] for envs in (scaled, plain))
    for mine, theirs in zip(infos["final_obs"], expected["final_obs"], strict=True):
        assert mine[0] == pytest.approx(10 * theirs[0])
