"""RLlib: PPO on the native batch, to a mean return of 200 and more.

python docs/examples/libraries/use_rllib.py

``vector_entry_point`` makes each env runner step one native batch. The id needs the prefix
``lander_envs:``, because env runners are other processes that have not imported the package.
"""

import argparse
import time

import gymnasium as gym
import numpy as np
import torch
from gymnasium.envs.registration import VectorizeMode
from gymnasium.wrappers.vector import TransformReward
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
from ray.rllib.core.rl_module.torch import TorchRLModule
from ray.tune.registry import register_env

from lander_envs.scoring.episodes import play
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import SCORING_SEED

ENV_ID = "lander_envs/Lander-v0"
NUM_ENVS = NUM_STEPS = 128
BATCH_SIZE = NUM_ENVS * NUM_STEPS


class Greedy(Policy):
    """The most probable action."""

    def __init__(self, module: TorchRLModule) -> None:
        self._module = module

    @torch.no_grad()
    def act(self, obs: np.ndarray) -> np.ndarray:
        """Actions (n,) for observations (n, 8)."""
        outputs = self._module.forward_inference({"obs": torch.from_numpy(obs)})
        return outputs["action_dist_inputs"].argmax(-1).numpy()


def make_envs(config: dict) -> gym.vector.VectorEnv:
    """Native batch of one env runner; returns of hundreds become tens, which the critic fits."""
    envs = gym.make_vec(f"lander_envs:{ENV_ID}", num_envs=config["num_envs"])
    return TransformReward(envs, lambda rewards: 0.05 * rewards)


def ppo(runners: int, total_steps: int) -> PPOConfig:
    """Settings of PPO; the environments are shared among the runners."""
    register_env("lander", make_envs)
    return (
        PPOConfig()
        .environment("lander")
        .env_runners(
            num_env_runners=runners,
            num_envs_per_env_runner=NUM_ENVS // max(1, runners),
            gym_env_vectorize_mode=VectorizeMode.VECTOR_ENTRY_POINT,
        )
        .training(
            train_batch_size_per_learner=BATCH_SIZE,
            minibatch_size=1024,
            num_epochs=8,
            lr=[[0, 2e-3], [total_steps, 0.0]],
            gamma=0.999,
            lambda_=0.98,
            clip_param=0.2,
            entropy_coeff=0.005,
            grad_clip=0.5,
            use_kl_loss=False,
            vf_loss_coeff=0.5,
            vf_clip_param=float("inf"),
        )
        .rl_module(model_config=DefaultModelConfig(fcnet_hiddens=[32, 32], vf_share_layers=False))
        .debugging(seed=1)
    )


def main() -> None:
    """Train, print the return of each iteration, and score the policy on new seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=60)
    parser.add_argument("--runners", type=int, default=0, help="processes; 0 steps in this one")
    options = parser.parse_args()
    algorithm = ppo(options.runners, options.iterations * BATCH_SIZE).build_algo()
    began = time.perf_counter()
    for iteration in range(options.iterations):
        mean_return = 20 * algorithm.train()["env_runners"]["episode_return_mean"]
        print(f"iteration {iteration}: mean return {mean_return:.1f}", flush=True)
    seconds = time.perf_counter() - began
    policy = Greedy(algorithm.get_module())
    returns = [e.episodic_return for e in play(policy, ENV_ID, {}, 100, SCORING_SEED)]
    print(
        f"PPO: {options.iterations * BATCH_SIZE:,} steps in {seconds:.0f} s, "
        f"mean return of {len(returns)} new episodes {np.mean(returns):.1f}"
    )
    algorithm.stop()


if __name__ == "__main__":
    main()
