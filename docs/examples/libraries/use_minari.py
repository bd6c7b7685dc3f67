"""Minari: a dataset of episodes, with how each step ended in its infos.

pip install "minari[create,hdf5]"
MINARI_DATASETS_PATH=/tmp/datasets python docs/examples/libraries/use_minari.py
"""

import gymnasium as gym
import minari

import lander_envs
from lander_envs.scoring.policy import HeuristicPolicy


def main() -> None:
    """Record ten flights of Gymnasium's controller."""
    env = minari.DataCollector(gym.make("lander_envs/Lander-v0"), record_infos=True)
    policy = HeuristicPolicy(continuous=False)
    for seed in range(10):
        obs, _ = env.reset(seed=seed)
        ended = False
        while not ended:
            obs, _, terminated, truncated, _ = env.step(int(policy.act(obs[None])[0]))
            ended = terminated or truncated
    dataset = env.create_dataset("lander/heuristic-v0", algorithm_name="heuristic")
    env.close()
    outcomes = [episode.infos["outcome"][-1] for episode in dataset.iterate_episodes()]
    landed = sum(outcome == lander_envs.Outcome.LANDED for outcome in outcomes)
    print(f"{dataset.total_episodes} episodes, {dataset.total_steps} steps, {landed} landed")


if __name__ == "__main__":
    main()
