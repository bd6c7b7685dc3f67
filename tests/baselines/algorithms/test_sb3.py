"""Stable-Baselines3's learners as runs: trained, scored, refused."""

import csv
import json
import re
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import yaml
from sb3_contrib import RecurrentPPO
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_util import make_vec_env

import lander_envs
from baselines import evaluate, record, train
from baselines.algorithms.sb3 import SB3Config, SB3Trainer, make_model
from baselines.results import pretrained as agents
from baselines.results.run_folder import read_rows
from baselines.runs.config import ConfigError
from lander_envs.sb3 import native_batch
from lander_envs.scoring.statistics import EVALUATION_SEED, training_seed

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


@pytest.mark.parametrize(
    ("log_interval", "logged"), [(192, [192, 384, 512]), (10_000, [512])], ids=["rest", "short"]
)
def test_the_steps_after_the_last_row_are_logged_and_evaluated_too(
    log_interval, logged, tmp_path
) -> None:
    path = written(tmp_path, settings=SETTINGS["PPO"], log_interval=log_interval, eval_interval=192)
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "short-seed1"
    assert [row["steps"] for row in read_rows(run / "training.csv")] == logged
    assert [row["steps"] for row in read_rows(run / "evaluation.csv")] == logged
    progress = json.loads((run / "checkpoints" / "final.json").read_text())["progress"]
    assert progress["steps"] == 512
    assert len(progress["evaluations"]) == len(logged)


@pytest.mark.parametrize("learner", ["PPO", "DQN"])
def test_returns_are_those_of_the_raw_rewards(learner, tmp_path) -> None:
    """Until the first update, a shaped lander flies as one without shaping."""
    returns = []
    for variant in ("Lander", "ShapedLander"):
        path = written(
            tmp_path,
            learner=learner,
            name=variant,
            env_id=f"lander_envs/{variant}-v0",
            settings={"n_steps": 256} if learner == "PPO" else {"learning_starts": 512},
            log_interval=512,
        )
        assert train.main([str(path), "--runs", str(tmp_path)]) == 0
        rows = read_rows(tmp_path / f"{variant}-seed1" / "training.csv")
        returns.append(rows[0]["episodic_return"])
    assert returns[1] == pytest.approx(returns[0], rel=1e-6)


def test_environments_of_two_seeds_share_no_stream() -> None:
    """Runs of 16 environments with seeds 1 and 2 had 15 in common."""
    first = []
    for seed in (1, 2):
        model = make_model(SB3Config(seed=seed, num_envs=16, settings=SETTINGS["PPO"]))
        first.append({tuple(obs) for obs in model.get_env().reset()})
        envs = gym.make_vec("lander_envs/Lander-v0", num_envs=16)
        obs, _ = envs.reset(seed=training_seed(seed, 0))
        assert first[-1] == {tuple(one) for one in obs}
    assert not first[0] & first[1]
    assert training_seed(99, 0) + 16 < EVALUATION_SEED


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
        (
            {
                "learner": "RecurrentPPO",
                "settings": {
                    **SETTINGS["RecurrentPPO"],
                    "policy_kwargs": {"lstm_kwargs": {"proj_size": 4}},
                },
            },
            "settings: RecurrentPPO refuses them: .*hidden",
        ),
        (
            {
                "learner": "RecurrentPPO",
                "settings": {**SETTINGS["RecurrentPPO"], "batch_size": 127},
            },
            "settings: batch_size: must cut .* with normalize_advantage, got 127 for 128",
        ),
        ({"settings": {"n_epochs": 1.5}}, "settings: n_epochs: .*valid integer, got 1.5"),
        (
            {"learner": "DQN", "settings": {"train_freq": 0}},
            "settings: train_freq: .*greater than 0, got 0",
        ),
        ({"checkpoint_interval": 64}, "checkpoint_interval: .*cannot be resumed.*, got 64"),
        ({"algorithm": "sb4"}, "algorithm: must be one of ppo, .*got 'sb4'"),
    ],
)
def test_settings_that_the_learner_does_not_take_are_refused(
    settings, message, tmp_path, capsys
) -> None:
    assert train.main([str(written(tmp_path, **settings)), "--runs", str(tmp_path)]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_a_dqn_agent_is_not_sampled() -> None:
    config = SB3Config(learner="DQN", settings=SETTINGS["DQN"])
    policy = make_model(config).policy
    with pytest.raises(ConfigError, match="a DQN agent has no distribution over actions"):
        SB3Trainer.make_policy(policy, config, sampled=True)


def test_a_run_cannot_be_resumed(tmp_path, capsys) -> None:
    path = written(tmp_path, settings=SETTINGS["PPO"])
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    assert train.main(["--resume", str(tmp_path / "short-seed1")]) == 2
    assert "there is no checkpoint" in capsys.readouterr().err


FOLDER = Path(train.__file__).parent


def zoo_file(algorithm):
    """Settings of each id in a file for the zoo."""
    return yaml.safe_load((FOLDER / "zoo" / f"{algorithm}.yml").read_text())


@pytest.mark.parametrize(
    ("algorithm", "env_id", "policy", "config"),
    [
        ("dqn", "lander_envs/Lander-v0", "MlpPolicy", "sb3_lander_dqn_zoo"),
        ("ppo", "lander_envs/Lander-v0", "MlpPolicy", "sb3_lander_ppo_zoo"),
        (
            "ppo_lstm",
            "lander_envs/MaskedVelocityLander-v0",
            "MlpLstmPolicy",
            "sb3_masked_velocity_lander_recurrent_ppo_zoo",
        ),
    ],
)
def test_a_file_for_the_zoo_has_the_settings_of_our_own_run(
    algorithm, env_id, policy, config
) -> None:
    zoo = zoo_file(algorithm)[env_id]
    ours = train.load_config(FOLDER / "configs" / f"{config}.yaml", [])
    assert (zoo.pop("n_envs"), zoo.pop("n_timesteps")) == (ours.num_envs, ours.total_steps)
    assert zoo.pop("vec_env_wrapper") == "lander_envs.sb3.native_batch"
    assert zoo.pop("policy") == policy
    assert zoo.pop("learning_rate", 3e-4) == ours.learning_rate  # PPO's default
    assert eval(str(zoo.pop("policy_kwargs", "None"))) == ours.settings.get("policy_kwargs")
    expected = {key: value for key, value in ours.settings.items() if key != "policy_kwargs"}
    assert zoo == expected


def test_the_files_for_the_zoo_have_every_id_that_their_algorithm_can_learn() -> None:
    ids = set(lander_envs.REGISTERED_IDS)
    assert zoo_file("ppo").keys() == ids
    assert zoo_file("dqn").keys() == ids - {"lander_envs/LanderContinuous-v0"}  # discrete only


def test_policies_of_the_zoos_files_fit_their_ids() -> None:
    kinds = {"ppo": PPO, "dqn": DQN, "ppo_lstm": RecurrentPPO}
    for algorithm, kind in kinds.items():
        for env_id, settings in zoo_file(algorithm).items():
            envs = native_batch(make_vec_env(env_id, n_envs=2))
            sizes = {"buffer_size": 100} if algorithm == "dqn" else {"n_steps": 4, "batch_size": 8}
            model = kind(settings["policy"], envs, device="cpu", **sizes)
            actions, _ = model.predict(envs.reset())
            assert len(actions) == 2
            envs.close()
