"""Scoring: what is counted, what is printed, when it fails."""

import csv
import gc
import json
import re

import gymnasium as gym
import imageio.v3 as iio
import numpy as np
import pytest
from gymnasium.envs.box2d.lunar_lander import heuristic

from baselines import evaluate, record, train
from baselines.evaluation.episodes import Episode, summary
from baselines.evaluation.policy import HeuristicPolicy
from baselines.results import pretrained as agents

KEYS = [
    *("env_id", "algorithm", "backend", "episodes", "mean_return", "std_return", "min_return"),
    *("max_return", "win_rate", "iqm", "ci_low", "ci_high", "landing_rate", "pad_rate"),
    *("crash_rate", "out_of_bounds_rate", "timeout_rate", "mean_length"),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that learned nothing, in a second."""
    folder = tmp_path_factory.mktemp("runs")
    config = folder / "short.yaml"
    config.write_text("{name: short, total_steps: 64, num_envs: 4, num_steps: 16, hidden: [4]}")
    assert train.main([str(config), "--runs", str(folder)]) == 0
    return folder / "short-seed1"


def test_the_summary_counts_returns_and_endings() -> None:
    returns = [300.0, 200.0, 100.0, -400.0]
    endings = [("landed", True), ("landed", False), ("timeout", False), ("crashed", True)]
    scores = summary(
        [Episode(i, r, 100 * i, *e) for i, (r, e) in enumerate(zip(returns, endings, strict=True))]
    )
    assert scores["mean_return"] == 50.0
    assert scores["std_return"] == pytest.approx(np.sqrt((250**2 + 150**2 + 50**2 + 450**2) / 4))
    assert (scores["min_return"], scores["max_return"]) == (-400.0, 300.0)
    assert scores["win_rate"] == 0.25  # above 200, so 200 itself is no win
    assert scores["iqm"] == 150.0  # the mean of the middle half, 100 and 200
    assert scores["ci_low"] <= scores["iqm"] <= scores["ci_high"]
    assert scores["landing_rate"] == 0.5
    assert scores["pad_rate"] == 0.25  # a crash between the flags is no landing there
    assert (scores["crash_rate"], scores["timeout_rate"]) == (0.25, 0.25)
    assert scores["out_of_bounds_rate"] == 0.0
    assert scores["mean_length"] == 150.0


def test_json_prints_one_object_with_the_promised_keys(run, capsys) -> None:
    assert evaluate.main([str(run), "--episodes", "4", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert list(scores) == KEYS
    assert (scores["env_id"], scores["algorithm"], scores["backend"], scores["episodes"]) == (
        "lander_envs/Lander-v0",
        "ppo",
        "native",
        4,
    )


def test_both_backends_give_the_same_score(run, capsys) -> None:
    returns = []
    for backend in ("native", "box2d"):
        asked = [str(run), "--episodes", "4", "--json", "--backend", backend]
        assert evaluate.main(asked) == 0
        scores = json.loads(capsys.readouterr().out)
        assert scores.pop("backend") == backend
        returns.append(scores)
    assert returns[0] == returns[1]


def test_greedy_scores_repeat_and_sampled_ones_differ(run, capsys) -> None:
    outputs = []
    for options in ([], [], ["--sampled"]):
        assert evaluate.main([str(run), "--episodes", "4", "--json", *options]) == 0
        outputs.append(json.loads(capsys.readouterr().out)["mean_return"])
    assert outputs[0] == outputs[1] != outputs[2]


def test_random_actions_score_between_minus_250_and_minus_100(capsys) -> None:
    # System E's baseline: 50 episodes, a mean between -200 and -100 there.
    assert evaluate.main(["--random", "--episodes", "50", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert -250 < scores["mean_return"] < -100
    assert scores["algorithm"] == "random"


def test_other_environments_are_played_on_their_own_physics(capsys) -> None:
    # System E's baseline on CartPole: 20 to 40.
    asked = ["--random", "--episodes", "50", "--env-id", "CartPole-v1", "--json"]
    assert evaluate.main(asked) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["backend"] == "its own"
    assert 15 < scores["mean_return"] < 40


@pytest.mark.parametrize("continuous", [False, True])
def test_the_heuristic_is_gymnasiums(continuous) -> None:
    env = gym.make("LunarLander-v3", continuous=continuous)
    policy = HeuristicPolicy(continuous)
    obs, _ = env.reset(seed=0)
    for _ in range(400):
        expected = heuristic(env, obs)
        got = policy.act(obs[None])[0]
        assert np.allclose(got, expected, atol=1e-6)
        obs, _, terminated, _, _ = env.step(expected)
        if terminated:
            return
    pytest.fail("the heuristic lands within 400 steps")


@pytest.mark.parametrize("kwargs", ["{}", "{continuous: true}"])
def test_the_heuristic_lands(kwargs, capsys) -> None:
    asked = ["--heuristic", "--env-kwargs", kwargs, "--episodes", "20", "--json"]
    assert evaluate.main([*asked, "--require", "200"]) == 0
    assert json.loads(capsys.readouterr().out)["landing_rate"] >= 0.8


def test_a_mean_under_the_requirement_fails(run, capsys) -> None:
    assert evaluate.main([str(run), "--episodes", "3", "--require", "200"]) == 1
    assert "under 200" in capsys.readouterr().err


def test_a_row_an_episode_is_written(run, tmp_path) -> None:
    path = tmp_path / "new" / "episodes.csv"
    assert evaluate.main([str(run), "--episodes", "3", "--csv", str(path), "--json"]) == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["seed"] for row in rows] == ["2000000", "2000001", "2000002"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "exactly one"),
        (["--random", "--heuristic"], "exactly one"),
        (["nowhere"], "there is no checkpoint|cannot be read"),
        (["--random", "--episodes", "0"], "at least 1"),
        (["--random", "--env-id", "lander_envs/Nothing-v0"], "Nothing"),
        (["--heuristic", "--env-id", "lander_envs/PixelLander-v0"], "PixelLander"),
        (["--random", "--backend", "pymunk"], "backend"),
        (["--random", "--env-kwargs", "continuous"], "env-kwargs must be a YAML mapping"),
        (["--random", "--env-kwargs", "{gravity: 1}"], "gravity must be between"),
    ],
)
def test_a_wrong_request_is_answered_in_a_sentence(arguments, message, capsys) -> None:
    assert evaluate.main(arguments) == 2
    assert re.search(message, capsys.readouterr().err)


def test_a_film_is_named_by_episode_and_return_and_plays_in_real_time(run, tmp_path) -> None:
    assert record.main([str(run), "--out", str(tmp_path), "--episodes", "2"]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.split("_return")[0] for name in names] == [
        "lander-v0_episode-0",
        "lander-v0_episode-1",
    ]
    assert all(name.endswith(".gif") for name in names)
    frames = iio.imread(tmp_path / names[0])
    assert frames.shape[1:] == (200, 300, 3)
    assert iio.immeta(tmp_path / names[0])["duration"] == 40  # every second frame of 50 a second


def test_all_committed_landers_are_filmed_and_put_on_their_environments_page(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(agents, "committed", lambda: ["cartpole_dqn", "lander_ppo"])
    assert record.main(["--all", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"lander_ppo.gif", "lander-v0.md"}
    # The first episode of its committed score: 293.6, 254 decisions and the first frame.
    assert "lander_ppo: episode 0 of its score, return 293.6" in capsys.readouterr().out
    assert "(lander_ppo.gif)" in (tmp_path / "lander-v0.md").read_text()
    frames = len(iio.imread(tmp_path / "lander_ppo.gif"))
    assert frames <= 128  # every second one, and one where two are equal
    assert record.main(["--all", "lander_ppo"]) == 2


def test_until_gives_up_after_its_attempts(run, tmp_path, capsys) -> None:
    wanted = ["--until", "1000", "--attempts", "2"]
    assert record.main([str(run), "--out", str(tmp_path), *wanted]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "no episode of 2" in capsys.readouterr().err


# imageio's FFmpeg plugin leaves its pipes to the garbage collector, which is therefore called here.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_mp4_is_written(run, tmp_path) -> None:
    assert record.main([str(run), "--out", str(tmp_path), "--format", "mp4"]) == 0
    films = list(tmp_path.iterdir())
    assert [path.suffix for path in films] == [".mp4"]
    assert iio.imread(films[0]).shape[1:] == (400, 600, 3)
    gc.collect()


def test_an_agent_can_be_watched_in_a_window(run, tmp_path, capsys) -> None:
    assert record.main([str(run), "--out", str(tmp_path), "--human"]) == 0
    assert list(tmp_path.iterdir()) == []
