"""Tianshou: PPO on the native batch, to a mean return of 200 and more.

python docs/examples/libraries/use_tianshou.py
"""

import argparse
import time

import numpy as np
import torch
from tianshou.algorithm import PPO
from tianshou.algorithm.modelfree.reinforce import DiscreteActorPolicy
from tianshou.algorithm.optim import AdamOptimizerFactory, LRSchedulerFactoryLinear
from tianshou.data import Collector, VectorReplayBuffer
from tianshou.env import VectorEnvWrapper
from tianshou.trainer import OnPolicyTrainerParams
from tianshou.utils.net.common import Net
from tianshou.utils.net.discrete import DiscreteActor, DiscreteCritic
from torch import nn

from lander_envs.scoring.episodes import play
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import SCORING_SEED
from lander_envs.tianshou import NativeVectorEnv

ENV_ID = "lander_envs/Lander-v0"
NUM_ENVS = NUM_STEPS = 128


class ScaledReward(VectorEnvWrapper):
    """Rewards of a size that the critic fits soon: returns of hundreds become tens."""

    def step(self, action: np.ndarray, id: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
        """Step the environments of these numbers."""
        obs, rewards, *others = self.venv.step(action, id)
        return obs, 0.05 * rewards, *others


class Greedy(Policy):
    """The most probable action."""

    def __init__(self, actor: DiscreteActor) -> None:
        self._actor = actor

    @torch.no_grad()
    def act(self, obs: np.ndarray) -> np.ndarray:
        """Actions (n,) for observations (n, 8)."""
        return self._actor(obs)[0].argmax(-1).numpy()


def network() -> Net:
    """Hidden layers of actor or critic."""
    return Net(state_shape=8, hidden_sizes=[32, 32], activation=nn.Tanh)


def main() -> None:
    """Train, with a progress bar for each iteration, and score the policy on new seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=48)
    iterations = parser.parse_args().iterations
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002  # Tianshou shuffles with NumPy's global generator
    envs = ScaledReward(NativeVectorEnv(ENV_ID, num_envs=NUM_ENVS))
    envs.seed(1)
    batch_size = NUM_ENVS * NUM_STEPS
    steps = {
        "max_epochs": iterations,
        "epoch_num_steps": batch_size,
        "collection_step_num_env_steps": batch_size,
    }
    actor = DiscreteActor(preprocess_net=network(), action_shape=4, softmax_output=False)
    optimizer = AdamOptimizerFactory(lr=2e-3, eps=1e-5)
    algorithm = PPO(
        policy=DiscreteActorPolicy(actor=actor, action_space=envs.action_space[0]),
        critic=DiscreteCritic(preprocess_net=network()),
        optim=optimizer.with_lr_scheduler_factory(LRSchedulerFactoryLinear(**steps)),
        gamma=0.999,
        gae_lambda=0.98,
        ent_coef=0.005,
        max_grad_norm=0.5,
    )
    collector = Collector(algorithm, envs, VectorReplayBuffer(batch_size, NUM_ENVS))
    began = time.perf_counter()
    algorithm.run_training(
        OnPolicyTrainerParams(
            training_collector=collector,
            batch_size=1024,
            update_step_num_repetitions=8,
            **steps,
        )
    )
    seconds = time.perf_counter() - began
    returns = [e.episodic_return for e in play(Greedy(actor), ENV_ID, {}, 100, SCORING_SEED)]
    print(
        f"PPO: {iterations * batch_size:,} steps in {seconds:.0f} s, "
        f"mean return of {len(returns)} new episodes {np.mean(returns):.1f}"
    )


if __name__ == "__main__":
    main()
