"""Requests that every form of an env honours alike: reset options and attributes."""

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs import wrappers
from lander_envs.vector import LanderVectorEnv
from lander_envs.wrappers import vector as vector_wrappers
from tests.conformance import STATE_IDS
from tests.forms import FORMS, Form, falling_speed

CHANGES = [
    {"gravity": -1.5},
    {"enable_wind": True},
    {"enable_wind": True, "wind_power": 3.0, "turbulence_power": 0.5},
]


def reference(steps: int = 20, **kwargs) -> float:
    """Falling speed of LunarLander-v3 with the arguments."""
    env = gym.make("LunarLander-v3", **kwargs)
    env.reset(seed=0)
    return [float(env.step(0)[0][3]) for _ in range(steps)][-1]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("options", CHANGES, ids=str)
def test_options_of_a_reset_are_the_arguments_of_the_episode(options, form, backend) -> None:
    env = Form(form, backend=backend)
    env.reset(options)
    assert falling_speed(env) == reference(**options)
    assert {name: env.get(name) for name in options} == options


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("arguments", CHANGES, ids=str)
def test_attributes_that_are_set_act_from_the_next_reset(arguments, form, backend) -> None:
    env = Form(form, backend=backend)
    env.reset()
    for name, value in arguments.items():
        env.set(name, value)
    assert {name: env.get(name) for name in arguments} == arguments
    assert falling_speed(env) == reference()
    env.reset()
    assert falling_speed(env) == reference(**arguments)


def test_an_attribute_that_is_set_waits_for_a_reset_through_a_restored_state() -> None:
    env, envs = gym.make("lander_envs/Lander-v0").unwrapped, LanderVectorEnv(1)
    env.reset(seed=0)
    envs.reset(seed=0)
    env.gravity = envs.gravity = -1.0
    env.restore_state(env.clone_state())
    envs.restore_state(envs.clone_state(0), 0)
    speeds = [(float(env.step(0)[0][3]), float(envs.step([0])[0][0, 3])) for _ in range(20)]
    assert speeds[-1] == (reference(), reference())


@pytest.mark.parametrize("env_id", STATE_IDS)
@pytest.mark.parametrize("form", FORMS)
def test_every_variant_takes_options_and_attributes(form, env_id) -> None:
    made = Form(form, env_id, gravity=-1.5)
    changed, by_attribute = Form(form, env_id), Form(form, env_id)
    by_attribute.set("gravity", -1.5)
    starts = [made.reset(), changed.reset({"gravity": -1.5}), by_attribute.reset()]
    assert len({obs.tobytes() for obs in starts}) == 1
    for _ in range(20):
        steps = [env.step()[0].tobytes() for env in (made, changed, by_attribute)]
        assert len(set(steps)) == 1


@pytest.mark.parametrize("form", FORMS)
def test_attributes_that_are_set_act_at_the_next_autoreset(form) -> None:
    env = Form(form, max_episode_steps=3)
    fresh = Form(form, max_episode_steps=3, gravity=-1.5)
    fresh.reset()
    env.reset()
    for step in range(9):
        obs, ended = env.step()
        expected, _ = fresh.step()
        if step == 0:
            env.set("gravity", -1.5)
        if ended and form == "single":
            obs, expected = env.env.reset()[0], fresh.env.reset()[0]
    # The terrain and the push of each episode are the same, whatever the gravity; the third
    # episode of `env` is therefore the third of `fresh`.
    assert obs.tobytes() == expected.tobytes()


@pytest.mark.filterwarnings("ignore:.*ERROR")  # AsyncVectorEnv's log of the refusal
@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_option_is_refused_with_the_nearest_name(form, backend) -> None:
    env = Form(form, backend=backend)
    env.reset()
    with pytest.raises(ValueError, match=r"got 'gravty'; did you mean 'gravity'\?$"):
        env.reset({"gravty": -1.5})


@pytest.mark.parametrize("form", ["single", "batch", "sb3"])
@pytest.mark.parametrize(
    "bad", [{"gravity": 1.0}, {"wind_power": "strong"}, {"colour": 1}], ids=str
)
def test_a_refused_option_changes_nothing(bad, form) -> None:
    env, untouched = Form(form), Form(form)
    env.reset()
    untouched.reset()
    with pytest.raises(ValueError, match=next(iter(bad))):
        env.reset({"enable_wind": True, **bad})
    assert env.get("enable_wind") is False
    assert falling_speed(env, 60) == falling_speed(untouched, 60)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("form", FORMS)
def test_attributes_read_as_those_of_lunar_lander(form, backend) -> None:
    kwargs = {"gravity": -7.0, "enable_wind": True, "wind_power": 2.0, "turbulence_power": 1.0}
    env, lander = Form(form, backend=backend, **kwargs), gym.make("LunarLander-v3", **kwargs)
    for name in (*kwargs, "continuous"):
        expected = getattr(lander.unwrapped, name)
        assert env.get(name) == expected
        assert type(env.get(name)) is type(expected)


@pytest.mark.parametrize("form", ["single", "sync", "batch", "sb3"])
def test_the_kind_of_action_cannot_be_set(form) -> None:
    with pytest.raises(AttributeError, match=r"^continuous cannot be set"):
        Form(form).set("continuous", True)


@pytest.mark.parametrize("form", ["single", "sync", "batch", "sb3"])
def test_an_attribute_out_of_range_is_refused_and_changes_nothing(form) -> None:
    env = Form(form)
    with pytest.raises(ValueError, match=r"^gravity must be between -12 and 0"):
        env.set("gravity", 1.0)
    assert env.get("gravity") == -10.0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("continuous", [False, True])
def test_spaces_and_the_names_of_actions_are_those_of_one_env(continuous, form) -> None:
    env = Form(form, continuous=continuous)
    single = gym.make("lander_envs/Lander-v0", continuous=continuous)
    assert env.get("action_space") == single.action_space
    assert env.get("observation_space") == single.observation_space
    assert env.get("render_mode") is None
    assert env.get("metadata")["render_modes"]
    if form in ("single", "sb3"):
        return
    for method in ("get_action_meanings", "get_keys_to_action"):
        expected = getattr(single.unwrapped, method)()
        np.testing.assert_equal(env.env.unwrapped.call(method)[0], expected)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("limit", "ends"), [(None, 1000), (-1, None), (1003, 1003)])
def test_a_time_limit_of_none_is_the_ids_own_and_minus_1_is_none(
    limit, ends, form, backend
) -> None:
    env = Form(form, gravity=-1e-9, max_episode_steps=limit, backend=backend)
    seed = 90  # drifts so slowly that only a limit ends the episode
    env.reset(seed=seed)
    first = next((step for step in range(1, 1006) if env.step()[1]), None)
    assert first == ends


KEYWORDS = [
    ("lander_envs/Lander-v0", "gravty", "gravity"),
    ("lander_envs/PixelLander-v0", "framskip", "frame_skip"),
    ("lander_envs/ShapedLander-v0", "leg", "legs"),
    ("lander_envs/NormalizedLander-v0", "scales", "scale"),
    ("lander_envs/MaskedVelocityLander-v0", "render_mod", "render_mode"),
]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("env_id", "wrong", "right"), KEYWORDS)
def test_a_wrong_keyword_names_the_nearest_right_one(env_id, wrong, right, form, backend) -> None:
    with pytest.raises(TypeError, match=f"argument '{wrong}'; did you mean '{right}'"):
        Form(form, env_id, backend=backend, **{wrong: 1})


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_a_wrong_keyword_of_a_batch_names_the_nearest_right_one(backend) -> None:
    for wrong, right in (("num_thread", "num_threads"), ("autoreset", "autoreset_mode")):
        with pytest.raises(TypeError, match=f"argument '{wrong}'; did you mean '{right}'"):
            Form("batch", backend=backend, **{wrong: 1})


@pytest.mark.parametrize("form", ["sync", "async"])
@pytest.mark.parametrize("name", ["autoreset_mode", "copy"])
def test_arguments_of_gymnasiums_vector_envs_say_where_they_belong(name, form) -> None:
    with pytest.raises(TypeError, match=f"'{name}'; with vectorization_mode it goes into vector_k"):
        Form(form, **{name: "SameStep"})


WRAPPERS = [
    ("MaskVelocity", "angle", "angular"),
    ("ScaleObservation", "scales", "scale"),
    ("ShapeReward", "distances", "distance"),
    ("PixelObservation", "frame_stak", "frame_stack"),
]


@pytest.mark.parametrize(("name", "wrong", "right"), [*WRAPPERS, ("RepeatAction", "time", "times")])
def test_a_wrong_keyword_of_a_wrapper_names_the_nearest_right_one(name, wrong, right) -> None:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    with pytest.raises(TypeError, match=f"^{name} got .* '{wrong}'; did you mean '{right}'"):
        getattr(wrappers, name)(env, **{wrong: 1})


@pytest.mark.parametrize(("name", "wrong", "right"), WRAPPERS)
def test_a_wrong_keyword_of_a_vector_wrapper_names_the_nearest(name, wrong, right) -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=2, render_mode="rgb_array")
    with pytest.raises(TypeError, match=f"^{name} got .* '{wrong}'; did you mean '{right}'"):
        getattr(vector_wrappers, name)(envs, **{wrong: 1})
