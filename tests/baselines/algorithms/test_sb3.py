"""Stable-Baselines3's learners as runs: trained, scored, refused."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from baselines import evaluate, record, train
from baselines.results import pretrained as agents

SETTINGS = {
    "PPO": {"n_steps": 64, "batch_size": 64, "n_epochs": 1},
    "DQN": {"learning_starts": 10, "buffer_size": 100},
    "RecurrentPPO": {"n_steps": 64, "batch_size": 64, "n_epochs": 1},
}


def written(tmp_path, **settings):
    path = tmp_path / "short.yaml"
    base = {"algorithm": "sb3", "name": "short", "total_steps": 512, "num_envs": 2}
    path.write_text(yaml.dump({**base, "eval_episodes": 2, "log_interval": 256, **settings}))
    return path


@pytest.mark.parametrize("learner", SETTINGS)
def test_a_run_is_trained_scored_and_filmed_like_our_own(learner, tmp_path, capsys) -> None:
    path = written(tmp_path, learner=learner, settings=SETTINGS[learner])
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "short-seed1"
    assert json.loads((run / "run.json").read_text())["config"]["learner"] == learner
    training = list(csv.DictReader((run / "training.csv").read_text().splitlines()))
    assert [int(row["steps"]) for row in training] == [256, 512]
    assert -800 < float(training[-1]["episodic_return"]) < 0
    capsys.readouterr()
    scores = []
    for _ in range(2):
        assert evaluate.main([str(run), "--episodes", "3", "--json"]) == 0
        scores.append(json.loads(capsys.readouterr().out))
    assert scores[0] == scores[1]
    assert scores[0]["algorithm"] == "sb3"
    assert record.main([str(run), "--out", str(tmp_path / "films")]) == 0
    check_decision(agents.load(run).policy, learner)


def check_decision(policy, learner) -> None:
    """The same actions, with what the learner's network says of them."""
    obs = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
    decision = policy.decide(obs)
    policy.start()
    assert decision.actions.tolist() == policy.act(obs).tolist()
    told = {"DQN": decision.q_values, "PPO": decision.probabilities}
    if learner in told:
        assert told[learner].argmax(axis=1).tolist() == decision.actions.tolist()
    assert (decision.values is None) == (learner != "PPO")


def test_a_recurrent_policy_forgets_at_the_start_of_episodes(tmp_path) -> None:
    path = written(tmp_path, learner="RecurrentPPO", settings=SETTINGS["RecurrentPPO"])
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    policy = agents.load(tmp_path / "short-seed1").policy
    obs = np.full((3, 8), 0.5, np.float32)
    hidden = []
    for _ in range(2):
        policy.start()
        policy.act(obs)
        hidden.append(policy._hidden[0].copy())
        policy.act(obs)
        assert not np.array_equal(policy._hidden[0], hidden[-1])
    assert np.array_equal(*hidden)


def test_other_environments_are_single_ones(tmp_path) -> None:
    path = written(tmp_path, learner="DQN", env_id="CartPole-v1", settings=SETTINGS["DQN"])
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learner": "A2C"}, "learner: .*'A2C'"),
        ({"settings": {"n_step": 3}}, "settings: PPO refuses them: .*n_step"),
        ({"settings": {"n_steps": 1, "batch_size": 1}, "num_envs": 1}, "settings: PPO refuses"),
        ({"algorithm": "sb4"}, "algorithm: must be one of ppo, .*got 'sb4'"),
    ],
)
def test_settings_that_the_learner_does_not_take_are_refused(
    settings, message, tmp_path, capsys
) -> None:
    assert train.main([str(written(tmp_path, **settings)), "--runs", str(tmp_path)]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_a_run_cannot_be_resumed(tmp_path, capsys) -> None:
    path = written(tmp_path, settings=SETTINGS["PPO"])
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    assert train.main(["--resume", str(tmp_path / "short-seed1")]) == 2
    assert "there is no checkpoint" in capsys.readouterr().err


FOLDER = Path(train.__file__).parent


@pytest.mark.parametrize("learner", ["dqn", "ppo"])
def test_the_file_for_the_zoo_has_the_settings_of_our_own_run(learner) -> None:
    zoo = yaml.safe_load((FOLDER / "zoo" / f"{learner}.yml").read_text())["lander_envs/Lander-v0"]
    ours = train.load_config(FOLDER / "configs" / f"sb3_lander_{learner}_zoo.yaml", [])
    assert (zoo.pop("n_envs"), zoo.pop("n_timesteps")) == (ours.num_envs, ours.total_steps)
    assert zoo.pop("vec_env_wrapper") == "lander_envs.sb3.native_batch"
    assert zoo.pop("policy") == "MlpPolicy"
    assert zoo.pop("learning_rate", 3e-4) == ours.learning_rate  # PPO's default
    assert eval(str(zoo.pop("policy_kwargs", "None"))) == ours.settings.get("policy_kwargs")
    expected = {key: value for key, value in ours.settings.items() if key != "policy_kwargs"}
    assert zoo == expected
