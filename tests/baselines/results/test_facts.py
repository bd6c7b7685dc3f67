"""Facts: numbers by name, from the data of every command."""

import json

import pytest

from baselines.results import facts
from baselines.results.store import COMMITTED, ROOT, read_all
from tests.baselines import made_up


@pytest.fixture
def results(tmp_path):
    """A solved variant, one that is not, and a peer that is better than both."""
    played = {"solved": 240.0, "missed": 190.0, "peer": 300.0}
    ids = {"solved": "Lander-v0", "missed": "PixelLander-v0", "peer": "Lander-v0"}
    return {
        name: made_up.result(
            tmp_path,
            name,
            played=[(value, "landed")] * 2,
            env_id=f"lander_envs/{ids[name]}",
            algorithm="sb3" if name == "peer" else "ppo",
        )
        for name, value in played.items()
    }


def test_the_best_of_a_variant_is_ours(results) -> None:
    best = facts.best_of_variants(results)
    assert {slug: result.name for slug, result in best.items()} == {
        "lander": "solved",
        "pixel_lander": "missed",
    }


def test_an_agent_with_a_hand_made_feature_is_the_best_only_where_no_other_solves(
    tmp_path, results
) -> None:
    for name, value, settings in [
        ("crop", 280.0, {"env_id": "lander_envs/PixelLander-v0", "encoder": "motion_crop"}),
        ("change", 290.0, {"env_id": "lander_envs/Lander-v0", "change_gain": 50.0}),
    ]:
        played = [(value, "landed")] * 2
        results[name] = made_up.result(tmp_path, name, played=played, **settings)
    best = facts.best_of_variants(results)
    assert (best["lander"].name, best["pixel_lander"].name) == ("solved", "crop")


def test_a_score_over_few_episodes_is_the_best_only_where_no_agent_has_a_whole_one(
    tmp_path, results
) -> None:
    assert facts.best_of_variants(results)["lander"].num_episodes == 2
    played = [(230.0, "landed")] * 1000
    whole = made_up.result(tmp_path, "whole", played=played, env_id="lander_envs/Lander-v0")
    best = facts.best_of_variants({**results, "whole": whole})
    assert best["lander"].name == "whole"


def test_the_headline_counts_the_variants_that_are_solved(results) -> None:
    assert facts.headline(results) == (
        "Reference agents solve 1 of 2 variants: the best agent of each has a mean return of "
        "190 to 240 over its training seeds, where 200 counts as solved.\n"
    )
    del results["missed"]
    assert "solve all 1 variants" in facts.headline(results)


def test_agents_are_counted_and_described(results) -> None:
    found = facts.all_facts(results, ROOT, ["solved"])
    assert (found["agent_count"], found["peer_count"], found["run_count"]) == ("2", "1", "3")
    assert found["pretrained_count"] == "1"
    assert (found["best_agent"], found["best_mean"]) == ("solved", "240.0")
    assert found["pixel_lander_best_agent"] == "missed"
    assert (found["solved_mean"], found["solved_spread"], found["solved_seeds"]) == (
        "240.0",
        "-",
        "1",
    )
    assert (found["solved_steps"], found["solved_seconds"]) == ("200", "20")
    assert found["solved_steps_to_solved"] == "200"
    assert "solved_floor" not in found


def test_ratios_are_of_medians_and_have_two_digits(tmp_path) -> None:
    assert [facts.ratio_text(ratio) for ratio in (2.693, 9.99, 16.08, 509.02)] == [
        *("2.7", "10", "16", "509")
    ]
    found = facts.all_facts(read_all(COMMITTED), ROOT, [])
    groups = json.loads((ROOT / "speed.json").read_text())["groups"]
    group = groups["one env through gym.make, random actions"]
    expected = group["Gymnasium, 1 env"] / group["lander_envs, native, 1 env"]
    assert found["speed_single"] == f"{expected:.1f}"


def test_the_lake_is_described_by_mean_spread_and_ends(tmp_path, results) -> None:
    for name in ("speed.json", "learning_speed.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    table = "seed,last_table,mean_table\n1,0.5,0.7\n2,0.7,0.7\n"
    (tmp_path / "frozen_lake.csv").write_text(table)
    found = facts.all_facts(results, tmp_path, [])
    last = [f"frozen_lake_last_table_{key}" for key in ("mean", "spread", "lowest", "highest")]
    assert [found[key] for key in last] == ["60.0", "10.0", "50.0", "70.0"]
    assert found["frozen_lake_mean_table_spread"] == "0.0"


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
