"""Each variant is Lander-v0 with one difference, and the wrapper of its meaning makes the same."""

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs import wrappers
from lander_envs.backends import Step

ACTIONS = [2, 2, 0, 3, 2, 1, 0, 2] * 30

PAIRS = [
    ("MaskedVelocityLander-v0", wrappers.MaskVelocity, {}),
    ("MaskedVelocityLander-v0", wrappers.MaskVelocity, {"angular": False}),
    ("NormalizedLander-v0", wrappers.ScaleObservation, {}),
    ("NormalizedLander-v0", wrappers.ScaleObservation, {"scale": "si"}),
    ("NormalizedLander-v0", wrappers.ScaleObservation, {"scale": "unit"}),
    ("ShapedLander-v0", wrappers.ShapeReward, {}),
    ("ShapedLander-v0", wrappers.ShapeReward, {"distance": 3.0, "gamma": 0.9}),
    ("ShapedLander-v0", wrappers.ShapeReward, {"potential_based": False, "legs": 0.5}),
]


@pytest.mark.parametrize(("name", "wrapper", "kwargs"), PAIRS)
def test_a_variant_equals_its_wrapper_on_lunar_lander(name, wrapper, kwargs) -> None:
    variant = gym.make(f"lander_envs/{name}", **kwargs)
    wrapped = wrapper(gym.make("LunarLander-v3"), **kwargs)
    assert variant.observation_space == wrapped.observation_space
    assert variant.reset(seed=6)[0].tobytes() == wrapped.reset(seed=6)[0].tobytes()
    for action in ACTIONS:
        got, expected = variant.step(action), wrapped.step(action)
        assert got[0].tobytes() == expected[0].tobytes()
        assert got[1:4] == expected[1:4]
        assert got[4].get("raw_reward") == expected[4].get("raw_reward")
        if got[2]:
            return
    pytest.fail("the actions above end an episode")


def test_the_pixel_variant_equals_repeat_action_under_pixel_observation() -> None:
    variant = gym.make("lander_envs/PixelLander-v0", frame_skip=3)
    base = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    wrapped = wrappers.PixelObservation(wrappers.RepeatAction(base, times=3))
    assert variant.reset(seed=6)[0].tobytes() == wrapped.reset(seed=6)[0].tobytes()
    for action in ACTIONS:
        got, expected = variant.step(action), wrapped.step(action)
        assert got[0].tobytes() == expected[0].tobytes()
        assert got[1:] == expected[1:]
        if got[2]:
            return
    pytest.fail("the actions above end an episode")


def test_the_pixel_observation_has_the_contracts_space() -> None:
    env = gym.make("lander_envs/PixelLander-v0")
    assert env.observation_space == gym.spaces.Box(0, 255, (4, 84, 84), np.uint8)
    colour = gym.make("lander_envs/PixelLander-v0", grayscale=False, obs_size=[60, 90])
    assert colour.observation_space.shape == (12, 60, 90)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_both_shows_lunar_landers_state_beside_the_pixels(backend) -> None:
    both = gym.make("lander_envs/PixelLander-v0", obs="both", frame_skip=2, backend=backend)
    again = gym.make(gym.envs.registration.EnvSpec.from_json(both.spec.to_json()))
    pixels = gym.make("lander_envs/PixelLander-v0", frame_skip=2, backend=backend)
    assert again.observation_space == both.observation_space
    assert both.observation_space["pixels"] == pixels.observation_space
    reference = gym.make("LunarLander-v3")
    assert both.observation_space["state"] == reference.observation_space
    obs, picture, state = (env.reset(seed=6)[0] for env in (both, pixels, reference))
    for action in ACTIONS[:8]:
        assert both.observation_space.contains(obs)
        assert obs["pixels"].tobytes() == picture.tobytes()
        assert obs["state"].tobytes() == state.tobytes()
        obs, picture = (env.step(action)[0] for env in (both, pixels))
        for _ in range(2):
            state = reference.step(action)[0]


@pytest.mark.parametrize(("frame_skip", "decisions"), [(1, 1000), (4, 250), (7, 143)])
def test_a_pixel_episode_is_cut_after_1000_base_steps(frame_skip, decisions) -> None:
    env = gym.make("lander_envs/PixelLander-v0", frame_skip=frame_skip, obs_size=8)
    env.reset(seed=0)
    env.unwrapped._simulator = Eternal()
    for decision in range(1, decisions + 1):
        _, reward, terminated, truncated, info = env.step(0)
        assert not terminated
        assert truncated == (decision == decisions)
    assert info == {"outcome": "timeout", "on_pad": True}
    assert reward == float(1000 - frame_skip * (decisions - 1))


class Eternal:
    """A simulator whose episode never ends: reward 1 a step, always above the pad."""

    running = True

    def step(self, action, np_random):
        return Step(np.zeros(8, np.float32), 1.0, None)

    def small_frame(self, size):
        return np.zeros(size.shape, np.uint8)

    def close(self):
        pass
