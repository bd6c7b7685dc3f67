"""Study of a memory's initialisation: what is trained, left alone and tabulated."""

import pytest

from baselines.results import scoring
from baselines.results.store import add_result
from baselines.runs.config import CONFIGS, read_yaml
from baselines.studies import memory_initialisation as study
from baselines.studies.memory_initialisation import BASE, STARTS, make_config, table_rows
from tests.baselines import made_up
from tests.baselines.made_up import cells


def test_each_start_but_the_shipped_one_switches_off_one_part_or_all() -> None:
    shipped, *others = STARTS.values()
    changed = [sum(a != b for a, b in zip(shipped, start, strict=True)) for start in others]
    assert changed == [1, 1, 1, 3]
    assert make_config(BASE, 3).chrono is None  # the shipped file leaves it open
    assert make_config("no_chrono", 3).name == f"{BASE}_no_chrono"


def test_a_start_is_told_by_the_configs_settings() -> None:
    config = make_config("no_gate_gain", 1)
    assert (config.chrono, config.gate_gain, config.candidate_gain) == (True, 1.0, 4.0)


def test_a_run_is_trained_scored_and_then_left_alone(tmp_path, monkeypatch) -> None:
    tiny = read_yaml(CONFIGS / f"{BASE}.yaml") | made_up.TINY | {"memory_size": 16}
    monkeypatch.setattr(study, "read_yaml", lambda path: tiny)
    monkeypatch.setattr(scoring, "SCORED_EPISODES", 2)
    asked = {"runs": tmp_path, "seeds": (4,), "starts": ("none",), "steps": 64}
    for _ in range(2):
        study.train(**asked, results=tmp_path / "results")
    (row,) = table_rows(tmp_path / "results")
    assert row[:4] == ["no", "1", "1", "1"]


def test_the_table_has_the_scores_and_the_passages(tmp_path) -> None:
    for seed, value in ((1, 240.0), (2, 200.0)):
        name = f"{BASE}_no_chrono"
        run = made_up.result(tmp_path / str(seed), name, seed, [(value, "landed")] * 2)
        add_result(tmp_path / "results", run)
    study.rank(tmp_path / "results", tmp_path / "table.md")
    shown = cells((tmp_path / "table.md").read_text(), "no")
    landed = "100.0\N{NO-BREAK SPACE}%"
    assert shown == ["0.1", "4", "2", "220.0", "200.0", "28.3", landed, "2", "200"]


def test_an_unknown_start_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"starts must be of .*no_chrono.*, got zero"):
        study.train(starts=("zero",), runs=tmp_path)
