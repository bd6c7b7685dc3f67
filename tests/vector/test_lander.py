"""LanderVectorEnv: seeds, threads, arguments per env, and arguments it refuses."""

import copy
import multiprocessing
import re
import subprocess
import sys
import threading

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.vector import AutoresetMode

import lander_envs
from lander_envs import Outcome
from lander_envs.vector import LanderVectorEnv


def fly(envs, steps: int, seed: int = 0) -> list[bytes]:
    """Results of fixed random actions, as bytes."""
    rng = np.random.default_rng(seed)
    seen = []
    for _ in range(steps):
        if isinstance(envs.single_action_space, gym.spaces.Discrete):
            action = rng.integers(4, size=envs.num_envs)
        else:
            action = rng.uniform(-1, 1, (envs.num_envs, 2))
        seen += [array.tobytes() for array in envs.step(action)[:4]]
    return seen


ARGUMENTS = [
    {},
    {"continuous": True, "enable_wind": True},
    {"gravity": -3.0, "max_episode_steps": 60},
]
MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
def test_lander_equals_a_sync_vector_env_of_lunar_lander_through_autoreset(
    kwargs, mode, backend
) -> None:
    ours = gym.make_vec(
        "lander_envs/Lander-v0", num_envs=5, autoreset_mode=mode, backend=backend, **kwargs
    )
    reference = gym.make_vec(
        "LunarLander-v3", num_envs=5, vector_kwargs={"autoreset_mode": mode}, **kwargs
    )
    ours.action_space.seed(0)
    assert ours.reset(seed=3)[0].tobytes() == reference.reset(seed=3)[0].tobytes()
    ends = 0
    for _ in range(300):
        action = ours.action_space.sample()
        got, expected = ours.step(action), reference.step(action)
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            assert mine.dtype == theirs.dtype
            assert mine.tobytes() == theirs.tobytes()
        ended = got[2] | got[3]
        ends += int(ended.sum())
        if mode == AutoresetMode.SAME_STEP and ended.any():
            assert got[4]["_final_obs"].tolist() == expected[4]["_final_obs"].tolist()
            for mine, theirs in zip(got[4]["final_obs"], expected[4]["final_obs"], strict=True):
                assert (mine is None) == (theirs is None)
                assert mine is None or mine.tobytes() == theirs.tobytes()
    assert ends >= 5


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("continuous", [False, True])
def test_results_do_not_depend_on_the_number_of_threads(continuous, mode) -> None:
    runs = []
    for num_threads in (1, 2, 3, 7, 100, None):
        envs = LanderVectorEnv(
            13, num_threads=num_threads, autoreset_mode=mode, continuous=continuous
        )
        envs.reset(seed=5)
        runs.append(fly(envs, 200))
    assert all(run == runs[0] for run in runs)


def test_env_i_of_seed_s_is_env_0_of_seed_s_plus_i_or_of_a_list() -> None:
    by_int, by_list = LanderVectorEnv(3), LanderVectorEnv(3)
    first = by_int.reset(seed=10)[0]
    second = by_list.reset(seed=[10, 11, 12])[0]
    assert first.tobytes() == second.tobytes()
    assert by_int.np_random_seed == (10, 11, 12)
    assert fly(by_int, 100) == fly(by_list, 100)


def test_without_a_seed_the_streams_go_on() -> None:
    envs, reference = LanderVectorEnv(2), gym.make_vec("LunarLander-v3", num_envs=2)
    for env in (envs, reference):
        env.reset(seed=1)
        env.step(np.array([2, 0]))
    assert envs.reset()[0].tobytes() == reference.reset()[0].tobytes()
    # None in a list keeps that env's stream.
    lists = [env.reset(seed=[None, 7])[0].tobytes() for env in (envs, reference)]
    assert lists[0] == lists[1]
    states = [generator.bit_generator.state for generator in envs.np_random]
    assert states == [generator.bit_generator.state for generator in reference.np_random]


def test_a_fresh_batch_without_a_seed_is_random() -> None:
    assert LanderVectorEnv(1).reset()[0].tobytes() != LanderVectorEnv(1).reset()[0].tobytes()


def test_a_timeout_is_told_as_an_outcome() -> None:
    envs = LanderVectorEnv(2, max_episode_steps=2, autoreset_mode="NextStep")
    envs.reset(seed=0)
    assert envs.step(np.zeros(2, int))[4]["outcome"].tolist() == [Outcome.RUNNING] * 2
    infos = envs.step(np.zeros(2, int))[4]
    assert infos["outcome"].tolist() == [Outcome.TIMEOUT] * 2
    assert infos["_outcome"].tolist() == [True, True]


def test_next_step_does_not_look_at_the_action_of_an_env_that_only_resets() -> None:
    envs = LanderVectorEnv(2, max_episode_steps=3)
    envs.reset(seed=0)
    for _ in range(3):
        truncated = envs.step(np.zeros(2, int))[3]
    assert truncated.all()
    _, rewards, terminated, truncated, infos = envs.step(np.array([99, -1]))
    assert rewards.tolist() == [0.0, 0.0]
    assert not (terminated | truncated).any()
    assert infos["outcome"].tolist() == [Outcome.RUNNING] * 2
    with pytest.raises(ValueError, match="action of env 0"):
        envs.step(np.array([99, -1]))


def test_every_env_can_have_its_own_gravity_wind_and_turbulence() -> None:
    gravity, wind = np.array([-2.0, -10.0, -5.0]), np.array([True, False, True])
    envs = LanderVectorEnv(3, gravity=gravity, enable_wind=wind, wind_power=[3.0, 0.0, 9.0])
    singles = [
        gym.make("LunarLander-v3", gravity=g, enable_wind=bool(w), wind_power=p)
        for g, w, p in zip(gravity, wind, [3.0, 0.0, 9.0], strict=True)
    ]
    obs = envs.reset(seed=4)[0]
    expected = [env.reset(seed=4 + i)[0] for i, env in enumerate(singles)]
    for _ in range(40):
        assert obs.tobytes() == np.stack(expected).tobytes()
        obs = envs.step(np.full(3, 2))[0]
        expected = [env.step(2)[0] for env in singles]


def test_a_reset_can_change_the_arguments_of_the_envs_that_it_resets() -> None:
    envs = LanderVectorEnv(2, autoreset_mode="Disabled")
    envs.reset(seed=4)
    mask = np.array([False, True])
    envs.reset(seed=[None, 8], options={"reset_mask": mask, "gravity": -1.0})
    light, normal = gym.make("LunarLander-v3", gravity=-1.0), gym.make("LunarLander-v3")
    normal.reset(seed=4)
    light.reset(seed=8)
    for _ in range(30):
        obs = envs.step(np.full(2, 2))[0]
        assert obs[0].tobytes() == normal.step(2)[0].tobytes()
        assert obs[1].tobytes() == light.step(2)[0].tobytes()


# --- Refused arguments, after which the batch is unchanged --------------------------------------

ACTIONS = [
    None,
    0,
    [0, 0],
    [0, 0, 0, 0],
    [0.0, 0.0, 0.0],
    [[0], [0], [0]],
    ["a", "b", "c"],
    [0, 1, 4],
    [0, -1, 0],
    np.array([0, 1, 2**40]),
    np.array([True, False, True]),
    np.zeros((3, 2)),
    [[0, 0], [0]],
]
CONTINUOUS_ACTIONS = [
    [0, 0, 0],
    np.zeros((2, 2)),
    np.zeros((3, 3)),
    np.array([[0, 0], [np.nan, 0], [0, 0]]),
    np.zeros((3, 2), dtype=complex),
    np.full((3, 2), "x"),
]


@pytest.mark.parametrize(
    ("continuous", "action"),
    [(False, action) for action in ACTIONS] + [(True, action) for action in CONTINUOUS_ACTIONS],
    ids=repr,
)
def test_bad_actions_are_refused_and_move_nothing(continuous, action) -> None:
    envs, reference = (LanderVectorEnv(3, continuous=continuous) for _ in range(2))
    envs.reset(seed=0)
    reference.reset(seed=0)
    with pytest.raises(ValueError, match="action"):
        envs.step(action)
    assert fly(envs, 20) == fly(reference, 20)


RESETS = [
    {"seed": -1},
    {"seed": 1.5},
    {"seed": "x"},
    {"seed": [1, 2]},
    {"seed": [1, -2, 3]},
    {"options": {"reset_mask": [True, False, True]}},
    {"options": {"reset_mask": np.zeros(3, dtype=bool)}},
    {"options": {"reset_mask": np.ones(2, dtype=bool)}},
    {"options": {"reset_mask": np.ones(3)}},
    {"options": {"gravity": 1.0}},
    {"options": {"gravity": np.array([-1.0, -1.0])}},
    {"options": {"gravity": [-1.0, float("nan"), -2.0]}},
    {"options": {"enable_wind": [1, 0, 1]}},
    {"options": {"wind_power": "strong"}},
    {"options": {"turbulence_power": 1e38}},
    {"options": {"colour": 3}},
]


@pytest.mark.parametrize("arguments", RESETS, ids=repr)
def test_bad_resets_are_refused_and_move_nothing(arguments) -> None:
    envs, reference = (LanderVectorEnv(3) for _ in range(2))
    envs.reset(seed=0)
    reference.reset(seed=0)
    with pytest.raises(ValueError, match=r"must|may"):
        envs.reset(**arguments)
    assert fly(envs, 20) == fly(reference, 20)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_envs", 0),
        ("num_threads", 0),
        ("num_threads", 1.5),
        ("max_episode_steps", 0),
        ("render_mode", "human"),
        ("copy", 1),
        ("continuous", "yes"),
        ("gravity", np.zeros(3)),
        ("gravity", [-1.0]),
        ("turbulence_power", [1.0, 2.0, None]),
    ],
)
def test_bad_arguments_are_named(name, value) -> None:
    with pytest.raises(ValueError, match=name):
        LanderVectorEnv(**{"num_envs": 3, name: value})


def test_a_batch_before_its_reset_and_after_its_close_says_so() -> None:
    envs = LanderVectorEnv(2)
    for call in (lambda: envs.step([0, 0]), lambda: envs.clone_state(0)):
        with pytest.raises(ResetNeeded, match=r"reset\(\) before"):
            call()
    with pytest.raises(ResetNeeded, match="reset_mask"):
        envs.reset(options={"reset_mask": np.array([True, False])})
    envs.reset(seed=0)
    envs.close()
    envs.close()
    for call in (lambda: envs.step([0, 0]), envs.reset):
        with pytest.raises(ClosedEnvironmentError, match="closed"):
            call()


# --- Processes and threads ---------------------------------------------------------------------


def test_a_batch_works_in_a_forked_child_and_still_in_the_parent() -> None:
    envs, reference = (LanderVectorEnv(64, num_threads=2) for _ in range(2))
    envs.reset(seed=0)
    reference.reset(seed=0)
    fly(envs, 5)  # the threads are running
    fly(reference, 5)
    expected = fly(copy.deepcopy(reference), 20)
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        ours, theirs = context.Pipe()

        def work(connection=theirs) -> None:
            connection.send(fly(envs, 20) == expected)

        child = context.Process(target=work)
        child.start()
        assert ours.poll(60), "the child hangs"
        assert ours.recv() is True
        child.join(60)
        assert child.exitcode == 0
    assert fly(envs, 20) == fly(reference, 20)


def test_two_python_threads_on_one_batch_take_turns() -> None:
    envs = LanderVectorEnv(32, num_threads=2)
    envs.reset(seed=0)
    failures = []

    def work() -> None:
        try:
            fly(envs, 150)
            envs.clone_state(3)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert np.isfinite(envs.step(np.zeros(32, int))[0]).all()


def test_frames_are_those_of_single_envs() -> None:
    envs = LanderVectorEnv(2, render_mode="rgb_array")
    single = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    envs.reset(seed=3)
    single.reset(seed=4)
    for action in [2, 2, 0, 1, 3, 2] * 5:
        envs.step(np.full(2, action))
        single.step(action)
    other = LanderVectorEnv(3, render_mode="rgb_array")
    other.reset(seed=0)
    other.restore_state(envs.clone_state(1), 2)
    assert np.array_equal(other.render()[2], single.render())
    assert np.array_equal(envs.render()[1], single.render())


_FEW_THREADS = """
import resource
from lander_envs.vector import LanderVectorEnv

envs = LanderVectorEnv(256, num_threads=256)
with open("/proc/self/status") as status:
    used = next(int(line.split()[1]) for line in status if line.startswith("VmSize"))
allowed = 1024 * used + 100_000_000  # a dozen of stacks
resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
for call in (lambda: envs.reset(seed=0), lambda: envs.step([0] * 256)):
    try:
        call()
    except Exception as refused:
        print(type(refused).__name__, refused)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a limit that Linux has")
def test_threads_that_the_system_refuses_are_told_and_the_process_lives_on() -> None:
    done = subprocess.run([sys.executable, "-c", _FEW_THREADS], capture_output=True, text=True)
    refused, unset = done.stdout.splitlines()
    assert re.match(
        r"RuntimeError num_threads must be a number of threads that the system starts: "
        r"it started \d+ of 256 \(",
        refused,
    )
    assert unset == "ResetNeeded a call was interrupted: call reset() before step()"
    assert done.returncode == 0
