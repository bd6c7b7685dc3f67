"""The search for settings: what is changed and ranked."""

import imageio.v3 as iio
import pytest

from baselines.results import scoring
from baselines.results.store import ROOT
from baselines.studies import tune_sb3_dqn as experiments
from baselines.studies.tune_sb3_dqn import FIVE, make_config


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Few updates and episodes, so that a run takes a second."""
    real = experiments.make_config

    def quick_config(name, changes, steps, seed):
        config = real(name, {**changes, "buffer_size": 500}, steps, seed)
        return config.model_copy(update={"eval_episodes": 2, "log_interval": 128})

    monkeypatch.setattr(experiments, "make_config", quick_config)


def test_a_run_changes_what_its_name_says_and_nothing_else() -> None:
    config = make_config("x", FIVE["longer_exploration"], 200_000, 1)
    assert config.settings == {"exploration_fraction": 0.3, "exploration_final_eps": 0.02}
    assert config.learning_rate == 1e-4
    faster = make_config("x", FIVE["learning_rate_1e-3"], 200_000, 1)
    assert (faster.learning_rate, faster.settings) == (1e-3, {})


def test_five_runs_are_trained_scored_and_ranked_from_the_best(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(scoring, "SCORED_EPISODES", 2)
    runs, results, out = tmp_path / "runs", tmp_path / "results", tmp_path / "page.md"
    asked = ["five", "--runs", str(runs), "--steps", "256", "--results", str(results)]
    assert experiments.main(asked) == 0
    assert experiments.main(["rank", "--results", str(results), "--out", str(out)]) == 0
    rows = [line.split(" | ") for line in out.read_text().splitlines()[2:7]]
    assert {row[1] for row in rows} == set(FIVE)
    assert {tuple(row[3:5]) for row in rows} == {("1", "2")}
    returns = [float(row[5]) for row in rows]
    assert returns == sorted(returns, reverse=True)
    assert iio.imread(out.with_suffix(".png")).ndim == 3
    assert f"best: {rows[0][1]}" in capsys.readouterr().out
    before = (runs / "sb3_lander_dqn_gamma_0.999-seed1" / "training.csv").read_text()
    assert experiments.main(asked) == 0
    after = (runs / "sb3_lander_dqn_gamma_0.999-seed1" / "training.csv").read_text()
    assert before == after
    capsys.readouterr()
    assert experiments.main([*asked, "--steps", "512"]) == 2
    assert "holds a run with another" in capsys.readouterr().err


def test_runs_that_are_missing_cannot_be_ranked(tmp_path, capsys) -> None:
    assert experiments.main(["rank", "--results", str(tmp_path)]) == 2
    assert "learning_rate_1e-3.json" in capsys.readouterr().err


def test_the_committed_page_is_what_the_committed_results_give() -> None:
    page = experiments.page(experiments.ranking(ROOT / "experiments"))
    assert (ROOT / "experiments.md").read_text() == page
