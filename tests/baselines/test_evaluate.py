"""The command that scores: what it prints, writes and refuses."""

import csv
import json
import re

import pytest

from baselines import evaluate
from baselines.results import pretrained, scoring

KEYS = [
    *("env_id", "algorithm", "backend", "first_seed", "episodes"),
    *("mean_return", "std_return", "min_return"),
    *("max_return", "win_rate", "ci_low", "ci_high", "landing_rate", "pad_rate"),
    *("crash_rate", "out_of_bounds_rate", "timeout_rate", "mean_length"),
    *("mean_touchdown_speed", "mean_fuel"),
]


def test_json_prints_one_object_with_the_promised_keys(short_run, capsys) -> None:
    assert evaluate.main([str(short_run), "--episodes", "4", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert list(scores) == KEYS
    assert (scores["env_id"], scores["algorithm"], scores["backend"], scores["episodes"]) == (
        "lander_envs/Lander-v0",
        "ppo",
        "native",
        4,
    )


def test_both_backends_give_the_same_score(short_run, capsys) -> None:
    returns = []
    for backend in ("native", "box2d"):
        asked = [str(short_run), "--episodes", "4", "--json", "--backend", backend]
        assert evaluate.main(asked) == 0
        scores = json.loads(capsys.readouterr().out)
        assert scores.pop("backend") == backend
        returns.append(scores)
    assert returns[0] == returns[1]


def test_greedy_scores_repeat_and_sampled_ones_differ(short_run, capsys) -> None:
    outputs = []
    for options in ([], [], ["--sampled"]):
        assert evaluate.main([str(short_run), "--episodes", "4", "--json", *options]) == 0
        outputs.append(json.loads(capsys.readouterr().out)["mean_return"])
    assert outputs[0] == outputs[1] != outputs[2]


def test_the_caller_chooses_the_seeds(short_run, capsys, tmp_path) -> None:
    table = tmp_path / "episodes.csv"
    asked = [str(short_run), "--episodes", "3", "--first-seed", "9000000", "--csv", str(table)]
    assert evaluate.main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["first_seed"] == 9_000_000
    rows = csv.DictReader(table.read_text().splitlines())
    assert [int(row["seed"]) for row in rows] == [9_000_000, 9_000_001, 9_000_002]


def test_random_actions_score_between_minus_250_and_minus_100(capsys) -> None:
    assert evaluate.main(["--random", "--episodes", "50", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert -250 < scores["mean_return"] < -100
    assert scores["algorithm"] == "random"


def test_other_environments_are_played_on_their_own_physics(capsys) -> None:
    asked = ["--random", "--episodes", "50", "--env-id", "CartPole-v1", "--json"]
    assert evaluate.main(asked) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["backend"] == "its own"
    assert 15 < scores["mean_return"] < 40
    assert "mean_fuel" not in scores


@pytest.mark.parametrize("kwargs", ["{}", "{continuous: true}"])
def test_the_heuristic_lands(kwargs, capsys) -> None:
    asked = ["--heuristic", "--env-kwargs", kwargs, "--episodes", "20", "--json"]
    assert evaluate.main([*asked, "--require", "200"]) == 0
    assert json.loads(capsys.readouterr().out)["landing_rate"] >= 0.8


def test_a_mean_under_the_requirement_fails(short_run, capsys) -> None:
    assert evaluate.main([str(short_run), "--episodes", "3", "--require", "200"]) == 1
    assert "under 200" in capsys.readouterr().err


def test_a_row_an_episode_is_written(short_run, tmp_path) -> None:
    path = tmp_path / "new" / "episodes.csv"
    assert evaluate.main([str(short_run), "--episodes", "3", "--csv", str(path), "--json"]) == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["seed"] for row in rows] == ["2000000", "2000001", "2000002"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "exactly one"),
        (["--random", "--heuristic"], "exactly one"),
        (["nowhere"], "there is no config, run or checkpoint 'nowhere'"),
        (["--random", "--episodes", "0"], "episodes must be from 1 to 100,000, got 0"),
        (["--random", "--episodes", "-3"], "episodes must be from 1 to 100,000, got -3"),
        (["--random", "--require", "nan"], "require must be a number, got nan"),
        (["--random", "--csv", "."], "is a folder; give the path of a file"),
        (["--random", "--csv", "/dev/null/x.csv"], "csv must be a folder .* got '/dev/null'"),
        (["--random", "--env-kwargs", "{a: 1, a: 2}"], "the key 'a' is given twice"),
        (["--random", "--env-kwargs", "{nothing: 1}"], "cannot be made: .*'nothing'"),
        (["--random", "--env-kwargs", "{copy: false}"], "copy is no argument of the env"),
        (["--random", "--env-id", "no_such_module:X-v0"], "cannot be made: .*no_such_module"),
        (["--random", "--env-id", "Blackjack-v1"], "observations a Box or Discrete, got"),
        (["cartpole_dqn", "--backend", "box2d"], "backend: CartPole-v1 has its own physics"),
        (["--random", "--env-id", "lander_envs/Nothing-v0"], "Nothing"),
        (["--heuristic", "--env-id", "lander_envs/PixelLander-v0"], "PixelLander"),
        (["--random", "--backend", "pymunk"], "backend"),
        (["--random", "--env-kwargs", "continuous"], "env-kwargs must be a YAML mapping"),
        (["--random", "--env-kwargs", "{gravity: 1}"], "gravity must be between"),
        (["lander_dqn", "--env-id", "CartPole-v1"], "env-id does not go with an agent, .*CartPole"),
        (["lander_dqn", "--env-kwargs", "{gravity: -5}"], "env-kwargs does not go with an agent"),
        (["--heuristic", "--sampled"], "sampled does not go with --random and .*, got True"),
        (["--random", "--sampled"], "sampled does not go with --random and --heuristic"),
    ],
)
def test_a_wrong_request_is_answered_in_a_sentence(arguments, message, capsys) -> None:
    assert evaluate.main(arguments) == 2
    assert re.search(message, capsys.readouterr().err)


# --- All committed agents -----------------------------------------------------------------------


def test_all_committed_agents_are_scored_with_their_floors(monkeypatch, capsys) -> None:
    monkeypatch.setattr(pretrained, "committed", lambda: ["cartpole_dqn", "lander_ppo"])
    assert evaluate.main(["--all", "--episodes", "3", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["agent"], row["backend"], row["floor"]) for row in rows] == [
        ("cartpole_dqn", "its own", 475),
        ("lander_ppo", "native", 260),
        ("lander_ppo", "box2d", 260),
    ]


def test_ten_episodes_on_box2d_are_too_few_for_a_floor(monkeypatch, capsys) -> None:
    row = {"agent": "a", "env_id": "CartPole-v1", "episodes": 10, "std_return": 90.0, "floor": 200}
    rows = [
        {**row, "backend": "native", "mean_return": 230.0},
        {**row, "backend": "box2d", "mean_return": 135.0},
    ]
    monkeypatch.setattr(pretrained, "committed", lambda: ["a"])
    monkeypatch.setattr(evaluate, "score_committed", lambda name, episodes: rows)
    assert evaluate.main(["--all"]) == 0
    rows[0]["mean_return"] = 199.9
    assert evaluate.main(["--all"]) == 1
    assert "under the floor: a" in capsys.readouterr().err


def test_an_agent_under_its_floor_fails_by_name(monkeypatch, capsys) -> None:
    monkeypatch.setattr(pretrained, "committed", lambda: ["cartpole_dqn"])
    monkeypatch.setattr(scoring, "floor_of", lambda name: 501)  # more than CartPole-v1 can give
    assert evaluate.main(["--all", "--episodes", "2"]) == 1
    printed = capsys.readouterr()
    assert "500.0" in printed.out
    assert "under the floor: cartpole_dqn" in printed.err


def test_no_agents_at_all_is_no_success(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(pretrained, "COMMITTED", tmp_path)
    assert evaluate.main(["--all"]) == 2
    assert "there is no committed agent" in capsys.readouterr().err


@pytest.mark.parametrize("other", [["lander_dqn"], ["--random"], ["--backend", "box2d"]])
def test_all_takes_no_other_choice_of_agent_or_physics(other, capsys) -> None:
    assert evaluate.main(["--all", *other]) == 2
    assert "--all takes --episodes and --json" in capsys.readouterr().err
