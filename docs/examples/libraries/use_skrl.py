"""skrl: a batch, wrapped.

python docs/examples/libraries/use_skrl.py
"""

import gymnasium as gym
import torch
from skrl.envs.wrappers.torch import wrap_env

import lander_envs

gym.register_envs(lander_envs)


def main() -> None:
    """Step 8 environments; actions are tensors of shape (8, 1)."""
    env = wrap_env(gym.make_vec("lander_envs/Lander-v0", num_envs=8), verbose=False)
    obs, _ = env.reset()
    total = torch.zeros(8, 1, device=env.device)
    for _ in range(100):
        actions = torch.randint(4, (8, 1), device=env.device)
        obs, rewards, *_ = env.step(actions)
        total += rewards
    print(f"obs {tuple(obs.shape)}, mean reward of 100 steps {total.mean():.1f}")


if __name__ == "__main__":
    main()
