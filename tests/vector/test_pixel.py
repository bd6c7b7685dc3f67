"""PixelLanderVectorEnv: autoreset, limits, cloned states, copies and memory."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import SyncVectorEnv
from gymnasium.vector.utils import batch_space

from lander_envs import Outcome, _native
from lander_envs.vector import PixelLanderVectorEnv
from lander_envs.vector.sync import make_sync
from tests.comparing import same
from tests.native.build import inspection

ENV_ID = "lander_envs/PixelLander-v0"


def same_flight(ours, reference, decisions: int, ends: int = 1) -> None:
    """Both vector envs give the same for random actions, through at least ``ends`` ends."""
    same(ours.reset(seed=3)[0], reference.reset(seed=3)[0])
    ours.action_space.seed(0)
    seen = 0
    for _ in range(decisions):
        action = ours.action_space.sample()
        got, expected = ours.step(action), reference.step(action)
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            same(mine, theirs)
        same(got[4], expected[4])
        seen += int((got[2] | got[3]).sum())
    assert seen >= ends


FLIGHTS = [
    {},
    {"obs": "both"},
    {"frame_skip": 1},
    {"frame_skip": 7, "continuous": True, "enable_wind": True},
    {"frame_skip": 4, "max_episode_steps": 9},
    {"frame_stack": 1, "obs_size": [7, 13]},
    {"frame_stack": 8, "obs_size": 1},
    {"frame_stack": 2, "obs_size": [60, 90], "grayscale": False, "obs": "both"},
    {"channels_last": True, "obs_size": [7, 13], "grayscale": False},
    {"dtype": "float32", "obs_size": 20, "max_episode_steps": 9},
    {"channels_last": True, "dtype": "float32", "obs_size": 20, "obs": "both"},
]
LAYOUTS = [{}, {"channels_last": True}, {"dtype": "float32"}]


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("kwargs", FLIGHTS, ids=str)
def test_the_batch_equals_a_sync_vector_env_of_single_envs(kwargs, mode) -> None:
    ours = PixelLanderVectorEnv(5, autoreset_mode=mode, **kwargs)
    reference = make_sync(ENV_ID, 5, autoreset_mode=mode, **kwargs)
    decisions = 400 // kwargs.get("frame_skip", 4)
    same_flight(ours, reference, decisions, ends=5)


@pytest.mark.parametrize("size", [[400, 600], [200, 300], [399, 1]], ids=str)
def test_large_and_narrow_pictures_equal_those_of_single_envs(size) -> None:
    ours = PixelLanderVectorEnv(2, obs_size=size, max_episode_steps=8)
    same_flight(ours, make_sync(ENV_ID, 2, obs_size=size, max_episode_steps=8), 12)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("kwargs", [{"obs": "both"}, {"frame_skip": 1}], ids=str)
def test_the_batch_equals_a_sync_vector_env_on_box2d(kwargs, mode) -> None:
    # Without a limit of its own the first of these episodes ends after 60 base steps and more.
    limit = 80 // kwargs.get("frame_skip", 4)
    ours, reference = (
        gym.make_vec(
            ENV_ID,
            num_envs=2,
            autoreset_mode=mode,
            max_episode_steps=limit,
            backend=backend,
            **kwargs,
        )
        for backend in ("native", "box2d")
    )
    assert isinstance(ours, PixelLanderVectorEnv)
    assert isinstance(reference, SyncVectorEnv)
    same_flight(ours, reference, limit + 5, ends=2)


def test_a_batch_refuses_frames_larger_than_the_screen() -> None:
    with pytest.raises(ValueError, match=r"^obs_size must be at most \[400, 600\] .* got 601"):
        PixelLanderVectorEnv(2, obs_size=601)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_results_do_not_depend_on_the_number_of_threads(mode) -> None:
    runs = []
    for num_threads in (1, 2, 5):
        envs = PixelLanderVectorEnv(
            70, num_threads=num_threads, autoreset_mode=mode, obs_size=20, obs="both"
        )
        envs.reset(seed=5)
        envs.action_space.seed(1)
        obs = [envs.step(envs.action_space.sample())[0] for _ in range(60)]
        runs.append([o["pixels"].tobytes() + o["state"].tobytes() for o in obs])
    assert runs[0] == runs[1] == runs[2]


def test_results_do_not_depend_on_the_instruction_set(monkeypatch) -> None:
    runs = []
    for name in _native.INSTRUCTION_SETS:
        monkeypatch.setenv("LANDER_ENVS_INSTRUCTION_SET", name)
        envs = PixelLanderVectorEnv(20, obs_size=20)
        assert envs.instruction_set == name
        envs.reset(seed=5)
        envs.action_space.seed(1)
        steps = [envs.step(envs.action_space.sample()) for _ in range(60)]
        runs.append([obs.tobytes() + rewards.tobytes() for obs, rewards, *_ in steps])
    assert all(run == runs[0] for run in runs)


def set_base_steps(envs: PixelLanderVectorEnv, base_steps: int) -> None:
    """Say that the first env's episode has lasted so long."""
    stack = envs._batch.stack(0)
    envs._batch.restore_state(0, envs._batch.clone_state(0), base_steps, stack=stack)


@pytest.mark.parametrize(("frame_skip", "decisions"), [(1, 10), (4, 3), (7, 2)])
def test_an_episode_is_cut_after_1000_base_steps(frame_skip, decisions) -> None:
    envs = PixelLanderVectorEnv(1, frame_skip=frame_skip, obs_size=4, obs="both")
    envs.reset(seed=6)
    set_base_steps(envs, 990)
    for decision in range(1, decisions + 1):
        obs, _, terminated, truncated, infos = envs.step(np.zeros(1, int))
        assert not terminated.any()
        assert truncated.tolist() == [decision == decisions]
    assert infos["outcome"].tolist() == [Outcome.TIMEOUT]
    lander = gym.make("LunarLander-v3")
    lander.reset(seed=6)
    states = [lander.step(0)[0] for _ in range(10)]  # and not 12 or 14
    assert obs["state"].tobytes() == states[-1].tobytes()


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_copy_false_returns_one_buffer_that_the_next_step_overwrites(layout) -> None:
    for kept in (True, False):
        envs = PixelLanderVectorEnv(2, copy=kept, obs="both", obs_size=10, **layout)
        first, _ = envs.reset(seed=0)
        second = envs.step(np.zeros(2, int))[0]
        for key in ("pixels", "state"):
            assert np.shares_memory(first[key], second[key]) == (not kept)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_without_copies_a_restored_state_shows_in_the_returned_array_at_once(layout) -> None:
    envs = PixelLanderVectorEnv(2, copy=False, obs="both", obs_size=10, **layout)
    obs, _ = envs.reset(seed=0)
    state, then = envs.clone_state(0), copy.deepcopy(obs)
    for _ in range(3):
        envs.step(np.full(2, 2))
    assert obs["pixels"][0].tobytes() != then["pixels"][0].tobytes()
    envs.restore_state(state, 0)
    for key in ("pixels", "state"):
        assert obs[key][0].tobytes() == then[key][0].tobytes()


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_under_same_step_the_final_observation_outlives_the_next_steps(layout) -> None:
    envs = PixelLanderVectorEnv(
        1, autoreset_mode="SameStep", copy=False, max_episode_steps=2, obs="both", **layout
    )
    envs.reset(seed=0)
    envs.step(np.zeros(1, int))
    final = envs.step(np.zeros(1, int))[4]["final_obs"][0]
    kept = copy.deepcopy(final)
    for _ in range(3):
        envs.step(np.zeros(1, int))
    same(final, kept)


# --- States and copies -------------------------------------------------------------------------


@pytest.mark.parametrize("obs", ["pixels", "both"])
def test_states_move_between_single_and_vector_envs_in_mid_episode(obs) -> None:
    small, large = PixelLanderVectorEnv(2, obs=obs), PixelLanderVectorEnv(5, obs=obs)
    single = gym.make(ENV_ID, obs=obs).unwrapped
    small.reset(seed=1)
    large.reset(seed=90)
    for _ in range(9):
        small.step(np.array([2, 2]))
    state = small.clone_state(1)
    large.restore_state(state, 3)
    single.restore_state(state)
    for action in (2, 0, 1):
        expected = small.step(np.full(2, action))
        got, one = large.step(np.full(5, action)), single.step(action)
        for key in ("pixels", "state") if obs == "both" else (...,):
            assert expected[0][key][1].tobytes() == got[0][key][3].tobytes()
            of_single = one[0][key]
            assert expected[0][key][1].tobytes() == of_single.tobytes()
        assert expected[1][1] == got[1][3] == one[1]
    other = PixelLanderVectorEnv(1, obs=obs)
    other.reset(seed=7)
    other.restore_state(single.clone_state(), 0)
    same(other.step(np.array([2]))[1][0], small.step(np.full(2, 2))[1][1])


def test_states_move_between_layouts() -> None:
    default, *others = (PixelLanderVectorEnv(1, obs_size=10, **layout) for layout in LAYOUTS)
    default.reset(seed=1)
    default.step([2])
    state = default.clone_state(0)
    for env in others:
        env.reset(seed=2)
        env.restore_state(state, 0)
        assert env.clone_state(0) == state
    pixels = default.step([3])[0]
    last, real = (env.step([3])[0] for env in others)
    same(last, np.moveaxis(pixels, 1, -1).copy())
    same(real, pixels / np.float32(255))


def test_a_clone_keeps_both_limits_of_its_episode() -> None:
    envs, other = (PixelLanderVectorEnv(1, obs_size=4, max_episode_steps=5) for _ in range(2))
    for base_steps, decisions in ((0, 4), (988, 2)):
        envs.reset(seed=6)
        other.reset(seed=2)
        set_base_steps(envs, base_steps)
        for _ in range(decisions):
            assert not envs.step(np.zeros(1, int))[3].any()
        other.restore_state(envs.clone_state(0), 0)
        assert other.step(np.zeros(1, int))[3].tolist() == [True]


@pytest.mark.parametrize(
    "other",
    [
        {"obs_size": 7, "frame_stack": 6},
        {"obs_size": [4, 9], "frame_stack": 6},  # as many pixels
        {"obs_size": 6, "frame_stack": 2, "grayscale": False},  # as many channels
    ],
    ids=str,
)
def test_a_state_of_another_stack_is_refused_and_changes_nothing(other) -> None:
    arguments = {"obs_size": 6, "frame_stack": 6}
    envs, batch = PixelLanderVectorEnv(1, **arguments), PixelLanderVectorEnv(1, **other)
    single = gym.make(ENV_ID, **arguments).unwrapped
    for each in (envs, batch, single):
        each.reset(seed=0)
    before, alone = envs.clone_state(0), single.clone_state()
    with pytest.raises(ValueError, match=r"a stack of shape \(6, 1, 6, 6\) .*, got \("):
        envs.restore_state(batch.clone_state(0), 0)
    with pytest.raises(ValueError, match=r"a stack of shape \(6, 1, 6, 6\) .*, got \("):
        single.restore_state(batch.clone_state(0))
    assert (envs.clone_state(0), single.clone_state()) == (before, alone)


DUPLICATES = {"pickle": lambda envs: pickle.loads(pickle.dumps(envs)), "deepcopy": copy.deepcopy}


@pytest.mark.parametrize("how", DUPLICATES)
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_copied_batch_goes_on_as_the_original(how, mode, layout) -> None:
    envs = PixelLanderVectorEnv(3, autoreset_mode=mode, obs_size=20, **layout)
    envs.reset(seed=1)
    rng = np.random.default_rng(0)
    for moment in (3, 17, 1):
        for _ in range(moment):
            envs.step(rng.integers(4, size=3))
        again = DUPLICATES[how](envs)
        for _ in range(30):
            action = rng.integers(4, size=3)
            for mine, theirs in zip(again.step(action)[:4], envs.step(action)[:4], strict=True):
                same(mine, theirs)


def test_rendering_between_steps_changes_no_observation() -> None:
    seldom, often = (
        PixelLanderVectorEnv(2, render_mode=mode, obs_size=30) for mode in (None, "rgb_array")
    )
    single = gym.make(ENV_ID, render_mode="rgb_array", obs_size=30)
    same(seldom.reset(seed=4)[0], often.reset(seed=4)[0])
    single.reset(seed=5)
    for action in [2, 2, 1, 3, 2, 0] * 3:
        frames = often.render()
        assert np.array_equal(frames[1], single.render())
        assert np.array_equal(often.render(), frames)
        frames[0][:] = 0
        same(seldom.step(np.full(2, action))[0], often.step(np.full(2, action))[0])
        single.step(action)


def test_an_env_takes_at_most_40_kilobytes() -> None:
    """Five frames of 7 kB, four of them in the history, and 5 kB of lander and particles."""
    envs = PixelLanderVectorEnv(100)
    arrays = ("_states", "_rewards", "_outcomes", "_on_pad", "_ended")
    outputs = sum(getattr(envs, name).nbytes for name in arrays) / 100
    core = inspection()
    assert outputs + 5 * 84 * 84 + core.ENTRY_BYTES + core.PARTICLES_BYTES <= 40 * 1024


@pytest.mark.parametrize("obs", ["pixels", "both"])
def test_the_space_of_a_batch_is_gymnasiums_without_its_arrays(obs) -> None:
    envs = PixelLanderVectorEnv(100, obs=obs)
    space = envs.observation_space
    assert space == batch_space(envs.single_observation_space, 100)
    assert space.contains(space.sample())
    pixels = space["pixels"] if obs == "both" else space
    for array in (pixels.low, pixels.high, pixels.bounded_below, pixels.bounded_above):
        assert array.strides[0] == 0  # one row for all envs


def test_a_bad_obs_is_named() -> None:
    for make in (gym.make, gym.make_vec):
        with pytest.raises(ValueError, match=r"obs must be one of 'pixels', 'both', got 'state'"):
            make(ENV_ID, obs="state")
