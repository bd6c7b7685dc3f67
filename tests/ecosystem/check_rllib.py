"""RLlib."""

from ray.rllib.algorithms.ppo import PPOConfig


def test_the_default_networks_take_pixels_as_float32_with_channels_last() -> None:
    config = PPOConfig().environment(
        "lander_envs:lander_envs/PixelLander-v0",
        env_config={"channels_last": True, "dtype": "float32"},
    )
    config.env_runners(num_env_runners=0, num_envs_per_env_runner=2)
    config.training(train_batch_size_per_learner=64, minibatch_size=32, num_epochs=1)
    algorithm = config.build_algo()
    assert algorithm.train()["env_runners"]["num_env_steps_sampled_lifetime"] >= 64
    algorithm.stop()
