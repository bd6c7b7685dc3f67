"""Tabular Q-learning against numbers worked by hand, and on the lake."""

import csv

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from baselines.algorithms import q_learning
from baselines.algorithms.q_learning import Settings, TablePolicy, play_and_learn


class Corridor(gym.Env):
    """States 0 and 1, then the end: 1 for the last step. ``limited`` ends it by truncation."""

    observation_space = spaces.Discrete(3)
    action_space = spaces.Discrete(1)

    def __init__(self, limited: bool = False) -> None:
        self.limited = limited

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = 0
        return 0, {}

    def step(self, action):
        self.state += 1
        ended = self.state == 2
        return self.state, float(ended), ended and not self.limited, ended and self.limited, {}


def after(episodes: int, env: gym.Env, values: list[float]) -> list[float]:
    table = np.array(values)[:, None]
    settings = Settings(learning_rate=0.5, gamma=0.5)
    for _ in range(episodes):
        play_and_learn(env, table, 0.0, np.random.default_rng(0), settings)
    return table[:, 0].tolist()


def test_values_move_half_way_to_reward_plus_discounted_next_value() -> None:
    # First episode: state 1 to 0.5; second: 0.5 * 0.5 * 0.5 for state 0, and 0.75.
    assert after(1, Corridor(), [0.0, 0.0, 0.0]) == [0.0, 0.5, 0.0]
    assert after(2, Corridor(), [0.0, 0.0, 0.0]) == [0.125, 0.75, 0.0]


def test_only_a_truncated_episode_bootstraps_from_its_last_state() -> None:
    assert after(1, Corridor(), [0.0, 0.0, 8.0])[1] == 0.5
    assert after(1, Corridor(limited=True), [0.0, 0.0, 8.0])[1] == 0.5 * (1 + 0.5 * 8)


def test_the_mean_table_averages_the_second_half() -> None:
    settings = Settings(learning_rate=0.5, gamma=0.5, episodes=4)
    tables = q_learning.train(Corridor(), 0, settings)
    # State 1 after each episode: 1/2, 3/4, 7/8, 15/16; the mean of the last two.
    assert tables.last[1, 0] == 15 / 16
    assert tables.mean[1, 0] == pytest.approx((7 / 8 + 15 / 16) / 2)


def test_the_policy_takes_the_best_action_of_each_state() -> None:
    policy = TablePolicy(np.array([[0.0, 1.0], [3.0, 2.0], [1.0, 1.0]]))
    assert policy.act(np.array([0, 1, 2, 0])).tolist() == [1, 0, 0, 1]


def test_the_lake_is_crossed_two_times_in_three(tmp_path, capsys) -> None:
    out = tmp_path / "new" / "lake.csv"
    assert q_learning.main(seeds=1, episodes=200, out=out) == 0
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert float(row["mean_table"]) > 0.65
    assert "over 1 seeds" in capsys.readouterr().out


def test_the_spread_is_that_of_a_sample_as_the_published_one(monkeypatch, capsys) -> None:
    rates = iter([0.7, 0.6, 0.8, 0.8])  # of the last and the mean table, for two seeds
    monkeypatch.setattr(q_learning, "train", lambda *_: q_learning.Tables(None, None))
    monkeypatch.setattr(q_learning, "_win_rate", lambda *_: next(rates))
    assert q_learning.main(seeds=2) == 0
    printed = capsys.readouterr().out
    assert "last_table: 75.0% +- 7.1% over 2 seeds" in printed  # 0.1 over the root of 2
    assert "mean_table: 70.0% +- 14.1% over 2 seeds" in printed


def model_of_the_lake():
    """Transition probabilities and winning probabilities, (16, 4, 16) and (16, 4)."""
    moves, wins = np.zeros((16, 4, 16)), np.zeros((16, 4))
    for state, actions in gym.make("FrozenLake-v1").unwrapped.P.items():
        for action, outcomes in actions.items():
            for probability, following, reward, ends in outcomes:
                moves[state, action, following] += probability * (not ends)
                wins[state, action] += probability * reward
    return moves, wins


def win_probability(policy: np.ndarray) -> float:
    """Win probability of a policy (16, 4) within an episode's 100 steps, by dynamic programming."""
    moves, wins = model_of_the_lake()
    value = np.zeros(16)
    for _ in range(100):
        value = (policy * (wins + moves @ value)).sum(axis=1)
    return value[0]


def test_what_can_be_won_on_the_lake() -> None:
    moves, wins = model_of_the_lake()
    assert win_probability(np.full((16, 4), 0.25)) == pytest.approx(0.014, abs=5e-4)
    # The policy that is best for the discount of the settings, and the best with a clock.
    values = np.zeros((16, 4))
    for _ in range(2_000):
        values = wins + Settings().gamma * moves @ values.max(axis=1)
    assert win_probability(np.eye(4)[values.argmax(axis=1)]) == pytest.approx(0.730, abs=5e-4)
    best = np.zeros(16)
    for _ in range(100):
        best = (wins + moves @ best).max(axis=1)
    assert best[0] == pytest.approx(0.744, abs=5e-4)
