"""Stable-Baselines3 adapters."""

import copy
import csv
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import FrameStackObservation, TimeLimit, TransformReward
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import (
    DummyVecEnv,
    SubprocVecEnv,
    VecFrameStack,
    VecMonitor,
    VecNormalize,
)

import lander_envs
from lander_envs import Outcome
from lander_envs.sb3 import LanderVecEnv, native_batch
from lander_envs.wrappers import MaskVelocity, RepeatAction
from tests import test_copies as copies
from tests.comparing import same
from tests.conformance import DISCRETE_IDS


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_the_adapter_gives_what_sb3s_own_vec_env_gives(env_id) -> None:
    ours = LanderVecEnv(env_id, num_envs=3, max_episode_steps=60)
    reference = DummyVecEnv([lambda: gym.make(env_id, max_episode_steps=60)] * 3)
    ours.seed(5)
    reference.seed(5)
    assert ours.reset().tobytes() == reference.reset().tobytes()
    rng = np.random.default_rng(0)
    ends = 0
    for _ in range(150):
        actions = rng.integers(4, size=3)
        if "Continuous" in env_id:
            actions = rng.uniform(-1, 1, (3, 2)).astype(np.float32)
        got, expected = ours.step(actions), reference.step(actions)
        for mine, theirs in zip(got[:3], expected[:3], strict=True):
            assert mine.dtype == theirs.dtype
            assert mine.tobytes() == theirs.tobytes()
        for mine, theirs in zip(got[3], expected[3], strict=True):
            same(mine, theirs)
        same(ours.reset_infos, reference.reset_infos)
        ends += int(got[2].sum())
    assert ends >= 3


def test_a_time_limit_is_told_as_truncation_and_outcome() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=2, max_episode_steps=3)
    envs.reset()
    dones, infos = zip(*(envs.step(np.zeros(2, int))[2:] for _ in range(3)), strict=True)
    assert np.array(dones).tolist() == [[False, False], [False, False], [True, True]]
    assert infos[0] == [{"outcome": 0, "on_pad": True, "TimeLimit.truncated": False}] * 2
    assert [info["TimeLimit.truncated"] for info in infos[2]] == [True, True]
    assert [info["outcome"] for info in infos[2]] == [Outcome.TIMEOUT] * 2


def test_seeds_hold_for_one_reset() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=2)
    assert envs.seed(4) == [4, 5]
    first, second = envs.reset(), envs.reset()
    assert (first != second).any()
    envs.seed(4)
    assert envs.reset().tobytes() == first.tobytes()


def test_the_adapter_answers_sb3s_other_questions() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=2, render_mode="rgb_array")
    envs.seed(0)
    envs.reset()
    assert envs.get_attr("render_mode") == ["rgb_array"] * 2
    assert not envs.has_attr("num_envs")
    states = envs.env_method("clone_state", indices=[0, 1])
    assert states[0] != states[1]
    assert [frame.shape for frame in envs.get_images()] == [(400, 600, 3)] * 2
    assert envs.env_is_wrapped(VecMonitor) == [False, False]
    with pytest.raises(AttributeError, match="environments of a vector env"):
        envs.set_attr("continuous", True)
    envs.close()


def test_the_frame_rate_is_that_of_the_decisions() -> None:
    envs = LanderVecEnv("lander_envs/PixelLander-v0", num_envs=2, frame_skip=2)
    assert envs.metadata["render_fps"] == 25


def test_native_batch_replaces_what_make_vec_env_built() -> None:
    single = make_vec_env("lander_envs/ShapedLander-v0", n_envs=3, seed=7, env_kwargs={"legs": 1.0})
    reference = make_vec_env(
        "lander_envs/ShapedLander-v0", n_envs=3, seed=7, env_kwargs={"legs": 1.0}
    )
    batch = native_batch(single)
    assert isinstance(batch.unwrapped, LanderVecEnv)
    assert batch.reset().tobytes() == reference.reset().tobytes()
    for _ in range(20):
        got, expected = batch.step(np.full(3, 2)), reference.step(np.full(3, 2))
        assert got[0].tobytes() == expected[0].tobytes()
        assert got[1].tobytes() == expected[1].tobytes()
    with pytest.raises(ValueError, match="CartPole"):
        native_batch(make_vec_env("CartPole-v1"))


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
def test_monitor_files_tell_the_outcomes_to_the_end_of_training(env_id, tmp_path) -> None:
    kwargs = {"monitor_dir": str(tmp_path), "monitor_kwargs": {"info_keywords": ("outcome",)}}
    envs = make_vec_env(env_id, n_envs=2, env_kwargs={"max_episode_steps": 10}, **kwargs)
    envs.reset()
    for _ in range(21):
        envs.step(np.zeros(2, int))
    envs.close()
    for path in tmp_path.iterdir():
        header, *rows = csv.reader(path.read_text().splitlines()[1:])  # after a line of JSON
        told = [row[header.index("outcome")] for row in rows]
        assert told == [str(int(Outcome.TIMEOUT))] * 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, copies.through_pickle(4)])
def test_a_copied_adapter_shares_nothing_and_goes_on_as_the_original(duplicate) -> None:
    envs = LanderVecEnv("lander_envs/ShapedLander-v0", num_envs=2, max_episode_steps=10)
    envs.seed(0)
    envs.reset()
    envs.step(np.full(2, 2))
    again = duplicate(envs)
    assert not copies.share_memory(envs, again)
    for _ in range(15):
        expected, got = envs.step(np.full(2, 2)), again.step(np.full(2, 2))
        assert [a.tobytes() for a in got[:3]] == [a.tobytes() for a in expected[:3]]


def test_attributes_are_those_of_single_envs() -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=3, gravity=[-10.0, -5.0, -1.0])
    reference = DummyVecEnv([lambda: gym.make("lander_envs/Lander-v0")] * 3)
    for name in ("observation_space", "action_space", "render_mode", "continuous", "wind_power"):
        assert envs.get_attr(name) == reference.get_attr(name)
    assert envs.get_attr("gravity", indices=[0, 2]) == [-10.0, -1.0]
    assert [spec.kwargs for spec in envs.get_attr("spec", indices=1)] == [{"gravity": -5.0}]
    for venv in (envs, reference):
        venv.seed(3)
        venv.reset()
    drawn, expected = ([g.random() for g in v.get_attr("np_random")] for v in (envs, reference))
    assert drawn == expected
    assert envs.get_attr("np_random_seed") == reference.get_attr("np_random_seed") == [3, 4, 5]
    assert envs.env_method("get_action_meanings") == reference.env_method("get_action_meanings")
    for call in (("get_wrapper_attr", "wind_power"), ("has_wrapper_attr", "colour")):
        assert envs.env_method(*call) == reference.env_method(*call)


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_attributes_are_known_before_the_first_reset(env_id) -> None:
    envs, reference = LanderVecEnv(env_id, 2), make_vec_env(env_id, 2)
    for name in ("np_random", "gravity", "render_mode", "restore_state", "get_wings"):
        assert envs.has_attr(name) == reference.has_attr(name) == (name != "get_wings")


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_attributes_are_set_in_the_envs_of_the_indices(backend) -> None:
    envs = LanderVecEnv("lander_envs/Lander-v0", num_envs=3, backend=backend)
    envs.set_attr("gravity", -5.0, indices=[0, 2])
    envs.set_attr("gravity", -1.0, indices=1)
    assert envs.get_attr("gravity") == [-5.0, -1.0, -5.0]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_options_of_one_dict_or_a_list_are_used_by_one_reset(backend) -> None:
    env_id = "lander_envs/Lander-v0"
    ours = LanderVecEnv(env_id, num_envs=2, backend=backend)
    reference = DummyVecEnv([lambda: gym.make(env_id, backend=backend)] * 2)
    for options in ({"gravity": -1.5}, [{"gravity": -3.0}, {"enable_wind": True}], None, [{}, {}]):
        for venv in (ours, reference):
            venv.set_options(options)
            venv.seed(1)
        assert ours.reset().tobytes() == reference.reset().tobytes()
        for name in ("gravity", "enable_wind"):
            assert ours.get_attr(name) == reference.get_attr(name)
        for _ in range(15):
            got, expected = (venv.step(np.zeros(2, int)) for venv in (ours, reference))
            assert got[0].tobytes() == expected[0].tobytes()


# --- Environments that others built ------------------------------------------------------------


def built(env_id: str = "lander_envs/Lander-v0", **kwargs):
    """Two environments as SB3 builds them."""
    return make_vec_env(env_id, n_envs=2, seed=1, **kwargs)


def same_results(ours, reference, steps: int = 230) -> list[dict]:
    """Assert equal results; returns the infos of ended episodes of ``ours``."""
    ends = []
    assert ours.reset().tobytes() == reference.reset().tobytes()
    for step in range(steps):
        actions = np.full(2, [2, 0, 2][step % 3])
        got, expected = ours.step(actions), reference.step(actions)
        for mine, theirs in zip(got[:3], expected[:3], strict=True):
            assert mine.tobytes() == theirs.tobytes()
        for mine, theirs in zip(got[3], expected[3], strict=True):
            assert ("episode" in mine) == ("episode" in theirs)
            if "episode" in mine:
                assert {**mine["episode"], "t": 0} == {**theirs["episode"], "t": 0}
                ends.append(mine)
    return ends


REPLACEMENTS = {
    "native_batch": lambda **kwargs: native_batch(built(**kwargs)),
    "vec_env_cls": lambda **kwargs: built(vec_env_cls=LanderVecEnv, **kwargs),
}
CARRIED = [
    {},
    {"env_id": "lander_envs/ShapedLander-v0", "env_kwargs": {"legs": 1.0, "gravity": -9.0}},
    {"env_kwargs": {"max_episode_steps": 50}},
    {"env_kwargs": {"max_episode_steps": -1}},
    {"env_kwargs": {"backend": "box2d", "render_mode": None}},
    {"env_kwargs": {"render_mode": "rgb_array"}},
    {"wrapper_class": TimeLimit, "wrapper_kwargs": {"max_episode_steps": 2000}},
    {"monitor_kwargs": {"info_keywords": ("outcome", "on_pad")}},
]


@pytest.mark.parametrize("how", REPLACEMENTS)
@pytest.mark.parametrize("kwargs", CARRIED, ids=str)
def test_a_batch_in_the_place_of_single_envs_gives_the_same(kwargs, how) -> None:
    ours, reference = REPLACEMENTS[how](**kwargs), built(**kwargs)
    assert isinstance(ours, LanderVecEnv)
    assert len(same_results(ours, reference)) >= 2
    assert ours.env_is_wrapped(Monitor) == reference.env_is_wrapped(Monitor) == [True, True]
    assert ours.env_is_wrapped(TimeLimit) == [False, False]
    actions = [venv.action_space.sample() for venv in (ours, reference)]
    assert actions[0] == actions[1]


@pytest.mark.parametrize("how", REPLACEMENTS)
def test_a_second_time_limit_is_kept(how) -> None:
    kwargs = {"wrapper_class": TimeLimit, "wrapper_kwargs": {"max_episode_steps": 40}}
    ours = REPLACEMENTS[how](**kwargs)
    ours.reset()
    dones = [ours.step(np.full(2, 2))[2].tolist() for _ in range(40)]
    assert dones == [[False, False]] * 39 + [[True, True]]


def test_every_env_keeps_its_own_gravity_wind_and_turbulence() -> None:
    def makers():
        return [
            lambda gravity=gravity: Monitor(gym.make("lander_envs/Lander-v0", gravity=gravity))
            for gravity in (-10.0, -2.0)
        ]

    reference, single = DummyVecEnv(makers()), DummyVecEnv(makers())
    single.set_attr("gravity", -4.0, indices=[])
    single.envs[0].unwrapped.gravity = reference.envs[0].unwrapped.gravity = -4.0
    for venv in (reference, single):
        venv.seed(8)
        venv.set_options([{"enable_wind": True}, {}])
    ours = native_batch(single)
    assert ours.get_attr("gravity") == [-4.0, -2.0]
    same_results(ours, reference)
    assert ours.get_attr("enable_wind") == [True, False]


@pytest.mark.parametrize("how", REPLACEMENTS)
def test_monitor_files_are_written_as_monitors_write_them(how, tmp_path) -> None:
    folders = [str(tmp_path / name) for name in ("ours", "reference")]
    keywords = {"info_keywords": ("outcome",)}
    ours = REPLACEMENTS[how](monitor_dir=folders[0], monitor_kwargs=keywords)
    reference = built(monitor_dir=folders[1], monitor_kwargs=keywords)
    same_results(ours, reference, steps=300)
    ours.close()
    reference.close()
    for name in ("0.monitor.csv", "1.monitor.csv"):
        tables = []
        for folder in folders:
            lines = (Path(folder) / name).read_text().splitlines()
            assert "lander_envs/Lander-v0" in lines[0]
            rows = [line.split(",") for line in lines[1:]]
            tables.append([[row[0], row[1], *row[3:]] for row in rows])  # without the time
        assert tables[0] == tables[1]
        assert len(tables[0]) >= 2


def test_a_copy_goes_on_without_the_monitors_files(tmp_path) -> None:
    envs = built(vec_env_cls=LanderVecEnv, monitor_dir=str(tmp_path))
    envs.reset()
    envs.step(np.full(2, 2))
    again = copy.deepcopy(envs)
    ended = [
        [
            info["episode"]
            for _ in range(300)
            for info in v.step(np.zeros(2, int))[3]
            if "episode" in info
        ]
        for v in (again, envs)
    ]
    assert [episode["r"] for episode in ended[0]] == [episode["r"] for episode in ended[1]]
    rows = sum(len(path.read_text().splitlines()) - 2 for path in tmp_path.iterdir())
    assert rows == len(ended[1]) >= 2
    envs.close()


def test_a_batch_without_monitors_is_in_a_vec_monitor() -> None:
    venv = native_batch(DummyVecEnv([lambda: gym.make("lander_envs/Lander-v0")] * 2))
    assert isinstance(venv, VecMonitor)
    assert isinstance(venv.unwrapped, LanderVecEnv)
    assert native_batch(venv) is venv


def test_a_venv_with_a_window_is_kept() -> None:
    venv = built(env_kwargs={"render_mode": "human"})
    assert native_batch(venv) is venv
    venv.reset()
    venv.render("human")
    venv.close()


REFUSED = [
    ({"wrapper_class": MaskVelocity}, "got MaskVelocity"),
    ({"wrapper_class": RepeatAction}, "got RepeatAction"),
    ({"wrapper_class": FrameStackObservation, "wrapper_kwargs": {"stack_size": 2}}, "FrameStack"),
    ({"wrapper_class": TransformReward, "wrapper_kwargs": {"func": float}}, "TransformReward"),
    ({"wrapper_class": Monitor}, "got Monitor"),
    ({"env_kwargs": {"render_mode": "rgb_array_list"}}, "got RenderCollection"),
    ({"monitor_kwargs": {"allow_early_resets": False}}, "allow_early_resets=True"),
    ({"monitor_kwargs": {"reset_keywords": ("options",)}}, "no reset_keywords"),
    ({"env_id": "CartPole-v1"}, "CartPole"),
]


@pytest.mark.parametrize("how", REPLACEMENTS)
@pytest.mark.parametrize(("kwargs", "named"), REFUSED, ids=str)
def test_what_a_batch_cannot_carry_is_refused_by_name(kwargs, named, how) -> None:
    with pytest.raises(ValueError, match=named):
        REPLACEMENTS[how](**kwargs)


def test_a_refused_venv_still_works() -> None:
    venv, reference = (built(wrapper_class=MaskVelocity) for _ in range(2))
    with pytest.raises(ValueError, match="MaskVelocity"):
        native_batch(venv)
    assert venv.reset().tobytes() == reference.reset().tobytes()
    assert venv.step(np.zeros(2, int))[0].tobytes() == reference.step(np.zeros(2, int))[0].tobytes()


@pytest.mark.parametrize(
    ("wrapper", "kwargs"),
    [(VecNormalize, {}), (VecMonitor, {}), (VecFrameStack, {"n_stack": 2})],
)
def test_another_vec_env_is_refused_by_name(wrapper, kwargs) -> None:
    venv = wrapper(DummyVecEnv([lambda: gym.make("lander_envs/Lander-v0")]), **kwargs)
    with pytest.raises(ValueError, match=f"^venv must be a DummyVecEnv, got {wrapper.__name__}"):
        native_batch(venv)


def test_envs_in_other_processes_are_refused_by_name() -> None:
    venv = built(vec_env_cls=SubprocVecEnv, vec_env_kwargs={"start_method": "fork"})
    with pytest.raises(ValueError, match=r"^venv must be a DummyVecEnv, got SubprocVecEnv"):
        native_batch(venv)
    venv.close()


def test_a_venv_that_was_reset_is_refused() -> None:
    venv = built()
    venv.reset()
    with pytest.raises(ValueError, match=r"^venv must not have been reset"):
        native_batch(venv)


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        ({"legs": 1.0}, {"legs": 2.0}, r"^legs must be the same .* got 1.0, 2.0$"),
        ({}, {"max_episode_steps": 7}, r"^max_episode_steps must be the same .* got 1000, 7$"),
    ],
)
def test_envs_that_differ_in_what_they_share_are_refused(one, other, named) -> None:
    makers = [
        lambda k=kwargs: gym.make("lander_envs/ShapedLander-v0", **k) for kwargs in (one, other)
    ]
    with pytest.raises(ValueError, match=named):
        LanderVecEnv(makers)


@pytest.mark.parametrize(("count", "num_envs"), [(2, 3), (0, 1)])
def test_another_number_than_that_of_the_functions_is_refused(count, num_envs) -> None:
    makers = [lambda: gym.make("lander_envs/Lander-v0")] * count
    with pytest.raises(ValueError, match=r"^num_envs must be that of the functions, got"):
        LanderVecEnv(makers, num_envs=num_envs)


@pytest.mark.parametrize("env_id", ["LunarLander-v3", "Lander-v0", ""])
def test_another_id_is_refused_by_name(env_id) -> None:
    with pytest.raises(ValueError, match=rf"^env_id must be one of 'lander_e.*, got '{env_id}'$"):
        LanderVecEnv(env_id, num_envs=2)


@pytest.mark.parametrize(
    "env_id", [None, 3, lambda: gym.make("lander_envs/Lander-v0"), ["lander_envs/Lander-v0"], {}]
)
def test_what_is_neither_an_id_nor_functions_is_refused(env_id) -> None:
    with pytest.raises(ValueError, match=r"^env_id must be .*, or a list of functions that make"):
        LanderVecEnv(env_id)


def test_functions_that_make_no_environments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^the functions must make environments, got int$"):
        LanderVecEnv([lambda: 3])


@pytest.mark.parametrize("venv", [None, "lander_envs/Lander-v0"])
def test_what_is_no_vec_env_is_refused_by_name(venv) -> None:
    with pytest.raises(ValueError, match=r"^venv must be a DummyVecEnv, got (NoneType|str)$"):
        native_batch(venv)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_arrays_that_the_next_step_overwrites_are_refused_because_sb3_keeps_them(backend) -> None:
    told = r"^copy must be True for Stable-Baselines3, which stores an observation after the next"
    env_id = "lander_envs/Lander-v0"
    with pytest.raises(ValueError, match=told):
        LanderVecEnv(env_id, num_envs=2, backend=backend, copy=False)
    with pytest.raises(ValueError, match=told):
        LanderVecEnv([lambda: gym.make(env_id, backend=backend)] * 2, copy=False)
    LanderVecEnv(env_id, backend=backend, copy=True)


def test_the_reset_in_the_last_step_is_sb3s() -> None:
    told = "^LanderVecEnv got an unexpected keyword argument 'autoreset_mode'; Stable-Baselines3 r"
    with pytest.raises(TypeError, match=told):
        LanderVecEnv("lander_envs/Lander-v0", autoreset_mode="SameStep")


def test_a_gpu_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^device must be 'cpu' for Stable-Baselines3, which"):
        LanderVecEnv("lander_envs/Lander-v0", device="cuda")
