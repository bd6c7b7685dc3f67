"""Steps to 200, from runs whose evaluations are made up."""

import json

import pytest

from baselines.results.store import ROOT
from baselines.runs.config import ConfigError
from baselines.studies import steps_to_200
from tests.baselines import made_up
from tests.baselines.made_up import cells


def finished(folder, seed, *means, **settings):
    """A finished run with evaluations of these mean returns, 100 steps apart."""
    evaluations = [(100 * (i + 1), mean) for i, mean in enumerate(means)]
    settings = {"eval_episodes": 100, "eval_interval": 100, **settings}
    run = made_up.write_run(folder, seed=seed, evaluations=evaluations, **settings)
    (run / "checkpoints").mkdir()
    (run / "checkpoints" / "final.json").write_text("{}")
    return run


def row(tmp_path, *runs):
    out = tmp_path / "steps.md"
    steps_to_200.main(runs=tuple(runs), out=out)
    return cells(out.read_text(), "`lander_ppo`")


def test_a_run_is_at_200_with_its_first_evaluation_of_at_least_that(tmp_path) -> None:
    runs = (
        finished(tmp_path, 1, 0.0, 199.9, 200.0, 150.0, 260.0),
        finished(tmp_path, 2, 210.0, 250.0),
        finished(tmp_path, 3, 0.0, 240.0, 180.0),
    )
    assert row(tmp_path, *runs) == ["`Lander-v0`", "3", "3", "200", "300", "100", "150.0"]


def test_steps_are_told_only_where_every_seed_reached_200(tmp_path) -> None:
    runs = finished(tmp_path, 1, 210.0), finished(tmp_path, 2, 0.0, 199.0)
    assert row(tmp_path, *runs) == ["`Lander-v0`", "2", "1", "-", "-", "100", "210.0"]


def test_rows_of_other_configs_stay(tmp_path) -> None:
    row(tmp_path, finished(tmp_path, 1, 210.0))
    out = tmp_path / "steps.md"
    steps_to_200.main(runs=(finished(tmp_path, 1, 220.0, name="lander_dqn"),), out=out)
    assert cells(out.read_text(), "`lander_ppo`")[-1] == "210.0"
    assert cells(out.read_text(), "`lander_dqn`")[-1] == "220.0"


@pytest.mark.parametrize("wrong", ["few episodes", "unfinished"])
def test_runs_without_a_sound_passage_are_refused(tmp_path, wrong) -> None:
    run = finished(tmp_path, 1, 210.0, eval_episodes=16 if wrong == "few episodes" else 100)
    if wrong == "unfinished":
        (run / "checkpoints" / "final.json").unlink()
    message = r"eval_episodes must be at least 100, got 16|the run must be finished"
    with pytest.raises(ConfigError, match=message):
        row(tmp_path, run)


def test_the_committed_table_is_that_of_the_committed_data() -> None:
    data = json.loads((ROOT / "steps_to_200.json").read_text())
    assert (ROOT / "steps_to_200.md").read_text() == steps_to_200.table(data)
