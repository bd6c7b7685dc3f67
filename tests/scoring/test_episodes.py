"""Episodes: one a seed, the same in the native batch and in single environments."""

import gymnasium as gym
import numpy as np
import pytest

from lander_envs.scoring import episodes as loop
from lander_envs.scoring.episodes import (
    Episode,
    backend_of,
    is_same,
    play,
    read_episodes,
    write_rows,
)
from lander_envs.scoring.policy import HeuristicPolicy, Policy, RandomPolicy

LANDER = "lander_envs/Lander-v0"


class Countdown(gym.Env):
    """Pays 1 a step and ends after as many steps as its seed; counts steps and resets."""

    observation_space = gym.spaces.Box(0, 10, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)
    steps = resets = 0

    def reset(self, *, seed=None, options=None):
        type(self).resets += 1
        self.left = seed
        return np.array([self.left], np.float32), {}

    def step(self, action):
        type(self).steps += 1
        self.left -= 1
        return np.array([self.left], np.float32), 1.0, self.left == 0, False, {}


@pytest.fixture
def countdown(monkeypatch):
    gym.register("test/Countdown-v0", Countdown)
    monkeypatch.setattr(Countdown, "steps", 0)
    monkeypatch.setattr(Countdown, "resets", 0)
    yield "test/Countdown-v0"
    del gym.registry["test/Countdown-v0"]


class Zeros(Policy):
    def act(self, obs):
        return np.zeros(len(obs), dtype=int)


def test_an_episode_is_played_for_each_seed(countdown) -> None:
    assert play(Zeros(), countdown, {}, 3, 2) == [
        Episode(2, 2.0, 2, "terminated", False),
        Episode(3, 3.0, 3, "terminated", False),
        Episode(4, 4.0, 4, "terminated", False),
    ]


def test_an_environment_whose_episode_is_over_is_neither_stepped_nor_reset(countdown) -> None:
    play(Zeros(), countdown, {}, 3, 1)
    assert (Countdown.steps, Countdown.resets) == (1 + 2 + 3, 3)


def test_each_step_says_which_episodes_run_and_which_end(countdown) -> None:
    steps = []
    play(Zeros(), countdown, {}, 2, 1, on_step=steps.append)
    assert [step.running.tolist() for step in steps] == [[True, True], [False, True]]
    assert [step.ended.tolist() for step in steps] == [[True, False], [False, True]]
    assert [step.rewards.tolist() for step in steps] == [[1.0, 1.0], [0.0, 1.0]]
    assert [step.actions.tolist() for step in steps] == [[0, 0], [0, 0]]


def test_both_backends_play_the_same_episodes() -> None:
    policy = HeuristicPolicy(continuous=False)
    native, box2d = (
        play(policy, LANDER, {"backend": backend}, 3, 7) for backend in ("native", "box2d")
    )
    assert native == box2d
    assert {episode.outcome for episode in native} <= {"landed", "crashed", "out_of_bounds"}


def test_an_episode_at_the_time_limit_is_a_timeout() -> None:
    episode = play(Zeros(), "CartPole-v1", {"max_episode_steps": 5}, 1, 0)[0]
    assert episode == Episode(0, 5.0, 5, "timeout", False)


def test_the_return_is_of_the_raw_reward() -> None:
    policy = RandomPolicy(gym.spaces.Discrete(4), seed=0)
    raw = play(policy, LANDER, {}, 4, 0)
    policy = RandomPolicy(gym.spaces.Discrete(4), seed=0)
    shaped_sum = np.zeros(4)

    def add(step):
        shaped_sum[step.running] += step.rewards[step.running]

    shaped = play(policy, "lander_envs/ShapedLander-v0", {}, 4, 0, on_step=add)
    assert shaped == raw
    assert not np.allclose(shaped_sum, [episode.episodic_return for episode in raw])


def test_the_backend_of_an_environment_is_named() -> None:
    assert backend_of(LANDER, {}) == "native"
    assert backend_of(LANDER, {"backend": "box2d"}) == "box2d"
    assert backend_of("CartPole-v1", {}) == "its own"


def test_rendered_environments_are_single_ones() -> None:
    envs = loop.make_envs(LANDER, {"render_mode": "rgb_array_list"}, 1)
    assert isinstance(envs, gym.vector.SyncVectorEnv)
    envs.close()


def test_episodes_are_read_as_they_were_written(tmp_path) -> None:
    played = [Episode(5, -1 / 3, 70, "crashed", False), Episode(6, 250.1, 200, "landed", True)]
    path = tmp_path / "episodes.csv"
    path.write_text(write_rows(Episode._fields, played))
    assert read_episodes(path) == played
    numbers = {"touchdown_speed": 0.1 + 0.2, "fuel": 33.3, "main_engine": 1 / 3, "left_engine": 0.0}
    measured = [episode._replace(**numbers, right_engine=0.25) for episode in played]
    path.write_text(write_rows(Episode._fields, measured))
    assert read_episodes(path) == measured


def test_a_score_without_touchdown_speed_and_fuel_is_still_read(tmp_path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("seed,episodic_return,length,outcome,on_pad\n1,2.5,3,landed,True\n")
    assert read_episodes(path) == [Episode(1, 2.5, 3, "landed", True)]


def test_episodes_are_compared_in_what_was_measured_of_both() -> None:
    old = Episode(1, 2.5, 3, "landed", True)
    new = old._replace(touchdown_speed=0.4, fuel=30.0)
    assert is_same(old, new)
    assert is_same(new, old)
    assert not is_same(new, new._replace(fuel=31.0))
    assert not is_same(new, old._replace(length=4))


def test_a_table_of_something_else_is_refused(tmp_path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("seed,length\n1,2\n")
    with pytest.raises(ValueError, match=r"other.csv has no column 'episodic_return'"):
        read_episodes(path)
