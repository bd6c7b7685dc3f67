"""Publishing: committed files come out again, and what may not be committed is refused."""

import csv
import io
import json
import shutil

import pytest

from baselines import publish
from baselines.results import pretrained
from baselines.results.store import COMMITTED, read_result
from lander_envs.scoring.episodes import Episode, write_rows
from lander_envs.scoring.statistics import SCORING_SEED
from tests.baselines import made_up


def put_together(folder, name, seed=1):
    """A run's folder, from what is committed of it."""
    run = folder / f"{name}-seed{seed}"
    shutil.copytree(pretrained.COMMITTED / name, run / "checkpoints")
    result = read_result(COMMITTED, name)
    record = result.record(seed)
    config = {**result.settings, "seed": seed}
    origin = {"machine": record.machine, "versions": record.versions}
    (run / "run.json").write_text(json.dumps({"config": config, **origin}))
    passage = record.first_solved
    for table, curve, column, seconds in (
        ("training", record.training, "episodic_return", record.seconds),
        ("evaluation", record.evaluation, "mean_return", passage.seconds if passage else 0.0),
    ):
        points = zip(curve.steps, curve.returns, strict=True)
        rows = [(steps, seconds, value) for steps, value in points]
        (run / f"{table}.csv").write_text(write_rows(("steps", "seconds", column), rows))
    names = ("episodes.csv", "episodes_box2d.csv")
    for file, played in zip(names, result.episodes[seed].values(), strict=False):
        (run / file).write_text(write_rows(Episode._fields, played))
    return run


def change_config(run, **settings) -> None:
    description = run / "checkpoints" / "final.json"
    config = json.loads(description.read_text())["config"]
    made_up.change(description, config={**config, **settings})


def renumbered(run, seed):
    """The same run, with a copy of its folder, as if it had another training seed."""
    copy = shutil.copytree(run, run.with_name(f"copy-seed{seed}"))
    content = json.loads((copy / "run.json").read_text())
    content["config"]["seed"] = seed
    (copy / "run.json").write_text(json.dumps(content))
    change_config(copy, seed=seed)
    return copy


@pytest.fixture
def run(tmp_path):
    return put_together(tmp_path / "runs", "cartpole_dqn")


def published(runs, tmp_path, *options) -> int:
    paths = [str(path) for path in (runs if isinstance(runs, list) else [runs])]
    folders = ["--results", str(tmp_path / "results")]
    if "--no-weights" not in options:
        folders += ["--agents", str(tmp_path / "agents")]
    return publish.main([*paths, *folders, *options])


def test_publishing_gives_the_committed_files_again(run, tmp_path) -> None:
    assert published(run, tmp_path) == 0
    for path in (pretrained.COMMITTED / "cartpole_dqn").iterdir():
        assert (tmp_path / "agents" / "cartpole_dqn" / path.name).read_bytes() == path.read_bytes()
    again = read_result(tmp_path / "results", "cartpole_dqn")
    committed = read_result(COMMITTED, "cartpole_dqn")
    assert again.settings == committed.settings
    assert again.episodes == {1: committed.episodes[1]}
    assert again.record(1).scores == committed.record(1).scores
    assert again.record(1).training == committed.record(1).training


def test_a_seed_is_added_to_those_that_are_there(run, tmp_path) -> None:
    assert published(run, tmp_path) == 0
    assert published(renumbered(run, 2), tmp_path, "--no-weights") == 0
    joined = read_result(tmp_path / "results", "cartpole_dqn")
    assert [record.seed for record in joined.seeds] == [1, 2]


def test_many_runs_are_published_without_weights_alone(run, tmp_path, capsys) -> None:
    runs = [renumbered(run, seed) for seed in (2, 3)]
    assert published(runs, tmp_path) == 2
    assert "runs: weights are those of one run, got 2 runs" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
    assert published(runs, tmp_path, "--no-weights") == 0
    assert [one.seed for one in read_result(tmp_path / "results", "cartpole_dqn").seeds] == [2, 3]


def test_a_run_without_a_score_is_not_published(run, tmp_path, capsys) -> None:
    (run / "episodes.csv").unlink()
    assert published(run, tmp_path) == 2
    assert (
        "no score in episodes.csv; first: python -m baselines.evaluate" in capsys.readouterr().err
    )
    assert not (tmp_path / "agents").exists()


def test_a_score_of_few_episodes_is_not_published(run, tmp_path, capsys) -> None:
    lines = (run / "episodes.csv").read_text().splitlines()
    (run / "episodes.csv").write_text("\n".join(lines[:51]) + "\n")
    assert published(run, tmp_path) == 2
    assert "must hold 1000 episodes" in capsys.readouterr().err


def test_a_run_under_its_floor_is_published_without_weights_alone(
    run, tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.setattr(publish, "floor_of", lambda name: 501.0)
    assert published(run, tmp_path) == 2
    assert "is under the floor of 501" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
    assert published(run, tmp_path, "--no-weights") == 0
    assert [one.seed for one in read_result(tmp_path / "results", "cartpole_dqn").seeds] == [1]
    assert not (tmp_path / "agents").exists()


@pytest.mark.parametrize("options", [[], ["--no-weights"]])
def test_a_score_of_other_weights_is_not_published(run, tmp_path, capsys, options) -> None:
    rows = [(SCORING_SEED + i, 476 + i % 2, 490, "timeout", False) for i in range(1000)]
    (run / "episodes.csv").write_text(write_rows(Episode._fields, rows))
    assert published(run, tmp_path, *options) == 2
    assert "episodes.csv is not the score of its final checkpoint" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_the_floor_is_that_of_the_config_not_of_the_environment(tmp_path, capsys) -> None:
    run = put_together(tmp_path / "runs", "lander_ppo")
    for name in ("episodes.csv", "episodes_box2d.csv"):
        rows = list(csv.reader(io.StringIO((run / name).read_text())))
        lowered = [rows[0], *([row[0], "230.0", *row[2:]] for row in rows[1:])]
        (run / name).write_text(write_rows(lowered[0], lowered[1:]))
    assert published(run, tmp_path) == 2
    assert "230.0 is under the floor of 260" in capsys.readouterr().err


def test_a_lander_is_published_with_its_score_on_box2d_alone(tmp_path, capsys) -> None:
    run = put_together(tmp_path / "runs", "lander_ppo")
    assert published(run, tmp_path) == 0
    result = read_result(tmp_path / "results", "lander_ppo")
    assert list(result.episodes[1]) == ["native", "box2d"]
    (run / "episodes_box2d.csv").unlink()
    assert published(run, tmp_path) == 2
    assert "--backend box2d --episodes 100 --csv" in capsys.readouterr().err


def test_a_run_of_other_settings_than_its_file_is_not_published(run, tmp_path, capsys) -> None:
    change_config(run, gamma=0.9)
    assert published(run, tmp_path) == 2
    assert "not trained as cartpole_dqn.yaml says, but differs in gamma" in capsys.readouterr().err


def test_committed_agents_are_saved_again_byte_for_byte(tmp_path, capsys) -> None:
    committed = pretrained.COMMITTED / "cartpole_dqn"
    copy = shutil.copytree(committed, tmp_path / "agents" / "cartpole_dqn")
    assert publish.main(["--all", "--agents", str(copy.parent)]) == 0
    for path in committed.iterdir():
        assert (copy / path.name).read_bytes() == path.read_bytes()
    assert capsys.readouterr().out == f"wrote {copy / 'final.json'}\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "give exactly one of runs and --all"),
        (["some-run", "--all"], "give exactly one of runs and --all"),
        (["--all", "--no-weights"], "weights: --all saves nothing but weights, got --no-weights"),
        (["--all", "--results", "x"], "results: --all saves nothing but weights, got x"),
        (["some-run", "--no-weights"], "agents: not with --no-weights, got /"),
    ],
)
def test_options_that_exclude_each_other_are_refused(options, sentence, tmp_path, capsys) -> None:
    assert publish.main([*options, "--agents", str(tmp_path)]) == 2
    assert sentence in capsys.readouterr().err
