"""Time limits: a time-out is told as an outcome wherever a TimeLimit is around the env."""

import copy
import pickle

import gymnasium as gym
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

import lander_envs
from lander_envs import Outcome
from lander_envs.envs import LanderEnv, ShapedLanderEnv
from lander_envs.wrappers import RepeatAction
from tests.conformance import DISCRETE_IDS
from tests.envs.eternal import Eternal


def outcomes(env: gym.Env, steps: int, seed: int | None = 0) -> list[int]:
    """Outcomes of a reset and of ``steps`` steps without an engine."""
    return [env.reset(seed=seed)[1]["outcome"], *(env.step(0)[4]["outcome"] for _ in range(steps))]


def cut_after(steps: int) -> list[int]:
    """Outcomes of an episode that the limit cuts after ``steps`` steps."""
    return [Outcome.RUNNING] * steps + [Outcome.TIMEOUT]


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_a_limit_of_gym_make_is_told_at_its_last_step_of_every_episode(backend, env_id) -> None:
    env = gym.make(env_id, max_episode_steps=5, backend=backend)
    for seed in (0, None):
        assert outcomes(env, 5, seed) == cut_after(5)


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
def test_the_ids_own_limit_is_told(env_id) -> None:
    env = gym.make(env_id, **({"obs_size": 8} if "Pixel" in env_id else {}))
    env.reset()
    env.unwrapped._simulator = Eternal()
    steps = 250 if "Pixel" in env_id else 1000
    assert [env.step(0)[4]["outcome"] for _ in range(steps)] == cut_after(steps)[1:]


def test_a_limit_is_told_however_gym_make_was_given_it() -> None:
    spec = gym.make("lander_envs/Lander-v0", max_episode_steps=4).spec
    for env in (
        gym.make(spec),
        gym.make(EnvSpec.from_json(spec.to_json())),
        spec.make(),
        gym.make("lander_envs:lander_envs/Lander-v0", max_episode_steps=4),
        gym.make_vec("lander_envs/Lander-v0", vectorization_mode="sync", max_episode_steps=4).envs[
            0
        ],
    ):
        assert outcomes(env, 4) == cut_after(4)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_keeps_the_limit_and_the_steps(duplicate) -> None:
    env = gym.make("lander_envs/Lander-v0", max_episode_steps=5)
    outcomes(env, 3)
    again = duplicate(env)
    assert [again.step(0)[4]["outcome"] for _ in range(2)] == cut_after(1)


def test_an_end_on_the_last_step_is_not_a_timeout() -> None:
    free_fall = gym.make("lander_envs/Lander-v0")
    length = outcomes(free_fall, 100, seed=0).index(Outcome.CRASHED)
    env = gym.make("lander_envs/Lander-v0", max_episode_steps=length)
    assert outcomes(env, length, seed=0)[-1] == Outcome.CRASHED


def test_a_repetition_is_cut_with_a_timeout() -> None:
    env = RepeatAction(gym.make("lander_envs/Lander-v0", max_episode_steps=10), times=4)
    assert outcomes(env, 3) == cut_after(3)


def test_a_limit_that_is_put_around_by_hand_is_told_and_the_shorter_one_counts() -> None:
    for env in (
        TimeLimit(LanderEnv(), 3),
        TimeLimit(gym.make("lander_envs/Lander-v0"), 3),
        TimeLimit(gym.make("lander_envs/Lander-v0", max_episode_steps=3), 5),
    ):
        assert outcomes(env, 3) == cut_after(3)


def test_without_a_limit_there_is_no_timeout() -> None:
    unlimited = gym.make("lander_envs/Lander-v0", max_episode_steps=-1)
    for env in (unlimited, LanderEnv(), gym.make("lander_envs/Lander-v0").unwrapped):
        env.reset(seed=0)
        env.unwrapped._simulator = Eternal()
        assert {env.step(0)[4]["outcome"] for _ in range(1001)} == {Outcome.RUNNING}


def test_steps_that_are_only_tried_do_not_count() -> None:
    env = gym.make("lander_envs/Lander-v0", max_episode_steps=5)
    env.reset(seed=0)
    lander = env.unwrapped
    told = []
    for _ in range(5):
        before = lander.clone_state()
        for _ in range(3):
            lander.step(0)
        lander.restore_state(before)
        *_, truncated, info = env.step(0)
        told.append((info["outcome"], truncated))
    assert told == [(Outcome.RUNNING, False)] * 4 + [(Outcome.TIMEOUT, True)]


def test_a_reset_of_the_unwrapped_env_leaves_the_limits_count() -> None:
    env = gym.make("lander_envs/Lander-v0", max_episode_steps=4)
    outcomes(env, 2)
    env.unwrapped.reset(seed=1)
    steps = [env.step(0) for _ in range(2)]
    assert [truncated for *_, truncated, _ in steps] == [False, True]
    assert [info["outcome"] for *_, info in steps] == cut_after(1)


def test_steps_past_a_limit_are_not_cut_by_it() -> None:
    env = gym.make("lander_envs/Lander-v0", max_episode_steps=5)
    outcomes(env, 5)
    bare = env.unwrapped
    for other in (bare, RecordEpisodeStatistics(bare)):
        assert outcomes(other, 5, seed=1) == [Outcome.RUNNING] * 6
    assert outcomes(env, 5) == cut_after(5)


@pytest.mark.parametrize("env_id", DISCRETE_IDS)
@pytest.mark.parametrize("duplicate", [lambda env: env, copy.deepcopy])
def test_a_last_step_that_is_only_tried_is_no_timeout(duplicate, env_id) -> None:
    env = gym.make(env_id, max_episode_steps=5)
    outcomes(env, 4)
    tried = duplicate(env)
    assert tried.unwrapped.step(0)[4]["outcome"] == Outcome.RUNNING
    assert tried.step(0)[4]["outcome"] == Outcome.TIMEOUT


def test_a_limit_of_an_env_that_holds_the_lander_is_not_the_landers() -> None:
    class Composite(gym.Env):
        observation_space = action_space = gym.spaces.Discrete(1)

        def __init__(self) -> None:
            self.part = ShapedLanderEnv()

        def reset(self, *, seed=None, options=None):
            return 0, self.part.reset(seed=seed)[1]

        def step(self, action):
            *_, info = self.part.step(action)
            return 0, 0.0, False, False, info

    env = TimeLimit(Composite(), 2)
    assert outcomes(env, 3) == [Outcome.RUNNING] * 4
