"""The main job: trains, scores, plots and films, and fails where a part of it does."""

import yaml

from baselines import land


def small(tmp_path, monkeypatch):
    """The main job with a config that is trained in a second."""
    path = tmp_path / "small.yaml"
    settings = {"name": "lander_ppo", "total_steps": 64, "num_envs": 4, "num_steps": 16}
    path.write_text(yaml.dump({**settings, "hidden": [4], "eval_episodes": 2}))
    monkeypatch.setattr(land, "_CONFIG", path)


def test_a_run_is_trained_scored_plotted_and_filmed_once(tmp_path, monkeypatch, capsys) -> None:
    small(tmp_path, monkeypatch)
    assert land.main(seed=2, runs=tmp_path, require=-1000.0) == 0
    run = tmp_path / "lander_ppo-seed2"
    names = {path.name for path in run.iterdir()}
    assert {"learning_curve.png", "health.png", "learning_to_land.gif", "episodes.csv"} <= names
    assert len(list(run.glob("lander*.gif"))) == 1
    capsys.readouterr()
    assert land.main(seed=2, runs=tmp_path, require=-1000.0) == 0
    assert "is trained already" in capsys.readouterr().out


def test_a_mean_under_the_requirement_is_status_1(tmp_path, monkeypatch, capsys) -> None:
    small(tmp_path, monkeypatch)
    assert land.main(runs=tmp_path, require=1000.0) == 1
    assert "under 1000" in capsys.readouterr().err


def test_a_wrong_seed_ends_with_status_2(tmp_path, monkeypatch) -> None:
    small(tmp_path, monkeypatch)
    try:
        status = land.main(seed=200, runs=tmp_path)
    except SystemExit as refused:  # as the command line refuses an override
        status = refused.code
    assert status == 2


def test_a_device_that_is_not_there_ends_with_status_2(tmp_path, monkeypatch, capsys) -> None:
    small(tmp_path, monkeypatch)
    assert land.main(runs=tmp_path, device="cuda:7") == 2
    assert "device: must be cpu or one of the" in capsys.readouterr().err
