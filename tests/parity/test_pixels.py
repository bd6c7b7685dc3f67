"""PixelLander-v0 and PixelObservation give the bytes of Gymnasium's own chain of wrappers."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import (
    AddRenderObservation,
    FrameStackObservation,
    GrayscaleObservation,
    ResizeObservation,
)

import lander_envs
from lander_envs.transforms.pixels import grayscale
from lander_envs.wrappers import PixelObservation
from tests.native.landers import Lander
from tests.parity.policies import POLICIES, throttles

# Engines that burn for a while and rest for a while: particles are born, age and vanish.
ACTIONS = ([2] * 7 + [0] * 3 + [1] * 4 + [3] * 4 + [2, 0, 2]) * 4

FLIGHTS = [{}, {"continuous": True}, {"gravity": -2.0, "enable_wind": True}]
# Squares and stripes; cells of whole pixels and of parts; one cell; the screen; larger than it.
SIZES = [(84, 84), (7, 13), (400, 600), (1, 1), (200, 300), (100, 150), (100, 84), (500, 84)]


def gymnasiums_pipeline(size: tuple[int, int], **kwargs) -> gym.Env:
    env = gym.make("LunarLander-v3", render_mode="rgb_array", **kwargs)
    env = GrayscaleObservation(AddRenderObservation(env, render_only=True))
    return FrameStackObservation(ResizeObservation(env, size), 4)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_without_frame_skip_every_observation_is_gymnasiums(size, backend) -> None:
    reference = gymnasiums_pipeline(size)
    ours = gym.make(
        "lander_envs/PixelLander-v0", obs_size=list(size), frame_skip=1, backend=backend
    )
    assert reference.reset(seed=2)[0].tobytes() == ours.reset(seed=2)[0].tobytes()
    for action in ACTIONS:
        expected, got = reference.step(action), ours.step(action)
        assert expected[0].tobytes() == got[0].tobytes()
        assert expected[1:4] == got[1:4]
        if expected[2]:
            break


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_with_frame_skip_the_newest_frame_is_gymnasiums_fourth(backend) -> None:
    reference = gymnasiums_pipeline((84, 84))
    ours = gym.make("lander_envs/PixelLander-v0", backend=backend)
    first = reference.reset(seed=2)[0][-1]
    expected = [first] * 4
    assert ours.reset(seed=2)[0].tobytes() == np.stack(expected).tobytes()
    for action in ACTIONS[::4]:
        total = 0.0  # added one by one: sum() compensates its rounding from Python 3.12 on
        for _ in range(4):
            obs, reward, terminated, _, _ = reference.step(action)
            total += float(reward)
            if terminated:
                break
        expected = [*expected[1:], obs[-1]]
        got = ours.step(action)
        assert got[0].tobytes() == np.stack(expected).tobytes()
        assert got[1] == total
        if terminated:
            break


@pytest.mark.parametrize("kwargs", FLIGHTS, ids=str)
@pytest.mark.parametrize("policy", ["random", "landing", "full_throttle", "tumbling", "bouncing"])
def test_every_frame_is_gymnasiums(policy, kwargs) -> None:
    """Whole episodes: flames near the ground, the lander above the picture, many terrains."""
    reference = gym.make("LunarLander-v3", render_mode="rgb_array", **kwargs).unwrapped
    ours = gym.make("lander_envs/Lander-v0", render_mode="rgb_array", **kwargs)
    fly, rng = POLICIES[policy], np.random.default_rng(7)
    for seed in (5, 6):
        obs, _ = reference.reset(seed=seed)
        ours.reset(seed=seed)
        for t in range(250):
            assert np.array_equal(reference.render(), ours.render())
            action = fly(reference, obs, t, rng)
            if reference.continuous:
                action = throttles(action, rng)
            obs, _, terminated, _, _ = reference.step(action)
            ours.step(action)
            if terminated and t > 120:
                break


@pytest.mark.parametrize("policy", ["random", "landing", "full_throttle", "sliding"])
def test_particles_fly_and_age_as_in_box2d(policy) -> None:
    """Positions and times to live, byte for byte, bounces off the ground included."""
    from gymnasium.envs.box2d.lunar_lander import LunarLander

    fly, rng = POLICIES[policy], np.random.default_rng(3)
    compared = rising = 0
    for seed in range(8):
        continuous = seed % 2 == 1
        reference = LunarLander(render_mode="rgb_array", continuous=continuous)
        ours = Lander(continuous=continuous, draws=True)
        ours.seed(seed)
        obs, _ = reference.reset(seed=seed)
        ours.reset()
        for t in range(300):
            action = fly(reference, obs, t, rng)
            if continuous:
                action = throttles(action, rng)
                ours.step_continuous(*map(float, action))
            else:
                ours.step(action)
            obs, *_ = reference.step(action)
            for particle in reference.particles:
                particle.ttl -= 0.15  # what render() does
            reference._clean_particles(False)
            expected = [(*p.position, p.ttl) for p in reference.particles]
            assert np.array(expected).tobytes() == ours.particles.tobytes()
            compared += len(expected)
            rising += sum(p.linearVelocity.y > 0 for p in reference.particles)
    assert compared > 1_000
    assert rising > 10


@pytest.mark.parametrize("color", [False, True])
def test_the_wrapper_on_lunar_lander_is_gymnasiums_pipeline(color) -> None:
    rendered = AddRenderObservation(
        gym.make("LunarLander-v3", render_mode="rgb_array"), render_only=True
    )
    picture = rendered if color else GrayscaleObservation(rendered)
    reference = FrameStackObservation(ResizeObservation(picture, (84, 84)), 3)
    ours = PixelObservation(
        gym.make("LunarLander-v3", render_mode="rgb_array"), grayscale=not color, frame_stack=3
    )
    assert ours.observation_space.shape == ((9, 84, 84) if color else (3, 84, 84))
    expected, got = reference.reset(seed=4)[0], ours.reset(seed=4)[0]
    for action in ACTIONS[:40]:
        channels_first = np.moveaxis(expected, -1, 1).reshape(9, 84, 84) if color else expected
        assert got.tobytes() == channels_first.tobytes()
        expected, got = reference.step(action)[0], ours.step(action)[0]


def test_grayscale_equals_gymnasiums_for_every_colour() -> None:
    levels = np.arange(256, dtype=np.uint8)
    weights = np.array([0.2125, 0.7154, 0.0721])
    for red in range(256):
        frame = np.stack(np.broadcast_arrays(np.uint8(red), levels[:, None], levels), axis=-1)
        expected = np.sum(np.multiply(frame, weights), axis=-1).astype(np.uint8)
        assert np.array_equal(grayscale(frame), expected)
