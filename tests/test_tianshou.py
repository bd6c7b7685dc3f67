"""Tianshou adapter. `tox run -e ecosystem` runs these tests: Tianshou is no need of the others."""

import copy

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from tianshou.algorithm.algorithm_base import RandomActionPolicy
from tianshou.data import Collector, VectorReplayBuffer
from tianshou.env import DummyVectorEnv, VectorEnvNormObs

import lander_envs
from lander_envs import Outcome
from lander_envs.tianshou import NativeVectorEnv
from tests import test_copies as copies
from tests.comparing import same

LANDER = "lander_envs/Lander-v0"


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_the_adapter_gives_what_tianshous_own_vector_environment_gives(env_id) -> None:
    ours = NativeVectorEnv(env_id, num_envs=4, max_episode_steps=60, enable_wind=True)
    reference = DummyVectorEnv(
        [lambda: gym.make(env_id, max_episode_steps=60, enable_wind=True)] * 4
    )
    same(ours.seed(5), reference.seed(5))
    rng = np.random.default_rng(0)
    ended = np.zeros(4, bool)
    ends = parts = 0
    for _ in range(200):
        index = np.flatnonzero(~ended & (rng.random(4) < 0.8))
        if len(index):
            actions = np.array([space.sample() for space in ours.action_space])[index]
            drawn = np.array([space.sample() for space in reference.action_space])[index]
            same(actions, drawn)
            got, expected = (envs.step(actions, index.tolist()) for envs in (ours, reference))
            same(got, tuple(expected))
            ended[index] = got[2] | got[3]
            ends, parts = ends + int(ended[index].sum()), parts + (len(index) < 4)
        if ended.any() and rng.random() < 0.3:
            index = np.flatnonzero(ended)
            same(ours.reset(index), reference.reset(index))
            ended[:] = False
    assert ends > 3
    assert parts > 50


def test_a_dict_of_frames_and_states_is_an_array_of_dicts_of_copies() -> None:
    ours = NativeVectorEnv("lander_envs/PixelLander-v0", num_envs=2, obs="both")
    reference = DummyVectorEnv([lambda: gym.make("lander_envs/PixelLander-v0", obs="both")] * 2)
    ours.seed(1)
    reference.seed(1)
    first, expected = ours.step([2, 2]), reference.step([2, 2])
    ours.step([0, 0])  # overwrites the arrays of the batch
    same(first, tuple(expected))


def test_one_seed_of_a_reset_is_that_of_each_environment() -> None:
    envs = NativeVectorEnv(LANDER, num_envs=3)
    obs, infos = envs.reset(seed=7)
    assert np.unique(obs, axis=0).shape == (1, 8)
    assert infos.tolist() == [{"outcome": Outcome.RUNNING, "on_pad": True}] * 3
    alone = gym.make(LANDER).reset(seed=8)[0]
    assert envs.reset([2], seed=8)[0].tobytes() == alone.tobytes()


def test_an_environment_left_out_of_ten_steps_flies_on_as_if_they_had_not_been() -> None:
    parted, fresh = (NativeVectorEnv(LANDER, num_envs=3) for _ in range(2))
    parted.seed(5)
    fresh.seed(5)
    for _ in range(10):
        parted.step([2, 2], id=[0, 2])
    for _ in range(5):
        late, early = (envs.step([2], id=1)[0] for envs in (parted, fresh))
        assert late.tobytes() == early.tobytes()


def test_a_wrong_action_leaves_all_environments_as_they_were() -> None:
    envs, reference = (NativeVectorEnv(LANDER, num_envs=3, max_episode_steps=2) for _ in range(2))
    for each in (envs, reference):
        each.seed(3)
        each.step([0, 0, 0])
        each.step([0], id=[2])  # its episode is over
    with pytest.raises(ValueError, match="got 4"):
        envs.step([4], id=[1])
    same(envs.step([2, 2], [0, 1]), reference.step([2, 2], [0, 1]))
    same(envs.reset([2]), reference.reset([2]))


def test_an_episode_that_is_over_must_be_reset() -> None:
    envs = NativeVectorEnv(LANDER, num_envs=2, max_episode_steps=1)
    envs.seed(0)
    assert envs.step([0, 0])[3].tolist() == [True, True]
    envs.reset([0])
    with pytest.raises(ResetNeeded):
        envs.step([0], id=[1])
    assert envs.step([0], id=[0])[4][0]["outcome"] == Outcome.TIMEOUT


@pytest.mark.parametrize("wrong", [3, -1, [0, 0], [0.5], [], [[0]], "0"])
def test_a_wrong_number_of_an_environment_is_refused(wrong) -> None:
    envs = NativeVectorEnv(LANDER, num_envs=3)
    envs.seed(0)
    with pytest.raises(ValueError, match="id must be different integers from 0 to 2, got"):
        envs.step([0], id=wrong)
    with pytest.raises(ValueError, match="env_id must be different integers from 0 to 2, got"):
        envs.reset(wrong)


def test_wrong_arguments_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"those of a native batch on the CPU, got .*'box2d'"):
        NativeVectorEnv(LANDER, num_envs=2, backend="box2d")
    with pytest.raises(ValueError, match=r"env_id must be one of .*, got 'CartPole-v1'"):
        NativeVectorEnv("CartPole-v1", num_envs=2)
    with pytest.raises(ValueError, match="gravity"):
        NativeVectorEnv(LANDER, num_envs=2, gravity=1.0)
    envs = NativeVectorEnv(LANDER, num_envs=2)
    with pytest.raises(ValueError, match="seed must be an integer at least 0, got -1"):
        envs.seed(-1)
    envs.seed([3, 4])
    with pytest.raises(ValueError, match="action must have one row for each of 2 environments"):
        envs.step([0])
    with pytest.raises(ValueError, match="mass"):
        envs.reset(options={"mass": 1.0})
    with pytest.raises(ValueError, match=r"options may hold .*, got 'reset_mask'"):
        envs.reset(options={"reset_mask": np.array([True, False])})  # env_id says which
    for options in (5, 0, []):
        with pytest.raises(ValueError, match="options must be a dict or None, got "):
            envs.reset(options=options)


@pytest.mark.parametrize(
    ("name", "why"),
    [("autoreset_mode", "Tianshou resets the environments"), ("copy", "a call returns are copies")],
)
def test_what_the_adapter_decides_is_no_argument(name, why) -> None:
    told = f"^NativeVectorEnv got an unexpected keyword argument '{name}'; .*{why}"
    with pytest.raises(TypeError, match=told):
        NativeVectorEnv(LANDER, num_envs=2, **{name: None})


def test_attributes_are_read_and_set_one_by_one() -> None:
    envs = NativeVectorEnv(LANDER, num_envs=3, gravity=[-10.0, -5.0, -1.0])
    assert envs.get_env_attr("gravity", [0, 2]) == [-10.0, -1.0]
    envs.set_env_attr("gravity", -3.0, id=1)
    envs.seed([0, 0, 0])
    assert envs.get_env_attr("gravity") == [-10.0, -3.0, -1.0]
    heights = [envs.step([0, 0, 0])[0][:, 1] for _ in range(50)][-1]
    assert heights[0] < heights[1] < heights[2]  # the weaker gravity, the higher
    assert envs.observation_space == [gym.make(LANDER).observation_space] * 3
    with pytest.raises(AttributeError, match="environments of a vector env"):
        envs.set_env_attr("metadata", {})


def test_frames_are_one_per_environment() -> None:
    envs = NativeVectorEnv(LANDER, num_envs=2, render_mode="rgb_array")
    envs.seed(0)
    assert [frame.shape for frame in envs.render()] == [(400, 600, 3)] * 2


def test_nothing_can_be_asked_of_a_closed_adapter() -> None:
    envs = NativeVectorEnv(LANDER, num_envs=2)
    envs.close()
    assert envs.is_closed
    with pytest.raises(AssertionError, match="after close"):
        envs.reset()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, copies.through_pickle(4)])
def test_a_copied_adapter_shares_nothing_and_goes_on_as_the_original(duplicate) -> None:
    envs = NativeVectorEnv("lander_envs/ShapedLander-v0", num_envs=2)
    envs.seed(0)
    envs.step([2, 2])
    again = duplicate(envs)
    assert not copies.share_memory(envs, again)
    for _ in range(15):
        same(envs.step([2, 2]), again.step([2, 2]))


def test_a_collector_steps_a_part_of_the_environments_at_the_end() -> None:
    envs = VectorEnvNormObs(NativeVectorEnv(LANDER, num_envs=8))
    policy = RandomActionPolicy(action_space=envs.action_space[0])
    collector = Collector(policy, envs, VectorReplayBuffer(20_000, 8))
    stats = collector.collect(n_episode=12, random=True, reset_before_collect=True)
    assert stats.n_collected_episodes == 12
    assert (stats.returns < 200).all()  # by chance nobody lands
