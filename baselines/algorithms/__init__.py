"""Learning algorithms: PPO, recurrent PPO, DQN, tabular Q-learning, and Stable-Baselines3's."""
