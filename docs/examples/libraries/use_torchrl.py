"""TorchRL: PPO on the native batch, to a mean return of 200 and more.

python docs/examples/libraries/use_torchrl.py
"""

import argparse
import time

import gymnasium as gym
import numpy as np
import torch
from tensordict.nn import TensorDictModule
from torch import nn
from torch.distributions import Categorical
from torchrl.collectors import Collector
from torchrl.envs import GymWrapper, RewardScaling
from torchrl.modules import MLP, ProbabilisticActor, ValueOperator
from torchrl.objectives import ClipPPOLoss
from torchrl.objectives.value import GAE

import lander_envs
from lander_envs.scoring.episodes import play
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import SCORING_SEED

gym.register_envs(lander_envs)
ENV_ID = "lander_envs/Lander-v0"
NUM_ENVS = NUM_STEPS = 128


class Greedy(Policy):
    """The most probable action."""

    def __init__(self, logits: nn.Module) -> None:
        self._logits = logits

    @torch.no_grad()
    def act(self, obs: np.ndarray) -> np.ndarray:
        """Actions (n,) for observations (n, 8)."""
        return self._logits(torch.from_numpy(obs)).argmax(-1).numpy()


def main() -> None:
    """Train, print the mean reward of each iteration, and score the policy on new seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=36)
    iterations = parser.parse_args().iterations
    torch.manual_seed(1)
    # TorchRL refuses the mode NextStep.
    envs = gym.make_vec(ENV_ID, num_envs=NUM_ENVS, autoreset_mode="SameStep")
    env = GymWrapper(envs, categorical_action_encoding=True)
    env.set_seed(1)
    env.append_transform(RewardScaling(loc=0.0, scale=0.05))
    hidden = {"num_cells": [32, 32], "activation_class": nn.Tanh}
    logits, value = MLP(8, 4, **hidden), MLP(8, 1, **hidden)
    actor = ProbabilisticActor(
        TensorDictModule(logits, ["observation"], ["logits"]),
        in_keys=["logits"],
        spec=env.action_spec,
        distribution_class=Categorical,
        return_log_prob=True,
    )
    critic = ValueOperator(value, in_keys=["observation"])
    loss = ClipPPOLoss(
        actor,
        critic,
        clip_epsilon=0.2,
        entropy_coeff=0.005,
        critic_coeff=0.5,
        loss_critic_type="l2",
        normalize_advantage=True,
    )
    advantages = GAE(gamma=0.999, lmbda=0.98, value_network=critic)
    optimizer = torch.optim.Adam(loss.parameters(), lr=2e-3, eps=1e-5)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, iterations)
    batch_size = NUM_ENVS * NUM_STEPS
    collector = Collector(
        env, actor, frames_per_batch=batch_size, total_frames=iterations * batch_size
    )
    began = time.perf_counter()
    for iteration, rollout in enumerate(collector):
        with torch.no_grad():
            advantages(rollout)
        transitions = rollout.reshape(-1)
        for _ in range(8):
            for minibatch in transitions[torch.randperm(batch_size)].split(1024):
                losses = loss(minibatch)
                total = sum(losses[f"loss_{part}"] for part in ("objective", "critic", "entropy"))
                optimizer.zero_grad()
                total.backward()
                nn.utils.clip_grad_norm_(loss.parameters(), 0.5)
                optimizer.step()
        schedule.step()
        reward = 20 * rollout["next", "reward"].mean()
        print(f"iteration {iteration}: mean reward of a step {reward:.2f}", flush=True)
    seconds = time.perf_counter() - began
    collector.shutdown()
    returns = [e.episodic_return for e in play(Greedy(logits), ENV_ID, {}, 100, SCORING_SEED)]
    print(
        f"PPO: {iterations * batch_size:,} steps in {seconds:.0f} s, "
        f"mean return of {len(returns)} new episodes {np.mean(returns):.1f}"
    )


if __name__ == "__main__":
    main()
