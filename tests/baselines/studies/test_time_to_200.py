"""Time to 200: what is trained, kept and compared."""

import json

import pytest

from baselines.results.store import ROOT
from baselines.runs.config import ConfigError
from baselines.studies import time_to_200
from baselines.studies.time_to_200 import LEARNERS, Learner, measure
from tests.baselines.made_up import cells

TINY = {"num_envs": 4, "num_steps": 16, "hidden": [4], "minibatch_size": 32, "update_epochs": 1}


def test_a_run_that_is_stopped_has_the_steps_and_the_return_of_its_last_evaluation() -> None:
    run = measure(Learner("x", "lander_ppo", {**TINY, "eval_interval": 64}), seed=3, steps=128)
    assert (run["seed"], run["steps"]) == (3, 128)
    assert run["seconds"] >= 0
    assert run["mean_return"] < 200


def test_a_run_of_fixed_length_is_scored(monkeypatch) -> None:
    monkeypatch.setattr(time_to_200, "SCORED_EPISODES", 2)
    changes = {**TINY, "total_steps": 128}
    run = measure(Learner("x", "lander_ppo_fast", changes, has_fixed_length=True), 1, steps=999)
    assert run["steps"] == 128
    assert run["mean_return"] < 200


def test_peers_are_trained_like_our_own() -> None:
    changes = {"num_envs": 2, "settings": {"n_steps": 32, "batch_size": 64, "n_epochs": 1}}
    run = measure(Learner("x", "sb3_lander_ppo_zoo", {**changes, "log_interval": 64}), 1, 128)
    assert run["steps"] == 128


def test_a_learner_measured_again_replaces_its_row_and_leaves_the_others(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(time_to_200, "measure", made_up_run)
    out = tmp_path / "time.md"
    time_to_200.main(seeds=(1, 2, 3), learners=("ours_fast", "sb3_gymnasium"), out=out)
    time_to_200.main(seeds=(4,), learners=("sb3_gymnasium",), out=out)
    table = out.read_text()
    assert cells(table, LEARNERS["ours_fast"].label)[:4] == ["3", "1,000", "2.0 s", "200"]
    assert cells(table, LEARNERS["sb3_gymnasium"].label)[:4] == ["1", "100", "4.0 s", "400"]


def test_a_run_under_200_has_not_reached_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(time_to_200, "measure", made_up_run)
    out = tmp_path / "time.md"
    time_to_200.main(seeds=(-1, 5), learners=("ours_native",), out=out)
    assert cells(out.read_text(), LEARNERS["ours_native"].label)[2] == "not reached"


def made_up_run(learner, seed, steps):
    return {
        "seed": seed,
        "seconds": float(seed),
        "steps": 100 * seed,
        "mean_return": 200.0 + seed,
    }


def test_an_unknown_learner_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"learners must be of ours_fast, .*, got theirs"):
        time_to_200.main(learners=("theirs",), out=tmp_path / "x.md")


def test_steps_are_refused_where_every_length_is_fixed(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"^steps: only with a learner .* fixed, got 1000$"):
        time_to_200.main(learners=("ours_fast",), steps=1000, out=tmp_path / "table.md")
    assert list(tmp_path.iterdir()) == []


def test_the_committed_table_is_that_of_the_committed_data() -> None:
    data = json.loads((ROOT / "time_to_200.json").read_text())
    assert (ROOT / "time_to_200.md").read_text() == time_to_200.table(data)
