"""Use of memory: the probe against numbers worked by hand, and a trained agent."""

import json

import numpy as np
import pytest

from baselines.results import pretrained
from baselines.results.store import ROOT
from baselines.studies import recurrent_state as study
from baselines.studies.recurrent_state import Forgetful, fly, is_recurrent, main, r_squared
from lander_envs.scoring.policy import Policy

AGENT = "masked_velocity_lander_lstm_ppo"


def test_the_probe_explains_what_is_linear_and_nothing_of_what_is_not_there() -> None:
    rng = np.random.default_rng(0)
    inputs, new = rng.normal(size=(2, 4000, 3))
    linear = np.array([[2.0], [-1.0], [0.0]])
    noise, new_noise = rng.normal(size=(2, 4000, 1))
    targets = np.hstack([inputs @ linear, inputs @ linear + np.sqrt(5) * noise, noise])
    # The second target's variance is 5 + 5, half of it noise.
    new_targets = np.hstack([new @ linear, new @ linear + np.sqrt(5) * new_noise, new_noise])
    explained = r_squared(inputs, targets, new, new_targets)
    assert explained == pytest.approx([1.0, 0.5, 0.0], abs=0.03)


def test_a_forgetful_policy_starts_before_each_decision() -> None:
    class Counting(Policy):
        def start(self) -> None:
            self.steps = 0

        def act(self, obs):
            self.steps += 1
            return np.full(len(obs), self.steps)

    policy = Forgetful(Counting())
    assert [policy.act(np.zeros((2, 1))).tolist() for _ in range(3)] == [[1, 1]] * 3


def test_the_committed_lstm_keeps_velocities_that_its_observation_lacks() -> None:
    agent = pretrained.load(AGENT)
    seen, other = fly(agent, 32, first_seed=0), fly(agent, 32, first_seed=32)
    assert (seen.obs[:, [2, 3, 5]] == 0).all()  # its velocities are masked
    remembered = r_squared(
        seen.hidden_states, seen.velocities, other.hidden_states, other.velocities
    )
    observed = r_squared(seen.obs, seen.velocities, other.obs, other.velocities)
    assert (remembered[:2] > observed[:2] + 0.1).all()


def test_agents_without_memory_are_left_out() -> None:
    assert is_recurrent(pretrained.load(AGENT))
    assert not is_recurrent(pretrained.load("lander_ppo"))


def test_the_table_has_a_row_an_agent(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pretrained, "committed", lambda: ["lander_ppo", AGENT])
    main(episodes=4, probe_episodes=4, out=tmp_path / "table.md")
    rows = (tmp_path / "table.md").read_text().splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == [f"`{AGENT}`"]
    episodes, score, wiped = (float(cell) for cell in rows[0].split("|")[2:5])
    assert episodes == 4
    assert wiped < score


def test_rows_of_other_agents_stay(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(study, "row", lambda name, *_: [name, *["1"] * 9])
    out = tmp_path / "table.md"
    for name in ("lstm_fast", AGENT):
        main(agents=(name,), out=out)
    assert [line.split("|")[1].strip() for line in out.read_text().splitlines()[2:]] == [
        "lstm_fast",
        AGENT,
    ]
    with pytest.raises(ValueError, match=r"agents must be of .*lstm_fast.*, got lander_ppo"):
        main(agents=("lander_ppo",), out=out)


def test_the_committed_table_is_that_of_the_committed_rows() -> None:
    rows = json.loads((ROOT / "recurrent_state.json").read_text())
    assert (ROOT / "recurrent_state.md").read_text() == study.table(rows)
