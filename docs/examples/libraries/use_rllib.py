"""RLlib: PPO on the native batch.

python docs/examples/libraries/use_rllib.py --iterations 1

The id needs the prefix ``lander_envs:``, because env runners are other processes that have not
imported the package. ``vector_entry_point`` makes each runner step one native batch.
"""

import argparse

from gymnasium.envs.registration import VectorizeMode
from ray.rllib.algorithms.ppo import PPOConfig


def main() -> None:
    """Train, and print the mean return of each iteration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=50)
    parser.add_argument("--runners", type=int, default=0, help="processes; 0 steps in this one")
    options = parser.parse_args()
    config = (
        PPOConfig()
        .environment("lander_envs:lander_envs/Lander-v0")
        .env_runners(
            num_env_runners=options.runners,
            num_envs_per_env_runner=16,
            gym_env_vectorize_mode=VectorizeMode.VECTOR_ENTRY_POINT,
        )
        .training(
            train_batch_size_per_learner=4096,
            minibatch_size=512,
            num_epochs=4,
            gamma=0.999,
            lr=1e-3,
        )
    )
    algorithm = config.build_algo()
    for iteration in range(options.iterations):
        result = algorithm.train()["env_runners"]
        print(f"iteration {iteration}: mean return {result['episode_return_mean']:.1f}", flush=True)
    algorithm.stop()


if __name__ == "__main__":
    main()
