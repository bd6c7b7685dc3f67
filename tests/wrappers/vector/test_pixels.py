"""PixelObservation of vector environments."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs.wrappers.vector import PixelObservation
from tests.wrappers.test_pixels import WRONG_FRAMES, Painter


def landers(mode: AutoresetMode = AutoresetMode.NEXT_STEP) -> gym.vector.VectorEnv:
    return gym.make_vec(
        "lander_envs/Lander-v0",
        num_envs=2,
        render_mode="rgb_array",
        autoreset_mode=mode,
        max_episode_steps=2,
    )


def test_the_spaces_hold_a_stack_per_env() -> None:
    envs = PixelObservation(landers(), obs_size=[20, 30], grayscale=False, frame_stack=2)
    assert envs.single_observation_space == gym.spaces.Box(0, 255, (6, 20, 30), np.uint8)
    assert envs.observation_space.shape == (2, 6, 20, 30)
    last = PixelObservation(landers(), obs_size=[20, 30], channels_last=True, dtype="float32")
    assert last.single_observation_space == gym.spaces.Box(0, 1, (20, 30, 4), np.float32)
    assert last.observation_space.contains(last.reset(seed=0)[0])


def test_a_reset_under_next_step_fills_the_stack_anew() -> None:
    envs = PixelObservation(landers(), obs_size=50, frame_stack=2)
    envs.reset(seed=0)
    for _ in range(2):
        obs, _, _, truncations, _ = envs.step(np.array([2, 2]))
    assert truncations.all()
    assert (obs[:, 0] != obs[:, 1]).any()
    obs = envs.step(np.array([2, 2]))[0]  # only resets
    assert np.array_equal(obs[:, 0], obs[:, 1])


def test_observations_and_frames_are_the_callers_own() -> None:
    envs = PixelObservation(landers(), obs_size=10)
    obs, _ = envs.reset(seed=0)
    frames = envs.render()
    obs[:] = 0
    frames[0][:] = 0
    assert envs.render()[0].any()
    assert envs.step(np.zeros(2, int))[0][:, :3].any()


def test_same_step_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs autoreset_mode NEXT_STEP or DISABLED, got .*SAME"):
        PixelObservation(landers(AutoresetMode.SAME_STEP))


def test_envs_without_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match=r'render_mode="rgb_array", got render_mode=None'):
        PixelObservation(gym.make_vec("LunarLander-v3", num_envs=2))


def painters(frames: Any) -> PixelObservation:
    """Two envs whose ``render()`` gives ``frames``."""
    envs = SyncVectorEnv([Painter, Painter])
    envs.render = lambda: frames
    return PixelObservation(envs, obs_size=2, frame_stack=2)


@pytest.mark.parametrize(("frame", "told"), WRONG_FRAMES)
def test_frames_of_another_kind_are_refused_and_the_envs_ask_for_a_reset(frame, told) -> None:
    frames = [Painter.frame, Painter.frame]
    envs = painters(frames)
    envs.reset()
    frames[1] = frame
    with pytest.raises(ValueError, match=f"uint8 frames of shape .*, {told}"):
        envs.step(np.zeros(2, int))
    frames[1] = np.full((4, 6, 3), 7, np.uint8)
    with pytest.raises(ResetNeeded, match="a call was interrupted"):
        envs.step(np.zeros(2, int))
    assert (envs.reset()[0][1] == 7).all()


@pytest.mark.parametrize(("frames", "told"), [(None, "None"), ([Painter.frame], "1")])
def test_another_number_of_frames_is_refused(frames, told) -> None:
    with pytest.raises(ValueError, match=rf"must give 2 frames, one per env, got {told}$"):
        painters(frames).reset()


def test_a_step_before_a_reset_of_all_envs_is_refused() -> None:
    envs = painters([Painter.frame, Painter.frame])
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) before step\(\)"):
        envs.step(np.zeros(2, int))
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) before a reset with a reset_mask"):
        envs.reset(options={"reset_mask": np.array([True, False])})
