"""ShapeReward."""

import warnings
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from lander_envs.wrappers import MaskVelocity, RepeatAction, ScaleObservation, ShapeReward


class Approach(gym.Env[Any, int]):
    """Moves from x = 0.5 to 0.375 and 0.25, the end; reward 1 a step, far above ground."""

    observation_space = gym.spaces.Box(-9, 9, (8,), np.float32)
    action_space = gym.spaces.Discrete(1)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        self.x = iter((0.375, 0.25))
        return self.state(0.5), {}

    def step(self, action: int):
        x = next(self.x)
        return self.state(x), 1.0, x == 0.25, False, {"x": x}

    def state(self, x: float):
        return np.array([x, 1, 0, 0, 0, 0, 0, 0], np.float32)


def test_the_shaping_is_the_discounted_difference_and_0_after_the_end() -> None:
    env = ShapeReward(Approach(), distance=10.0, gamma=0.5)
    env.reset()
    # Potentials -5, -3.75 and, at the terminal state, 0.
    _, reward, _, _, info = env.step(0)
    assert reward == 1.0 + 0.5 * -3.75 + 5.0
    assert info == {"raw_reward": 1.0, "x": 0.375}
    assert env.step(0)[1] == 1.0 + 0.0 + 3.75


def test_a_step_before_a_reset_is_refused_and_steps_no_env() -> None:
    class Eager(Approach):
        def step(self, action: int):
            pytest.fail("the env was stepped")

    with pytest.raises(ResetNeeded, match=r"^call reset\(\) before step\(\)"):
        ShapeReward(Eager()).step(0)


def test_without_potential_based_the_potential_is_paid_at_each_step() -> None:
    env = ShapeReward(Approach(), distance=10.0, potential_based=False)
    env.reset()
    assert [env.step(0)[1] for _ in range(2)] == [1.0 - 3.75, 1.0 - 2.5]


def test_shaping_on_top_of_shaping_keeps_the_first_raw_reward() -> None:
    with pytest.warns(UserWarning, match="shapes the reward already"):
        env = ShapeReward(ShapeReward(Approach()), distance=50.0)
    env.reset()
    assert env.step(0)[4]["raw_reward"] == 1.0


def test_the_info_gains_the_raw_reward_only() -> None:
    env = ShapeReward(gym.make("LunarLander-v3"))
    assert env.reset(seed=0)[1] == {"raw_reward": 0.0}
    assert set(env.step(0)[4]) == {"raw_reward"}


CONFLICTS = [
    (lambda: MaskVelocity(lunar_lander()), "MaskVelocity, which hides the velocities"),
    (lambda: RepeatAction(MaskVelocity(lunar_lander())), "MaskVelocity, which hides"),
    (lambda: ScaleObservation(lunar_lander()), "ScaleObservation, which scales the numbers"),
    (lambda: ShapeReward(lunar_lander()), "ShapeReward, which shapes the reward already"),
    (lambda: gym.make("lander_envs/MaskedVelocityLander-v0"), "MaskedVelocityLanderEnv, which"),
    (lambda: gym.make("lander_envs/NormalizedLander-v0"), "NormalizedLanderEnv, which scales"),
    (lambda: gym.make("lander_envs/ShapedLander-v0"), "ShapedLanderEnv, which shapes"),
]


def lunar_lander() -> gym.Env:
    return gym.make("LunarLander-v3")


@pytest.mark.parametrize(("build", "told"), CONFLICTS)
def test_what_spoils_the_shaping_is_warned_of(build, told) -> None:
    env = build()
    with pytest.warns(UserWarning, match=f"ShapeReward is applied to {told}"):
        ShapeReward(env)


def test_the_right_order_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ScaleObservation(MaskVelocity(ShapeReward(RepeatAction(lunar_lander()))))
