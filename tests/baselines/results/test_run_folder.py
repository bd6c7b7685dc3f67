"""Folders of runs: what is read, thinned and counted."""

import math

import pytest

from baselines.results.run_data import Curve, Passage
from baselines.results.run_folder import read_health, read_run, thin
from tests.baselines import made_up


def test_a_run_is_read_with_its_score_its_passage_and_its_curves(tmp_path) -> None:
    result = made_up.result(tmp_path, seed=3)
    (record,) = result.seeds
    assert (result.name, record.seed, record.steps, record.seconds) == ("lander_ppo", 3, 200, 20.0)
    assert list(record.scores) == ["native"]
    assert record.mean_return == 50.0
    assert record.first_solved == Passage(steps=200, seconds=20.0)
    assert record.evaluation == Curve(steps=[100, 200], returns=[150.0, 250.0])
    assert record.differ_on_box2d is None
    assert "seed" not in result.settings


def test_episodes_that_box2d_plays_otherwise_are_counted(tmp_path) -> None:
    box2d = (*made_up.PLAYED[:3], (-300.0, "crashed"))
    (record,) = made_up.result(tmp_path, box2d=box2d).seeds
    assert record.differ_on_box2d == 1
    assert record.scores["box2d"]["mean_return"] == 75.0
    assert record.worst_mean == 50.0


def test_box2d_may_play_the_first_episodes_alone(tmp_path) -> None:
    few = made_up.result(tmp_path / "few", box2d=made_up.PLAYED[:1])
    assert few.seeds[0].differ_on_box2d == 0
    with pytest.raises(ValueError, match="the score on Box2D has seeds that the other score lacks"):
        made_up.result(tmp_path / "more", played=made_up.PLAYED[:1], box2d=made_up.PLAYED)


def test_a_run_that_never_reaches_the_threshold_has_no_passage(tmp_path) -> None:
    result = made_up.result(tmp_path, evaluations=[(100, 199.9)])
    assert result.seeds[0].first_solved is None


def test_a_long_curve_is_thinned_to_means_at_the_last_of_their_steps() -> None:
    nan = math.nan
    rows = [{"steps": 10 * i, "r": r} for i, r in enumerate([1, 3, nan, 5, nan, nan])]
    assert thin(rows, "r", points=3) == Curve(steps=[10, 30, 50], returns=[2.0, 5.0, None])


def test_a_short_curve_is_kept_as_it_is() -> None:
    rows = [{"steps": 1, "r": 0.123}, {"steps": 2, "r": 4.0}]
    assert thin(rows, "r") == Curve(steps=[1, 2], returns=[0.12, 4.0])


def test_a_folder_that_is_no_run_is_refused(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        read_run(tmp_path)
    run = made_up.write_run(tmp_path)
    (run / "run.json").write_text('{"config": {"seed": 1}}')
    with pytest.raises(ValueError, match="is no run: it lacks 'env_id'"):
        read_run(run)
    (run / "run.json").write_text("[]")
    with pytest.raises(ValueError, match=r"is no run: run.json holds something else"):
        read_run(run)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("training.csv", "training.csv is damaged: row 2 is unfinished"),
        ("evaluation.csv", "evaluation.csv is damaged: row 2 is unfinished"),
        ("episodes.csv", "episodes.csv is damaged: its last row is unfinished"),
        ("episodes_box2d.csv", "episodes_box2d.csv is damaged: its last row is unfinished"),
    ],
)
@pytest.mark.parametrize("cut", [1, 3, 8])
def test_a_table_whose_last_row_was_cut_off_is_refused(table, told, cut, tmp_path) -> None:
    run = made_up.write_run(tmp_path, box2d=made_up.PLAYED)
    whole = (run / table).read_bytes().replace(b"\r\n", b"\n")
    (run / table).write_bytes(whole[:-cut])
    with pytest.raises(ValueError, match=told):
        read_run(run)


def test_a_table_without_a_row_is_refused(tmp_path) -> None:
    run = made_up.write_run(tmp_path)
    (run / "training.csv").write_text("steps,seconds,episodic_return\n")
    with pytest.raises(ValueError, match=r"training.csv has no row"):
        read_run(run)


def test_the_health_of_a_run_has_its_rows_and_the_bands_of_its_actions(tmp_path) -> None:
    run = made_up.write_run(tmp_path, seed=2, env_kwargs={"continuous": True})
    assert read_health(run) is None  # no column of PPO
    metrics = ("approx_kl", "clip_fraction", "entropy", "explained_variance")
    made_up.write_table(run / "training.csv", [{"steps": 100, **dict.fromkeys(metrics, 0.5)}])
    health = read_health(run)
    assert health is not None
    assert health.name == "lander_ppo-seed2"
    assert health.rows == [{"steps": 100.0, **dict.fromkeys(metrics, 0.5)}]
    assert [band.metric for band in health.bands] == [m for m in metrics if m != "entropy"]
