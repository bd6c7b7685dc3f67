"""Committed results: written once, read back, joined seed by seed, and as small as they can be."""

import gzip
import json

import pytest

from baselines.results.run_folder import CURVE_POINTS
from baselines.results.store import (
    COMMITTED,
    ROOT,
    add_result,
    compact_json,
    episodes_file,
    read_all,
    read_result,
    write_result,
)
from baselines.runs.config import ConfigError
from lander_envs.scoring.statistics import (
    BOX2D_EPISODES,
    SCORING_SEED,
    summary,
)
from tests.baselines import made_up

ALL = read_all(COMMITTED)


@pytest.mark.parametrize("measured", [(), (1.25, 33.5)])
def test_a_result_is_read_as_it_was_written(tmp_path, measured) -> None:
    result = made_up.result(tmp_path, box2d=made_up.PLAYED, measured=measured)
    write_result(tmp_path / "new", result)
    again = read_result(tmp_path / "new", "lander_ppo")
    assert (again.settings, again.seeds) == (result.settings, result.seeds)
    assert again.episodes == result.episodes


def test_equal_results_give_equal_bytes(tmp_path) -> None:
    result = made_up.result(tmp_path)
    written = []
    for name in ("a", "b"):
        write_result(tmp_path / name, result)
        paths = sorted((tmp_path / name).iterdir())
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]
    assert [path.name for path in paths] == ["lander_ppo.csv.gz", "lander_ppo.json"]


def test_a_seed_joins_those_that_are_there_and_replaces_its_own(tmp_path) -> None:
    runs = tmp_path / "results"
    for seed, value in ((2, 100.0), (1, 200.0), (2, 300.0)):
        run = made_up.result(tmp_path / str(value), seed=seed, played=[(value, "landed")])
        add_result(runs, run)
    joined = read_result(runs, "lander_ppo")
    assert [(record.seed, record.mean_return) for record in joined.seeds] == [(1, 200), (2, 300)]
    assert sorted(joined.episodes) == [1, 2]


def test_seeds_of_other_settings_are_not_joined(tmp_path) -> None:
    runs = tmp_path / "results"
    add_result(runs, made_up.result(tmp_path / "a", seed=1, gamma=0.9))
    with pytest.raises(ConfigError, match=r"lander_ppo.json were trained with another gamma"):
        add_result(runs, made_up.result(tmp_path / "b", seed=2, gamma=0.99))
    add_result(runs, made_up.result(tmp_path / "c", seed=1, gamma=0.99))  # none is left of 0.9
    add_result(runs, made_up.result(tmp_path / "d", seed=2, gamma=0.99, new_setting=1))


def test_seeds_that_were_evaluated_over_other_episodes_are_not_joined(tmp_path) -> None:
    # Their steps to 200 mean something else.
    runs = tmp_path / "results"
    add_result(runs, made_up.result(tmp_path / "a", seed=1))
    with pytest.raises(ConfigError, match=r"were trained with another eval_episodes"):
        add_result(runs, made_up.result(tmp_path / "b", seed=2, eval_episodes=16))


def test_lists_of_numbers_stand_on_one_line() -> None:
    text = compact_json({"a": [1, 2, None], "b": [{"c": []}]}).decode()
    assert json.loads(text) == {"a": [1, 2, None], "b": [{"c": []}]}
    assert '"a": [1, 2, null]' in text


def test_a_file_of_something_else_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="there is no result in"):
        read_all(tmp_path)
    (tmp_path / "x.json").write_text('{"seeds": [{}]}')
    with pytest.raises(ValueError, match=r"x.json is no result of a config"):
        read_all(tmp_path)


def test_damaged_episodes_are_refused(tmp_path) -> None:
    write_result(tmp_path, made_up.result(tmp_path / "run"))
    table = episodes_file(tmp_path, "lander_ppo")
    whole = table.read_bytes()
    flipped = bytes([*whole[:20], whole[20] ^ 255, *whole[21:]])
    for damaged in (whole[:-9], flipped, gzip.compress(b"a,b\n1,2\n"), b"text"):
        table.write_bytes(damaged)
        with pytest.raises((ValueError, OSError), match=r"lander_ppo.csv.gz|gzip"):
            read_result(tmp_path, "lander_ppo")


def test_episodes_of_other_seeds_than_the_scores_are_refused(tmp_path) -> None:
    write_result(tmp_path / "a", made_up.result(tmp_path / "run", seed=1))
    write_result(tmp_path / "b", made_up.result(tmp_path / "run2", seed=2))
    table = episodes_file(tmp_path / "a", "lander_ppo")
    table.write_bytes(episodes_file(tmp_path / "b", "lander_ppo").read_bytes())
    with pytest.raises(ValueError, match=r"hold the seeds of lander_ppo.json, \[1\], got \[2\]"):
        read_result(tmp_path / "a", "lander_ppo")


@pytest.mark.parametrize("name", ALL)
def test_a_committed_result_sums_up_its_episodes(name) -> None:
    result = ALL[name]
    for record in result.seeds:
        backends = result.episodes[record.seed]
        assert list(backends) == (["native", "box2d"] if result.is_lander else ["its own"])
        for (backend, episodes), count in zip(
            backends.items(), (result.num_episodes, BOX2D_EPISODES), strict=False
        ):
            seeds = [episode.seed for episode in episodes]
            assert seeds == list(range(SCORING_SEED, SCORING_SEED + count))
            kept = {key: record.scores[backend][key] for key in summary(episodes)}
            assert kept == pytest.approx(summary(episodes), abs=0.01)  # returns are rounded
        if result.is_lander:
            assert backends["box2d"] == backends["native"][:BOX2D_EPISODES]
            assert record.differ_on_box2d == 0
        assert len(record.training.steps) <= CURVE_POINTS


def test_committed_json_is_strict() -> None:
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    for path in ROOT.rglob("*.json"):
        json.loads(path.read_text(), parse_constant=refuse)


def test_committed_results_are_light() -> None:
    num_seeds = sum(len(result.seeds) for result in ALL.values())
    # The 1,100 episodes of a score take up to 21 KB, its curves and sums in JSON included.
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 21_000 * num_seeds
    for name in ALL:
        assert gzip.decompress(episodes_file(COMMITTED, name).read_bytes()).startswith(b"training_")
