"""Every wrong constructor argument raises, in a sentence with its name and value."""

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs import wrappers
from lander_envs.wrappers import vector as vector_wrappers

EVERY_ENV = [
    ("gravity", 0.0),
    ("gravity", -12.0),
    ("gravity", float("nan")),
    ("gravity", "strong"),
    ("continuous", 1),
    ("enable_wind", "yes"),
    ("wind_power", float("inf")),
    ("turbulence_power", None),
    ("backend", "pymunk"),
    ("backend", None),
]
ONE_ENV = [
    ("MaskedVelocityLander-v0", "angular", 1),
    ("NormalizedLander-v0", "scale", "learned"),
    ("ShapedLander-v0", "distance", -1.0),
    ("ShapedLander-v0", "touchdown_speed", float("nan")),
    ("ShapedLander-v0", "legs", "two"),
    ("ShapedLander-v0", "potential_based", None),
    ("ShapedLander-v0", "gamma", 1.01),
    ("PixelLander-v0", "obs_size", 0),
    ("PixelLander-v0", "obs_size", [84]),
    ("PixelLander-v0", "obs_size", 84.0),
    ("PixelLander-v0", "obs_size", [84, 5000]),
    ("PixelLander-v0", "grayscale", "no"),
    ("PixelLander-v0", "frame_stack", 0),
    ("PixelLander-v0", "frame_stack", True),
    ("PixelLander-v0", "frame_skip", -4),
    ("PixelLander-v0", "obs", "state"),
]
ALL = [(env_id, *bad) for env_id in lander_envs.ENV_IDS for bad in EVERY_ENV] + [
    (f"lander_envs/{name}", *bad) for name, *bad in ONE_ENV
]


@pytest.mark.parametrize(("env_id", "name", "value"), ALL)
def test_an_env_names_its_bad_argument(env_id, name, value) -> None:
    with pytest.raises(ValueError, match=name) as caught:
        gym.make(env_id, **{name: value})
    shown = value[0] if name == "obs_size" and value == [84, 5000] else value
    assert repr(shown) in str(caught.value) or "5000" in str(caught.value)


@pytest.mark.parametrize("env_id", lander_envs.ENV_IDS)
@pytest.mark.filterwarnings("ignore:.*not in the possible render_modes")  # Gymnasium's own words
def test_a_bad_render_mode_is_named(env_id) -> None:
    with pytest.raises(ValueError, match=r"render_mode .* 'ansi'"):
        gym.make(env_id, render_mode="ansi")


@pytest.mark.parametrize(("name", "value"), [("wind_power", 21.0), ("turbulence_power", -0.5)])
def test_wind_outside_its_range_only_warns(name, value) -> None:
    with pytest.warns(UserWarning, match=rf"{name} is recommended to be between 0.0 and"):
        gym.make("lander_envs/Lander-v0", **{name: value})


WRAPPERS = [
    ("MaskVelocity", {"angular": "no"}, "angular"),
    ("ScaleObservation", {"scale": "metric"}, "scale"),
    ("ShapeReward", {"distance": -2.0}, "distance"),
    ("ShapeReward", {"gamma": 2.0}, "gamma"),
    ("ShapeReward", {"potential_based": 1}, "potential_based"),
    ("PixelObservation", {"obs_size": "84"}, "obs_size"),
    ("PixelObservation", {"frame_stack": 65}, "frame_stack"),
    ("PixelObservation", {"grayscale": 0}, "grayscale"),
]


@pytest.mark.parametrize(("wrapper", "kwargs", "name"), WRAPPERS)
def test_a_wrapper_names_its_bad_argument(wrapper, kwargs, name) -> None:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    envs = gym.make_vec("LunarLander-v3", num_envs=2, render_mode="rgb_array")
    for kind, wrapped in ((wrappers, env), (vector_wrappers, envs)):
        with pytest.raises(ValueError, match=name):
            getattr(kind, wrapper)(wrapped, **kwargs)


def test_repeat_action_names_its_bad_argument() -> None:
    with pytest.raises(ValueError, match=r"times .* 0"):
        wrappers.RepeatAction(gym.make("CartPole-v1"), times=0)


@pytest.mark.parametrize("wrapper", ["MaskVelocity", "ScaleObservation", "ShapeReward"])
def test_a_wrapper_refuses_an_env_of_another_shape(wrapper) -> None:
    with pytest.raises(ValueError, match=r"shape \(8,\)"):
        getattr(wrappers, wrapper)(gym.make("CartPole-v1"))
    with pytest.raises(ValueError, match=r"shape \(8,\)"):
        getattr(vector_wrappers, wrapper)(gym.make_vec("CartPole-v1", num_envs=2))


def test_unit_scale_refuses_infinite_bounds() -> None:
    env = gym.wrappers.TransformObservation(
        gym.make("LunarLander-v3"),
        lambda obs: obs,
        gym.spaces.Box(-np.inf, np.inf, (8,), np.float32),
    )
    with pytest.raises(ValueError, match="finite bounds"):
        wrappers.ScaleObservation(env, scale="unit")


def test_pixel_observation_refuses_an_env_without_pictures() -> None:
    with pytest.raises(ValueError, match=r"render_mode=None"):
        wrappers.PixelObservation(gym.make("LunarLander-v3"))
    with pytest.raises(ValueError, match=r"render_mode=None"):
        vector_wrappers.PixelObservation(gym.make_vec("LunarLander-v3", num_envs=2))


def test_vector_pixel_observation_refuses_same_step() -> None:
    envs = gym.make_vec(
        "LunarLander-v3",
        num_envs=2,
        render_mode="rgb_array",
        vector_kwargs={"autoreset_mode": gym.vector.AutoresetMode.SAME_STEP},
    )
    with pytest.raises(ValueError, match="SAME_STEP"):
        vector_wrappers.PixelObservation(envs)


VECTOR_ARGUMENTS = [
    ("num_envs", 0),
    ("num_envs", 2.5),
    ("autoreset_mode", "Sometimes"),
    ("autoreset_mode", None),
    ("copy", "yes"),
]


@pytest.mark.parametrize("env_id", lander_envs.ENV_IDS)
@pytest.mark.parametrize(("name", "value"), VECTOR_ARGUMENTS)
def test_a_vector_env_names_its_bad_argument(env_id, name, value) -> None:
    with pytest.raises(ValueError, match=name):
        gym.make_vec(env_id, **{"num_envs": 2, name: value})
