"""PixelObservation."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.wrappers import (
    AddRenderObservation,
    FrameStackObservation,
    GrayscaleObservation,
    RecordVideo,
    ResizeObservation,
)

from lander_envs.wrappers import PixelObservation


def lunar_lander(**kwargs) -> gym.Env:
    return gym.make("LunarLander-v3", render_mode="rgb_array", **kwargs)


class CountRenders(gym.Wrapper):
    """Counts the calls of ``render()``."""

    renders = 0

    def render(self):
        self.renders += 1
        return self.env.render()


def test_frames_equal_those_of_gymnasiums_wrappers() -> None:
    ours = PixelObservation(lunar_lander(), obs_size=[42, 63], frame_stack=3)
    screen = AddRenderObservation(lunar_lander(), render_only=True)
    small = ResizeObservation(GrayscaleObservation(screen), (42, 63))
    reference = FrameStackObservation(small, 3, padding_type="reset")
    assert ours.reset(seed=0)[0].tobytes() == reference.reset(seed=0)[0].tobytes()
    for action in (2, 1, 3, 0, 2):
        assert ours.step(action)[0].tobytes() == reference.step(action)[0].tobytes()


def test_the_env_is_rendered_once_a_step_and_once_a_reset() -> None:
    env = CountRenders(lunar_lander())
    pixels = PixelObservation(env)
    pixels.reset(seed=0)
    for _ in range(4):
        pixels.step(2)
        pixels.render()
        pixels.render()[:] = 0  # a copy: the next observation does not change
    assert env.renders == 5


def test_render_returns_the_newest_frame() -> None:
    env = PixelObservation(lunar_lander(), obs_size=[400, 600], grayscale=False, frame_stack=1)
    obs, _ = env.reset(seed=0)
    assert np.array_equal(env.render(), np.moveaxis(obs, 0, -1))


def test_recording_a_video_around_pixels_changes_no_observation(tmp_path) -> None:
    plain = PixelObservation(lunar_lander(max_episode_steps=10))
    filmed = RecordVideo(
        PixelObservation(lunar_lander(max_episode_steps=10)), str(tmp_path / "film")
    )
    assert plain.reset(seed=0)[0].tobytes() == filmed.reset(seed=0)[0].tobytes()
    for _ in range(10):
        assert plain.step(2)[0].tobytes() == filmed.step(2)[0].tobytes()
    filmed.close()
    assert [path.suffix for path in (tmp_path / "film").iterdir()] == [".mp4"]


def test_an_env_without_pictures_is_refused() -> None:
    with pytest.raises(ValueError, match=r'render_mode="rgb_array", got render_mode=None'):
        PixelObservation(gym.make("LunarLander-v3"))


WRONG_FRAMES = [
    (np.ones((4, 6, 3)), r"got float64 of shape \(4, 6, 3\)"),
    (np.full((4, 6, 3), 300), r"got int64 of shape \(4, 6, 3\)"),
    (np.zeros((4, 6, 4), np.uint8), r"got uint8 of shape \(4, 6, 4\)"),
    (np.zeros((4, 6), np.uint8), r"got uint8 of shape \(4, 6\)"),
    (None, "got NoneType"),
]


class Painter(gym.Env):
    """Draws what it is told to; steps without a reset."""

    observation_space = gym.spaces.Box(0, 1, (1,), np.float32)
    action_space = gym.spaces.Discrete(1)
    render_mode = "rgb_array"
    frame: Any = np.zeros((4, 6, 3), np.uint8)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        return np.zeros(1, np.float32), {}

    def step(self, action: int):
        return np.zeros(1, np.float32), 0.0, False, False, {}

    def render(self):
        return self.frame


@pytest.mark.parametrize(("frame", "told"), WRONG_FRAMES)
def test_frames_of_another_kind_are_refused_and_the_env_asks_for_a_reset(frame, told) -> None:
    painter = Painter()
    env = PixelObservation(painter, obs_size=2, frame_stack=2)
    env.reset()
    painter.frame = frame
    with pytest.raises(ValueError, match=f"uint8 frames of shape .*, {told}"):
        env.step(0)
    painter.frame = np.full((4, 6, 3), 7, np.uint8)
    with pytest.raises(ResetNeeded, match="a call was interrupted"):
        env.step(0)
    assert (env.reset()[0] == 7).all()
    assert env.step(0)[0].shape == (2, 2, 2)


def test_a_step_before_a_reset_is_refused_whatever_the_env_allows() -> None:
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) before step\(\)"):
        PixelObservation(Painter()).step(0)
