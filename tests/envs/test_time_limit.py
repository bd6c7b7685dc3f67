"""Time limits: a time-out is told as an outcome wherever gym.make sets the limit."""

import copy
import pickle

import gymnasium as gym
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.wrappers import TimeLimit

import lander_envs
from lander_envs import Outcome
from lander_envs.envs import LanderEnv, ShapedLanderEnv
from lander_envs.envs.time_limit import time_limit_of_make
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


def test_without_a_limit_of_gym_make_there_is_no_timeout() -> None:
    unlimited = gym.make("lander_envs/Lander-v0", max_episode_steps=-1)
    by_hand = TimeLimit(LanderEnv(), 3)
    for env in (unlimited, LanderEnv(), by_hand):
        assert outcomes(env, 5) == [Outcome.RUNNING] * 6


def test_only_the_gym_make_that_constructs_the_env_itself_gives_a_limit() -> None:
    class Composite(gym.Env):
        observation_space = action_space = gym.spaces.Discrete(1)

        def __init__(self) -> None:
            self.part = ShapedLanderEnv()

    gym.register("Composite-v0", Composite, max_episode_steps=2)
    try:
        part = gym.make("Composite-v0").unwrapped.part
    finally:
        del gym.registry["Composite-v0"]
    assert time_limit_of_make(part) is None
    assert outcomes(part, 3) == [Outcome.RUNNING] * 4
