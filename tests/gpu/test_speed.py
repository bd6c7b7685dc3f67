"""The speed script of a machine with a GPU, on the stand-in for one."""

import json
import sys

import pytest

from tests.gpu import speed
from tests.gpu.speed import CPU, ENVPOOL, GPU, Case


@pytest.fixture(autouse=True)
def small(monkeypatch) -> None:
    monkeypatch.setattr(speed, "WARM_UP", 1)
    monkeypatch.setattr(speed, "ROUNDS", 1)
    monkeypatch.setattr(speed, "gpu_name", lambda: "stand-in")


WORKS = ["random", "heuristic", "policy", "policy, training"]


@pytest.mark.parametrize("where", [GPU, CPU])
@pytest.mark.parametrize("work", WORKS)
def test_states_are_flown_with_each_work(machine, work, where) -> None:
    assert speed.measured(Case("Lander-v0", work, 8, where, 4), "cpu:0") > 0
    assert bool(machine.launches) == (where == GPU)


@pytest.mark.parametrize("work", ["random", "policy", "policy, training"])
def test_pictures_are_flown_with_each_work(machine, work) -> None:
    assert speed.measured(Case("PixelLander-v0", work, 4, GPU, 4), "cpu:0") > 0


def test_the_table_has_each_row_that_there_was_time_for(machine, monkeypatch, tmp_path, capsys):
    rows = [Case("Lander-v0", "random", 4, where, 2) for where in (GPU, CPU, ENVPOOL)]
    monkeypatch.setattr(speed, "cases", lambda: rows)
    monkeypatch.setattr(speed, "envpool", lambda *_, **__: raise_missing())
    out = tmp_path / "speed.json"
    monkeypatch.setattr(sys, "argv", ["speed", "--device", "cpu:0", "--out", str(out)])
    speed.main()
    told = capsys.readouterr().out
    assert "| Lander-v0 | random | 4 | GPU |" in told
    assert "(EnvPool, random: no EnvPool)" in told
    content = json.loads(out.read_text())
    assert [row[3] for row in content["rows"]] == [GPU, CPU]
    monkeypatch.setattr(sys, "argv", ["speed", "--device", "cpu:0", "--seconds", "0"])
    speed.main()
    assert "(out of time)" in capsys.readouterr().out


def raise_missing() -> None:
    raise ImportError("no EnvPool")


def test_each_work_and_place_has_a_row() -> None:
    rows = speed.cases()
    assert {row.work for row in rows} == set(WORKS)
    assert {row.where for row in rows} == {GPU, CPU, ENVPOOL}
    sizes = [row.num_envs for row in rows if row[:2] == ("Lander-v0", "random") and row[3] == GPU]
    assert sizes == [256, 4_096, 16_384, 65_536, 262_144]
