"""SyncVectorEnvs of single environments."""

import copy
import pickle
import re
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode

from lander_envs.vector import LanderVectorEnv
from lander_envs.vector.sync import make_sync

ENV_ID = "lander_envs/ShapedLander-v0"


def test_every_env_has_the_id_the_limit_and_the_arguments() -> None:
    envs = make_sync(ENV_ID, 3, max_episode_steps=7, legs=1.0, backend="box2d")
    assert [env.spec.id for env in envs.envs] == [ENV_ID] * 3
    assert [env.spec.max_episode_steps for env in envs.envs] == [7] * 3
    assert [env.spec.kwargs for env in envs.envs] == [{"legs": 1.0, "backend": "box2d"}] * 3


def test_the_ids_own_limit_is_the_default() -> None:
    assert make_sync(ENV_ID, 1).envs[0].spec.max_episode_steps == 1000


@pytest.mark.parametrize("given", [np.int64(7), np.int64(-1), -1])
def test_a_limit_is_any_integer_that_the_native_batch_takes(given) -> None:
    (env,) = make_sync(ENV_ID, 1, max_episode_steps=given).envs
    native = gym.make_vec(ENV_ID, num_envs=1, max_episode_steps=given).unwrapped
    assert env.spec.max_episode_steps == (7 if given == 7 else None)
    assert native._max_episode_steps == (7 if given == 7 else 2**31 - 1)


def test_autoreset_mode_and_copy_are_passed_on() -> None:
    envs = make_sync(ENV_ID, 2, autoreset_mode="SameStep", copy=False)
    assert envs.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    first = envs.reset(seed=0)[0]
    assert np.shares_memory(first, envs.step(np.zeros(2, int))[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("num_envs", 0), ("copy", 1), ("autoreset_mode", "Never"), ("num_threads", 0)),
        *(("max_episode_steps", value) for value in (0, True, 2.5, -2, "5")),
    ],
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


PIXELS = {"env_id": "lander_envs/PixelLander-v0", "obs_size": [401, 4]}  # beyond the screen
SYNC_FORMS = {
    "box2d": {"env_id": ENV_ID, "backend": "box2d"},
    "pixels": PIXELS,
    "continuous": {"env_id": ENV_ID, "backend": "box2d", "continuous": True},
}


@pytest.mark.parametrize("form", SYNC_FORMS)
def test_a_refused_step_moves_no_env_and_is_told_as_by_the_native_batch(form) -> None:
    envs, untouched = (make_sync(num_envs=3, **SYNC_FORMS[form]) for _ in range(2))
    continuous = form == "continuous"
    native = LanderVectorEnv(3, continuous=continuous)
    for each in (envs, untouched, native):
        each.reset(seed=0)
    wrong = [[0, 9, 1], [0, 1], [0] * 4, [True] * 3, [0.5] * 3, 0, None, [[0], [0, 1], 2]]
    if continuous:
        wrong = [*wrong, np.full((3, 2), np.nan), np.ones((3, 2), bool)]
    for actions in wrong:
        with pytest.raises(ValueError, match=r"^(the )?action") as told:
            native.step(actions)
        with pytest.raises(ValueError, match=f"^{re.escape(str(told.value))}$"):
            envs.step(actions)
    right = np.zeros((3, 2)) if continuous else [2, 0, 1]
    assert envs.step(right)[0].tobytes() == untouched.step(right)[0].tobytes()


def test_the_action_of_an_env_that_is_only_reset_is_ignored() -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d", max_episode_steps=1)
    envs.reset(seed=0)
    envs.step([0, 0])
    assert envs.step([9, -1])[1].tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"^the action of env 0 must be from 0 to 3, got 9"):
        envs.step([9, -1])


def test_a_step_without_autoreset_of_an_episode_that_is_over_moves_no_env() -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d", max_episode_steps=2, autoreset_mode="Disabled")
    envs.reset(seed=0)
    envs.step([0, 0])
    envs.reset(options={"reset_mask": np.array([True, False])})
    envs.step([0, 0])
    with pytest.raises(ResetNeeded, match=r"^the episodes of envs \[1\] are over: reset them"):
        envs.step([0, 0])
    envs.reset(options={"reset_mask": np.array([False, True])})
    assert envs.step([0, 0])[3].tolist() == [True, False]  # env 0 took its second step


def test_a_restored_end_is_reset_or_refused_as_by_the_native_batch() -> None:
    pixels = {"max_episode_steps": 40, **PIXELS}
    envs, same_step, disabled = (
        make_sync(num_envs=1, autoreset_mode=mode, **pixels)
        for mode in ("NextStep", "SameStep", "Disabled")
    )
    for each in (envs, same_step, disabled):
        each.reset(seed=0)
    running = envs.call("clone_state")[0]
    while not envs.step([0])[2]:
        pass
    over = envs.call("clone_state")[0]
    envs.call("restore_state", running)
    assert envs.step([0])[1].tolist() != [0.0]  # not reset
    envs.call("restore_state", over)
    assert envs.step([0])[1].tolist() == [0.0]  # only reset
    disabled.call("restore_state", over)
    with pytest.raises(ResetNeeded, match=r"^the episodes of envs \[0\] are over"):
        disabled.step([0])
    before = same_step.call("clone_state")
    with pytest.raises(ValueError, match=r"^state must be of an episode that goes on under"):
        same_step.call("restore_state", over)
    assert same_step.call("clone_state") == before


@pytest.mark.filterwarnings("ignore:.*Box2D world cannot be copied")
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])
def test_a_copy_needs_a_reset_of_all_its_envs(duplicate) -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d", max_episode_steps=1)
    envs.reset(seed=0)
    envs.step([0, 0])
    again = duplicate(envs)
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) before step\(\)"):
        again.step([0, 0])
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) of all envs before"):
        again.reset(options={"reset_mask": np.array([True, False])})
    assert again.reset(seed=5)[0].tobytes() == envs.reset(seed=5)[0].tobytes()
    assert again.step([2, 1])[0].tobytes() == envs.step([2, 1])[0].tobytes()


@pytest.mark.parametrize("form", SYNC_FORMS)
def test_after_an_interrupted_step_all_envs_need_a_reset(form, monkeypatch) -> None:
    def interrupt(*_) -> None:
        raise KeyboardInterrupt

    envs = make_sync(num_envs=2, **SYNC_FORMS[form])
    envs.reset(seed=0)
    actions = envs.action_space.sample()
    with monkeypatch.context() as patched:
        patched.setattr(envs.envs[1], "step", interrupt)
        with pytest.raises(KeyboardInterrupt):
            envs.step(actions)
    with pytest.raises(ResetNeeded, match=r"^a call was interrupted: call reset\(\) before step"):
        envs.step(actions)
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) of all envs before"):
        envs.reset(options={"reset_mask": np.array([True, False])})
    envs.reset(seed=0)
    envs.step(actions)


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


def test_a_warning_of_an_argument_is_not_repeated() -> None:
    with warnings.catch_warnings(record=True, action="always") as told:
        envs = make_sync(ENV_ID, 2, backend="box2d", wind_power=25.0)
        single = gym.make(ENV_ID, wind_power=25.0)
        told.clear()
        for _ in range(3):
            envs.reset()
        for env in (envs, single):
            env.reset(options={"gravity": -5.0})
        envs.gravity = single.unwrapped.gravity = -3.0
        assert not told
        envs.reset(options={"wind_power": [26.0, 26.0]})
    assert ["26.0" in str(warning.message) for warning in told] == [True]


def test_an_argument_that_is_drawn_is_no_option() -> None:
    envs = make_sync(ENV_ID, 2, backend="box2d", randomize={"gravity": [-11, -6]})
    with pytest.raises(ValueError, match="got 'gravity'; randomize draws it at each reset"):
        envs.reset(options={"gravity": -5.0})
