"""CleanRL: the native batch in the place of the environments of its single-file scripts.

python docs/examples/libraries/use_cleanrl.py

In CleanRL's ``ppo.py``, replace ``gym.vector.SyncVectorEnv([make_env(...) ...])`` by ``make_envs``
below; everything after it stays as it is. CleanRL's episodes reset in the step that ends them.
"""

import gymnasium as gym
import numpy as np
import torch

import lander_envs

gym.register_envs(lander_envs)


def make_envs(env_id: str, num_envs: int) -> gym.vector.VectorEnv:
    """Vector environment with the episodic returns that CleanRL logs."""
    envs = gym.make_vec(env_id, num_envs=num_envs, autoreset_mode="SameStep")
    return gym.wrappers.vector.RecordEpisodeStatistics(envs)


def main() -> None:
    """Collect a rollout as CleanRL's scripts do, with random actions."""
    envs = make_envs("lander_envs/Lander-v0", num_envs=8)
    envs.action_space.seed(1)
    num_steps = 256
    obs = torch.zeros((num_steps, 8, *envs.single_observation_space.shape))
    rewards, dones = torch.zeros((2, num_steps, 8))
    next_obs, _ = envs.reset(seed=1)
    next_done = np.zeros(8)
    returns: list[float] = []
    for step in range(num_steps):
        obs[step], dones[step] = torch.from_numpy(next_obs), torch.from_numpy(next_done)
        next_obs, reward, terminations, truncations, infos = envs.step(envs.action_space.sample())
        next_done = np.logical_or(terminations, truncations).astype(float)
        rewards[step] = torch.from_numpy(reward)
        if "episode" in infos:
            returns += infos["episode"]["r"][infos["_episode"]].tolist()
    print(f"obs {tuple(obs.shape)}, {len(returns)} episodes, mean return {np.mean(returns):.1f}")


if __name__ == "__main__":
    main()
