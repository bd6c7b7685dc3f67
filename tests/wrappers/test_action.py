"""RepeatAction."""

from typing import Any

import gymnasium as gym

from lander_envs.wrappers import RepeatAction


class Counter(gym.Env[int, int]):
    """Counts its steps: step n has observation n and reward n; the episode has ``length``."""

    observation_space = gym.spaces.Discrete(100)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, length: int) -> None:
        self.length = length

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        self.steps = 0
        return 0, {}

    def step(self, action: int):
        self.steps += 1
        return self.steps, float(self.steps), self.steps == self.length, False, {}


def test_rewards_are_summed_and_the_last_observation_is_returned() -> None:
    env = RepeatAction(Counter(length=10), times=3)
    env.reset()
    assert env.step(1) == (3, 1.0 + 2.0 + 3.0, False, False, {})
    assert env.step(1) == (6, 4.0 + 5.0 + 6.0, False, False, {})


def test_a_repetition_stops_at_the_end_of_the_episode() -> None:
    env = RepeatAction(Counter(length=4), times=3)
    env.reset()
    env.step(1)
    assert env.step(1) == (4, 4.0, True, False, {})


def test_the_time_limit_below_counts_base_steps() -> None:
    env = RepeatAction(gym.make("LunarLander-v3", max_episode_steps=10), times=4)
    env.reset(seed=0)
    assert [env.step(0)[3] for _ in range(3)] == [False, False, True]


def test_render_fps_is_that_of_the_repeated_actions() -> None:
    env = gym.make("LunarLander-v3", render_mode="rgb_array")
    assert RepeatAction(env, times=4).metadata == {**env.metadata, "render_fps": 12.5}
    assert env.metadata["render_fps"] == 50
    envs = gym.make_vec(
        "LunarLander-v3", num_envs=2, wrappers=[RepeatAction], vectorization_mode="sync"
    )
    assert envs.metadata["render_fps"] == 12.5
