"""Properties of every single wrapper, on LunarLander-v3 and on each other."""

import itertools
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

from lander_envs import wrappers

STATE = {
    "MaskVelocity": {"angular": False},
    "ScaleObservation": {"scale": "si"},
    "ShapeReward": {"distance": 5.0},
    "RepeatAction": {"times": 2},
}
ALL = {**STATE, "PixelObservation": {"obs_size": [12, 10], "frame_stack": 2}}


def lunar_lander(**kwargs) -> gym.Env:
    return gym.make("LunarLander-v3", render_mode="rgb_array", **kwargs)


def wrap(env: gym.Env, name: str) -> gym.Env:
    return getattr(wrappers, name)(env, **ALL[name])


@pytest.mark.parametrize("name", ALL)
def test_a_wrapped_lunar_lander_passes_gymnasiums_check(name) -> None:
    env = wrap(lunar_lander(), name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Gymnasium warns that what it checks is a wrapper, which is the point here.
        warnings.filterwarnings("ignore", message=".*is different from the unwrapped version")
        check_env(env, skip_render_check=True)


@pytest.mark.parametrize("name", ALL)
def test_a_wrapper_survives_the_json_round_trip_of_its_spec(name) -> None:
    env = wrap(lunar_lander(), name)
    again = gym.make(EnvSpec.from_json(env.spec.to_json()))
    assert again.observation_space == env.observation_space
    obs, got = env.reset(seed=3)[0], again.reset(seed=3)[0]
    for _ in range(5):
        assert obs.tobytes() == got.tobytes()
        first, second = env.step(2), again.step(2)
        assert first[1:] == second[1:]
        obs, got = first[0], second[0]


@pytest.mark.filterwarnings("ignore:.*ShapeReward is applied to")  # in test_reward.py
@pytest.mark.parametrize(("inner", "outer"), list(itertools.permutations(ALL, 2)))
def test_wrappers_stack_in_pairs(inner, outer) -> None:
    env = wrap(lunar_lander(), inner)
    if inner == "PixelObservation" and outer not in ("RepeatAction",):
        with pytest.raises(ValueError, match=r"shape \(8,\)"):
            wrap(env, outer)
        return
    env = wrap(env, outer)
    obs, _ = env.reset(seed=0)
    raw_total = 0.0
    for _ in range(30):
        assert env.observation_space.contains(obs) or "Pixel" not in (inner + outer)
        assert obs.shape == env.observation_space.shape
        assert obs.dtype == env.observation_space.dtype
        obs, reward, terminated, _, info = env.step(2)
        raw_total += info.get("raw_reward", reward)
        if terminated:
            break
    assert raw_total == pytest.approx(
        plain_return(30, 2 if "RepeatAction" in (inner, outer) else 1)
    )


def plain_return(decisions: int, repeats: int) -> float:
    """LunarLander-v3's own return of action 2, ``decisions * repeats`` times, from seed 0."""
    env = gym.make("LunarLander-v3")
    env.reset(seed=0)
    total = 0.0
    for _ in range(decisions * repeats):
        _, reward, terminated, _, _ = env.step(2)
        total += reward
        if terminated:
            break
    return total


def test_pairs_compose_the_two_transforms() -> None:
    masked_then_scaled = wrap(wrap(lunar_lander(), "MaskVelocity"), "ScaleObservation")
    plain = lunar_lander()
    obs, expected = masked_then_scaled.reset(seed=1)[0], plain.reset(seed=1)[0]
    expected[[2, 3]] = 0
    assert obs == pytest.approx(expected * np.float32([10, 6.666, 5, 7.5, 1, 2.5, 1, 1]))


BAD_ARGUMENTS = [
    ("MaskVelocity", {"angular": "no"}),
    ("ScaleObservation", {"scale": "metric"}),
    ("ShapeReward", {"distance": -2.0}),
    ("ShapeReward", {"gamma": 2.0}),
    ("ShapeReward", {"potential_based": 1}),
    ("PixelObservation", {"obs_size": "84"}),
    ("PixelObservation", {"frame_stack": 65}),
    ("PixelObservation", {"grayscale": 0}),
    ("PixelObservation", {"channels_last": 0}),
    ("PixelObservation", {"dtype": "float64"}),
    ("RepeatAction", {"times": 0}),
]


@pytest.mark.parametrize(("name", "kwargs"), BAD_ARGUMENTS)
def test_a_wrapper_names_its_bad_argument(name, kwargs) -> None:
    with pytest.raises(ValueError, match=rf"^{next(iter(kwargs))} must be"):
        getattr(wrappers, name)(lunar_lander(), **kwargs)


@pytest.mark.parametrize("name", ["MaskVelocity", "ScaleObservation", "ShapeReward"])
def test_a_wrapper_of_states_refuses_an_env_of_another_shape(name) -> None:
    with pytest.raises(ValueError, match=rf"^{name} needs an observation space .*shape \(8,\)"):
        getattr(wrappers, name)(gym.make("CartPole-v1"))
