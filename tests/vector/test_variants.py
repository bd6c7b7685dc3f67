"""Vector forms of the variants that change observation or reward."""

import gymnasium as gym
import numpy as np
import pytest

from lander_envs import vector
from lander_envs.vector import (
    LanderVectorEnv,
    MaskedVelocityLanderVectorEnv,
    NormalizedLanderVectorEnv,
    ShapedLanderVectorEnv,
)


@pytest.mark.parametrize(("angular", "hidden"), [(True, [2, 3, 5]), (False, [2, 3])])
def test_velocities_are_masked_in_every_env(angular, hidden) -> None:
    masked, plain = MaskedVelocityLanderVectorEnv(3, angular=angular), LanderVectorEnv(3)
    masked.reset(seed=0)
    plain.reset(seed=0)
    obs, expected = masked.step([1, 2, 3])[0], plain.step([1, 2, 3])[0]
    expected[:, hidden] = 0.0
    assert obs.tobytes() == expected.tobytes()


def test_observations_and_spaces_are_scaled() -> None:
    scaled, plain = NormalizedLanderVectorEnv(2, scale="si"), LanderVectorEnv(2)
    factors = np.float32([10.0, 6.666, 5.0, 7.5, 1.0, 2.5, 1.0, 1.0])
    assert (scaled.reset(seed=0)[0] == plain.reset(seed=0)[0] * factors).all()
    assert scaled.single_observation_space.high[0] == 25.0  # 2.5 half screens of 10 world units
    assert scaled.observation_space.shape == (2, 8)


def test_the_final_observation_is_that_of_the_variant() -> None:
    envs = MaskedVelocityLanderVectorEnv(1, autoreset_mode="SameStep", max_episode_steps=1)
    envs.reset(seed=0)
    final = envs.step([2])[4]["final_obs"][0]
    assert final[[2, 3, 5]].tolist() == [0.0, 0.0, 0.0]
    assert final[1] != 0.0


def test_the_shaping_of_every_env_is_its_discounted_change_of_distance() -> None:
    envs = ShapedLanderVectorEnv(2, distance=10.0, touchdown_speed=0.0, legs=0.0, gamma=0.5)
    before = np.abs(envs.reset(seed=0)[0][:, 0].astype(float))
    obs, rewards, _, _, infos = envs.step([1, 3])
    after = np.abs(obs[:, 0].astype(float))
    # gamma * potential(after) - potential(before), where the potential is -10 |x|.
    assert rewards - infos["raw_reward"] == pytest.approx(0.5 * -10 * after + 10 * before)
    assert infos["_raw_reward"].tolist() == [True, True]


def test_under_same_step_the_final_info_has_the_raw_reward_of_ended_envs() -> None:
    envs = ShapedLanderVectorEnv(2, autoreset_mode="SameStep", max_episode_steps=3)
    reference = gym.make("LunarLander-v3")
    envs.reset(seed=0)
    reference.reset(seed=0)
    for _ in range(3):
        infos, expected = envs.step([2, 2])[4], reference.step(2)[1]
    assert infos["final_info"]["raw_reward"][0] == expected
    assert infos["raw_reward"].tolist() == [0.0, 0.0]  # of the next episodes
    assert infos["final_info"]["_raw_reward"].tolist() == [True, True]


@pytest.mark.parametrize("name", [n for n in vector.__all__ if n.endswith("VectorEnv")])
def test_vector_env_is_a_direct_base_as_skrl_wants_it(name) -> None:
    assert gym.vector.VectorEnv in getattr(vector, name).__bases__


@pytest.mark.parametrize(
    ("build", "name", "value"),
    [
        (MaskedVelocityLanderVectorEnv, "angular", 0),
        (NormalizedLanderVectorEnv, "scale", "learned"),
        (ShapedLanderVectorEnv, "gamma", 1.01),
        (ShapedLanderVectorEnv, "legs", -1.0),
    ],
)
def test_a_bad_argument_is_named(build, name, value) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be"):
        build(2, **{name: value})
