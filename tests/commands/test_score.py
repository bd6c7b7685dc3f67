"""Command ``score``."""

import json

import pytest

import lander_envs
from lander_envs.cli import main
from lander_envs.commands.score import episodes_hash
from lander_envs.scoring.episodes import Episode

EPISODES = ["--episodes", "5"]


def scored(capsys, *arguments):
    assert main(["score", *arguments, *EPISODES, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_score_has_statistics_version_and_hash(capsys) -> None:
    found = scored(capsys, "lander")
    assert found["policy"] == "lander"
    assert found["version"] == lander_envs.__version__
    assert (found["episodes"], found["first_seed"]) == (5, 2_000_000)
    assert found["mean_return"] > 200
    assert len(found["episodes_sha256"]) == 64
    assert scored(capsys, "lander") == found


def test_both_backends_give_the_same_episodes(capsys) -> None:
    one, other = (scored(capsys, "heuristic", "--backend", name) for name in ("native", "box2d"))
    assert one["episodes_sha256"] == other["episodes_sha256"]


def test_one_episode_has_no_interval(capsys) -> None:
    assert main(["score", "heuristic", "--episodes", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ci_low"] is None
    assert main(["score", "heuristic", "--episodes", "1"]) == 0
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "ci_low" in line)
    assert row.split("│")[2].strip() == "-"


def test_a_table_is_shown_without_json(capsys) -> None:
    assert main(["score", "random", *EPISODES]) == 0
    out = capsys.readouterr().out
    assert "random on lander_envs/Lander-v0" in out
    assert "mean_return" in out


def test_the_hash_is_that_of_every_episode() -> None:
    episodes = [Episode(1, 2.0, 3, "landed", True, 0.5, 6.0)]
    changed = [episodes[0]._replace(length=4)]
    assert episodes_hash(episodes) != episodes_hash(changed)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lander", "--episodes", "0"], "episodes must be an integer from 1 to 100000, got 0"),
        (["lander", "--first-seed", "-1"], "first-seed must be an integer at least 0, got -1"),
        (
            ["lander", "--backend", "bullet"],
            "backend must be one of 'native', ",
        ),
        (["nobody"], "agent must be one of lander"),
        (
            ["no.onnx"],
            "no.json, the card of an ONNX file, cannot be read: No such file",
        ),
        (["lander", "--env-id", "Lander-v0"], "an agent brings its environment"),
    ],
)
def test_bad_requests_end_with_status_2_and_one_sentence(arguments, told, capsys) -> None:
    assert main(["score", *arguments]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
