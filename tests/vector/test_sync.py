"""SyncVectorEnvs of single environments."""

import pickle

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from lander_envs.vector.sync import make_sync

ENV_ID = "lander_envs/ShapedLander-v0"


def test_every_env_has_the_id_the_limit_and_the_arguments() -> None:
    envs = make_sync(ENV_ID, 3, max_episode_steps=7, legs=1.0, backend="box2d")
    assert [env.spec.id for env in envs.envs] == [ENV_ID] * 3
    assert [env.spec.max_episode_steps for env in envs.envs] == [7] * 3
    assert [env.spec.kwargs for env in envs.envs] == [{"legs": 1.0, "backend": "box2d"}] * 3


def test_the_ids_own_limit_is_the_default() -> None:
    assert make_sync(ENV_ID, 1).envs[0].spec.max_episode_steps == 1000


def test_autoreset_mode_and_copy_are_passed_on() -> None:
    envs = make_sync(ENV_ID, 2, autoreset_mode="SameStep", copy=False)
    assert envs.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    first = envs.reset(seed=0)[0]
    assert np.shares_memory(first, envs.step(np.zeros(2, int))[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [("num_envs", 0), ("copy", 1), ("autoreset_mode", "Never"), ("num_threads", 0)],
)
def test_a_bad_argument_is_named(name, value) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be"):
        make_sync(ENV_ID, **{"num_envs": 1, name: value})


def test_a_number_of_threads_is_accepted_for_the_sake_of_exchangeable_backends() -> None:
    assert make_sync(ENV_ID, 2, num_threads=8).num_envs == 2


def test_a_pickled_vector_env_has_the_same_envs() -> None:
    envs = make_sync(ENV_ID, 2, gravity=[-10.0, -5.0], legs=1.0)
    again = pickle.loads(pickle.dumps(envs))
    assert again.get_attr("gravity") == (-10.0, -5.0)
    assert again.reset(seed=0)[0].tobytes() == envs.reset(seed=0)[0].tobytes()


@pytest.mark.parametrize(
    "options",
    [
        {"wind_power": 5.0, "dispersion": 0.5},  # Box2D has no dispersion
        {"wind_power": 5.0, "gravity": [-5.0, -99.0]},
    ],
)
def test_a_refused_reset_changes_nothing(options) -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d")
    envs.reset(seed=0)
    with pytest.raises(ValueError, match=r"^(dispersion|gravity) must be"):
        envs.reset(options=options)
    assert envs.get_attr("wind_power") == (15.0, 15.0)
    assert envs.get_attr("gravity") == (-10.0, -10.0)


def test_a_refused_attribute_changes_nothing() -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d")
    with pytest.raises(ValueError, match=r"^gravity must be"):
        envs.gravity = np.array([-5.0, -99.0])
    assert envs.gravity.tolist() == [-10.0, -10.0]
    with pytest.raises(AttributeError, match=r"^gravty cannot be set"):
        envs.set_attr("gravty", -5.0)


def test_an_argument_that_is_drawn_is_no_option() -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d", randomize={"gravity": [-11, -6]})
    with pytest.raises(ValueError, match="got 'gravity'; randomize draws it at each reset"):
        envs.reset(options={"gravity": -5.0})
