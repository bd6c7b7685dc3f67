"""Attributes of the single environments of a batch."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from lander_envs.vector import LanderVectorEnv, PixelLanderVectorEnv

ENV_ID = "lander_envs/ShapedLander-v0"


@pytest.mark.parametrize("backend", ["native", "box2d"])
def test_every_env_has_its_own_arguments_and_can_get_others(backend) -> None:
    gravity = np.array([-10.0, -5.0, -2.0])
    envs = gym.make_vec(ENV_ID, num_envs=3, gravity=gravity, backend=backend).unwrapped
    assert envs.get_attr("gravity") == (-10.0, -5.0, -2.0)
    assert envs.gravity.tolist() == [-10.0, -5.0, -2.0]
    envs.gravity = np.array([-1.0, -5.0, -3.0])
    envs.set_attr("enable_wind", (True, False, False))
    envs.wind_power = 4.0
    assert envs.gravity.tolist() == [-1.0, -5.0, -3.0]
    assert envs.enable_wind.tolist() == [True, False, False]
    assert envs.get_attr("wind_power") == (4.0, 4.0, 4.0)
    singles = [
        gym.make(ENV_ID, gravity=g, enable_wind=w, wind_power=4.0)
        for g, w in zip((-1.0, -5.0, -3.0), (True, False, False), strict=True)
    ]
    obs = envs.reset(seed=1)[0]
    expected = np.stack([env.reset(seed=1 + i)[0] for i, env in enumerate(singles)])
    for _ in range(30):
        assert obs.tobytes() == expected.tobytes()
        obs = envs.step(np.full(3, 2))[0]
        expected = np.stack([env.step(2)[0] for env in singles])


def test_a_masked_reset_gives_the_new_arguments_to_the_envs_of_the_mask_only() -> None:
    envs, reference = (LanderVectorEnv(2, autoreset_mode="Disabled") for _ in range(2))
    envs.reset(seed=0)
    reference.reset(seed=0)
    envs.gravity = -1.5
    masks = {"reset_mask": np.array([False, True])}
    envs.reset(options=dict(masks))
    reference.reset(options={**masks, "gravity": -1.5})
    for _ in range(20):
        assert envs.step([0, 0])[0].tobytes() == reference.step([0, 0])[0].tobytes()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_pixels_take_new_arguments_at_their_autoreset(mode) -> None:
    kwargs = {"max_episode_steps": 2, "autoreset_mode": mode, "obs": "both", "obs_size": 8}
    envs, fresh = PixelLanderVectorEnv(1, **kwargs), PixelLanderVectorEnv(1, gravity=-1.5, **kwargs)
    envs.reset(seed=0)
    fresh.reset(seed=0)
    envs.gravity = -1.5
    states = [[e.step([0])[0]["state"].tobytes() for _ in range(6)] for e in (envs, fresh)]
    assert states[0][0] != states[1][0]
    assert states[0][3:] == states[1][3:]


@pytest.mark.parametrize("how", [copy.deepcopy, lambda envs: pickle.loads(pickle.dumps(envs))])
def test_a_copy_keeps_the_arguments_of_the_episode_and_of_the_next(how) -> None:
    envs = LanderVectorEnv(2, max_episode_steps=30)
    envs.reset(seed=0)
    envs.set_attr("gravity", [-10.0, -1.5])
    again = how(envs)
    assert again.gravity.tolist() == [-10.0, -1.5]
    for _ in range(60):
        assert again.step([0, 0])[0].tobytes() == envs.step([0, 0])[0].tobytes()


def test_a_spec_of_the_batch_builds_each_of_its_single_envs() -> None:
    envs = gym.make_vec(
        ENV_ID, num_envs=2, gravity=[-10.0, -5.0], legs=1.0, max_episode_steps=7, num_threads=1
    )
    specs = envs.unwrapped.get_attr("spec")
    assert [spec.kwargs for spec in specs] == [
        {"gravity": -10.0, "legs": 1.0},
        {"gravity": -5.0, "legs": 1.0},
    ]
    env = gym.make(specs[1])
    assert env.spec.max_episode_steps == 7
    assert env.unwrapped.gravity == -5.0
    assert LanderVectorEnv(2).get_attr("spec") == (None, None)


def test_generators_and_seeds_are_given_per_env() -> None:
    envs = LanderVectorEnv(2)
    with pytest.raises(ResetNeeded):
        envs.get_attr("np_random")
    envs.reset(seed=4)
    assert envs.get_attr("np_random_seed") == (4, 5)
    drawn = [generator.random() for generator in envs.get_attr("np_random")]
    reference = gym.make_vec("LunarLander-v3", num_envs=2)
    reference.reset(seed=4)
    assert drawn == [generator.random() for generator in reference.get_attr("np_random")]


def test_render_is_called_for_each_env() -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, render_mode="rgb_array")
    envs.reset(seed=0)
    frames = envs.unwrapped.call("render")
    assert [frame.tobytes() for frame in frames] == [frame.tobytes() for frame in envs.render()]
    unseen = gym.make_vec("lander_envs/Lander-v0", num_envs=2)
    unseen.reset(seed=0)
    with pytest.warns(UserWarning, match="render_mode"):
        assert unseen.unwrapped.call("render") == (None, None)


def test_methods_are_called_for_each_env_or_refused() -> None:
    envs = LanderVectorEnv(2)
    envs.reset(seed=0)
    states = envs.call("clone_state")
    assert states == (envs.clone_state(0), envs.clone_state(1))
    assert envs.get_attr("clone_state") == states  # as SyncVectorEnv has it
    with pytest.raises(AttributeError, match=r"^reset\(\) cannot be called on one of several"):
        envs.call("reset")
    with pytest.raises(AttributeError, match="colour"):
        envs.get_attr("colour")


@pytest.mark.parametrize("backend", ["native", "box2d"])
def test_attributes_are_those_of_a_single_env(backend) -> None:
    envs = gym.make_vec("lander_envs/PixelLander-v0", num_envs=2, backend=backend).unwrapped
    assert envs.get_attr("frame_skip") == (4, 4)
    for name in ("num_envs", "single_action_space"):
        with pytest.raises(AttributeError, match=name):
            envs.get_attr(name)


def test_a_batch_has_no_single_envs_to_unwrap() -> None:
    with pytest.raises(AttributeError, match=r"^unwrapped is no attribute of the environments"):
        LanderVectorEnv(2).get_attr("unwrapped")


@pytest.mark.parametrize("backend", ["native", "box2d"])
def test_attributes_are_read_through_get_wrapper_attr_too(backend) -> None:
    gravity = np.array([-10.0, -5.0])
    envs = gym.make_vec(ENV_ID, num_envs=2, gravity=gravity, backend=backend).unwrapped
    assert envs.call("get_wrapper_attr", "gravity") == (-10.0, -5.0)
    for name, has in (("gravity", True), ("np_random", True), ("colour", False)):
        assert envs.call("has_wrapper_attr", name) == (has, has)
    with pytest.raises(AttributeError, match="colour"):
        envs.call("get_wrapper_attr", "colour")


@pytest.mark.parametrize("make", [gym.make, gym.make_vec], ids=["single", "batch"])
def test_frame_skip_cannot_be_set(make) -> None:
    env = make("lander_envs/PixelLander-v0", frame_skip=3).unwrapped
    with pytest.raises(AttributeError, match="frame_skip"):
        env.frame_skip = 1
    assert copy.deepcopy(env).frame_skip == 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([-1.0], r"array of shape \(2,\), got shape \(1,\)"),
        ([-1.0, 0.0], r"^gravity must be between -12 and 0, excluding the ends, got 0.0"),
        ("strong", r"^gravity must be a finite number"),
    ],
)
def test_a_bad_value_is_refused_and_changes_nothing(values, message) -> None:
    envs = LanderVectorEnv(2)
    with pytest.raises(ValueError, match=message):
        envs.set_attr("gravity", values)
    assert envs.gravity.tolist() == [-10.0, -10.0]


def test_another_attribute_is_refused_with_those_that_can_be_set() -> None:
    with pytest.raises(AttributeError, match=r"^colour cannot be set .* of a vector env; gravity,"):
        LanderVectorEnv(2).set_attr("colour", 1)
