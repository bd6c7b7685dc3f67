"""TorchRL: a batch that resets in the step that ends an episode.

python docs/examples/libraries/use_torchrl.py
"""

import gymnasium as gym
from torchrl.envs import GymWrapper

import lander_envs

gym.register_envs(lander_envs)


def main() -> None:
    """Collect a rollout of 8 environments; TorchRL refuses the mode NextStep."""
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=8, autoreset_mode="SameStep")
    env = GymWrapper(envs)
    env.set_seed(0)
    rollout = env.rollout(200, break_when_any_done=False)
    print(f"rollout {tuple(rollout.shape)}, {int(rollout['next', 'done'].sum())} episodes")


if __name__ == "__main__":
    main()
