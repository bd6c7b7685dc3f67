"""Plan with cloned states: the cross-entropy method lands without learning anything.

Every decision copies the real lander into a batch, tries random action sequences there, keeps the
best, draws new ones around them, and takes the first action of what it found. The return of a
sequence is the sum of its rewards, so nothing but the env's own reward is used. The copies hold the
random stream too: the planner knows how the engines will scatter, which a pilot would not.

python docs/examples/plan.py
"""

import argparse

import gymnasium as gym
import numpy as np

from lander_envs import Outcome
from lander_envs.vector import LanderVectorEnv

CANDIDATES = 128  # action sequences tried at once
HORIZON = 12  # decisions looked ahead: about a second
REPEAT = 4  # base steps a decision lasts
ROUNDS = 3  # of trying, choosing and drawing anew
ELITE = 16  # sequences that the next round is drawn around


def plan(
    state: bytes, envs: LanderVectorEnv, mean: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Improve ``mean``, the throttles (HORIZON, 2) of the decisions to come, from ``state`` on."""
    std = np.full_like(mean, 0.6)
    for _ in range(ROUNDS):
        sequences = rng.normal(mean, std, (CANDIDATES, HORIZON, 2)).clip(-1, 1)
        sequences[0] = mean
        best = np.argsort(returns(state, envs, sequences))[-ELITE:]
        mean, std = sequences[best].mean(axis=0), sequences[best].std(axis=0) + 0.05
    return mean


def returns(state: bytes, envs: LanderVectorEnv, sequences: np.ndarray) -> np.ndarray:
    """The return of each sequence from ``state`` on; an episode that ends earns nothing more."""
    for i in range(envs.num_envs):
        envs.restore_state(state, i)
    total, going_on = np.zeros(envs.num_envs), np.ones(envs.num_envs, dtype=bool)
    for decision in range(sequences.shape[1]):
        for _ in range(REPEAT):
            _, rewards, terminated, truncated, _ = envs.step(sequences[:, decision])
            total += rewards * going_on
            going_on &= ~(terminated | truncated)
    return total


def land(seed: int) -> tuple[float, int, str]:
    """Fly one episode; returns its return, its steps and how it ended."""
    rng = np.random.default_rng(seed)
    real = gym.make("lander_envs/Lander-v0", continuous=True)
    envs = LanderVectorEnv(CANDIDATES, continuous=True)
    real.reset(seed=seed)
    envs.reset(seed=seed)
    mean, total, steps = np.zeros((HORIZON, 2)), 0.0, 0
    while True:
        mean = plan(real.unwrapped.clone_state(), envs, mean, rng)
        for _ in range(REPEAT):
            _, reward, terminated, truncated, info = real.step(mean[0])
            total, steps = total + float(reward), steps + 1
            if terminated or truncated:
                return total, steps, Outcome(info["outcome"]).name
        mean = np.vstack([mean[1:], np.zeros((1, 2))])


def main() -> None:
    """Plan one episode and print how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    total, steps, outcome = land(parser.parse_args().seed)
    print(f"return {total:.1f}, {outcome} after {steps} steps")


if __name__ == "__main__":
    main()
