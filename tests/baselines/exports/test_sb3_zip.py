"""Zip files of Stable-Baselines3: loaded, they act and value as the agents that they hold."""

import numpy as np
import pytest
import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.evaluation import evaluate_policy

from baselines.exports.sb3_zip import to_sb3
from baselines.results import pretrained
from lander_envs.sb3 import LanderVecEnv
from lander_envs.scoring.episodes import play

SEED = 2_000_000
OBS = np.random.default_rng(0).uniform(-1, 1, (50, 8)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("lander_ppo", PPO),
        ("lander_continuous_ppo", PPO),
        ("lander_dqn", DQN),
        ("continuous_deep_actor", PPO),
    ],
)
def test_a_loaded_agent_scores_as_the_agent_itself(name, kind, tmp_path) -> None:
    trained = pretrained.load_trained(name)
    (tmp_path / "agent.zip").write_bytes(to_sb3(trained))
    model = kind.load(tmp_path / "agent.zip", device="cpu")
    want = trained.policy().act(OBS)
    got, _ = model.predict(OBS, deterministic=True)
    np.testing.assert_allclose(got, want, atol=1e-5)
    config = trained.config
    episodes = play(trained.policy(), config.env_id, config.env_kwargs, 5, SEED)
    envs = LanderVecEnv(config.env_id, 5, **config.env_kwargs)
    envs.seed(SEED)
    mean, _ = evaluate_policy(model, envs, n_eval_episodes=5, warn=False)
    envs.close()
    assert mean == pytest.approx(np.mean([e.episodic_return for e in episodes]), abs=5)


def test_the_values_of_a_dueling_network_are_those_of_the_merged_layer(tmp_path) -> None:
    trained = pretrained.load_trained("lander_dqn")
    (tmp_path / "agent.zip").write_bytes(to_sb3(trained))
    seen = torch.as_tensor(OBS)
    with torch.no_grad():
        got = DQN.load(tmp_path / "agent.zip", device="cpu").q_net(seen)
        torch.testing.assert_close(got, trained.network(seen), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("masked_velocity_lander_lstm_ppo", "a RecurrentActorCritic"),
        ("masked_velocity_lander_differences_dqn", "an encoder"),
        ("pixel_lander_motion_crop_ppo", "an encoder"),
    ],
)
def test_networks_that_no_mlp_policy_holds_are_refused(name, told) -> None:
    with pytest.raises(ValueError, match=f"agent must be an MLP of the bare observation.*{told}"):
        to_sb3(pretrained.load_trained(name))
