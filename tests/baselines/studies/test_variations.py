"""Variations of a config: a run is trained and scored once, and its cells are worked by hand."""

import pytest

from baselines.algorithms.registry import build_config
from baselines.results import scoring
from baselines.results.store import add_result, read_result
from baselines.runs.config import ConfigError
from baselines.runs.names import EPISODES_FILE
from baselines.studies.variations import RESULT_HEADING, result_cells, train_and_score
from tests.baselines import made_up

TINY = made_up.TINY | {"algorithm": "ppo", "name": "tiny", "seed": 4, "total_steps": 64}


def test_a_run_is_trained_and_scored_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(scoring, "SCORED_EPISODES", 3)
    folder = tmp_path / "tiny-seed4"
    times = []
    for _ in range(2):
        train_and_score(build_config(dict(TINY), "tiny"), tmp_path, tmp_path / "results")
        times.append((folder / EPISODES_FILE).stat().st_mtime_ns)
    assert times[0] == times[1]
    (record,) = read_result(tmp_path / "results", "tiny").seeds
    assert (record.seed, record.steps) == (4, 64)
    assert len((folder / EPISODES_FILE).read_text().splitlines()) == 1 + 3
    with pytest.raises(ConfigError, match="holds a run with another gamma"):
        train_and_score(build_config(TINY | {"gamma": 0.5}, "tiny"), tmp_path, tmp_path / "results")


def test_the_median_passage_stands_only_where_all_seeds_passed(tmp_path) -> None:
    for seed, evaluated in ((1, 250.0), (2, 150.0)):
        run = made_up.result(
            tmp_path / str(seed),
            "tiny",
            seed,
            [(240.0, "landed"), (100.0 * seed, "crashed")],
            evaluations=((100, 0.0), (200, evaluated)),
        )
        add_result(tmp_path / "results", run)
    # Means of 170 and 220: 195 +- 35.4 (50 over the root of 2); half of the episodes land.
    half = "50.0\N{NO-BREAK SPACE}%"
    shown = result_cells(read_result(tmp_path / "results", "tiny"))
    assert shown == ["2", "195.0", "170.0", "35.4", half, "1", "-"]
    assert len(shown) == len(RESULT_HEADING)
