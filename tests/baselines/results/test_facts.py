"""Facts: numbers by name, from the data of the commands that measure."""

import json

import pytest

from baselines.results import facts
from baselines.results.run_data import ConfigResult
from baselines.results.store import ROOT
from tests.baselines import made_up


@pytest.fixture
def results(tmp_path):
    """The short continuous agent alone, with seeds of 4 and 6 training episodes."""
    runs = [
        made_up.result(tmp_path, "continuous_short", seed, played, evaluations=[(steps, 0.0)])
        for seed, played, steps in ((1, [(250.0, "landed")], 200), (2, [(210.0, "landed")], 300))
    ]
    episodes = {**runs[0].episodes, **runs[1].episodes}
    seeds = [run.seeds[0] for run in runs]
    return {"continuous_short": ConfigResult(runs[0].settings, seeds, episodes)}


def test_ratios_are_of_medians_and_have_two_digits(results) -> None:
    assert [facts.ratio_text(ratio) for ratio in (2.693, 9.99, 16.08, 509.02)] == [
        *("2.7", "10", "16", "509")
    ]
    found = facts.all_facts(results, ROOT)
    groups = json.loads((ROOT / "speed.json").read_text())["groups"]
    group = groups["one env through gym.make, random actions"]
    expected = group["Gymnasium, 1 env"] / group["lander_envs, native, 1 env"]
    assert found["speed_single"] == f"{expected:.1f}"


def test_the_lake_is_described_by_mean_spread_and_ends(tmp_path, results) -> None:
    for name in ("speed.json", "learning_speed.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    table = "seed,last_table,mean_table\n1,0.5,0.7\n2,0.7,0.7\n"
    (tmp_path / "frozen_lake.csv").write_text(table)
    found = facts.all_facts(results, tmp_path)
    last = [f"frozen_lake_last_table_{key}" for key in ("mean", "spread", "lowest", "highest")]
    assert [found[key] for key in last] == ["60.0", "14.1", "50.0", "70.0"]
    assert found["frozen_lake_mean_table_spread"] == "0.0"


def test_the_short_continuous_agent_is_described_by_its_longest_and_its_lowest_seed(
    results,
) -> None:
    found = facts.all_facts(results, ROOT)
    keys = [f"continuous_short_{key}" for key in ("seeds", "episodes", "lowest")]
    assert [found[key] for key in keys] == ["2", "6", "210.0"]


@pytest.mark.parametrize("name", ["speed", "learning_speed"])
def test_the_pages_of_speeds_have_the_data_beside_them(name) -> None:
    groups, group, rows = json.loads((ROOT / f"{name}.json").read_text())["groups"], "", 0
    for line in (ROOT / f"{name}.md").read_text().splitlines():
        if line.startswith("**"):
            group = line.strip("*")
        elif " µs |" in line:
            label, took, _, _ = line.strip("| ").split(" | ")
            microseconds = float(took.removesuffix(" µs").replace(",", ""))
            assert groups[group][label] == pytest.approx(microseconds, abs=0.006)
            rows += 1
    assert rows == sum(map(len, groups.values()))
