"""ShapeReward of vector environments."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs import wrappers
from lander_envs.wrappers.vector import MaskVelocity, ScaleObservation, ShapeReward
from tests.wrappers.test_reward import Approach


def approaches(mode: AutoresetMode, **kwargs: Any) -> ShapeReward:
    """Two envs that move from x = 0.5 to 0.375 and 0.25, where they terminate; reward 1 a step."""
    envs = SyncVectorEnv([Approach, Approach], autoreset_mode=mode)
    return ShapeReward(envs, distance=10.0, gamma=0.5, **kwargs)


def test_under_next_step_the_step_that_resets_has_no_shaping() -> None:
    envs = approaches(AutoresetMode.NEXT_STEP)
    envs.reset()
    rewards = [envs.step(np.zeros(2, int))[1].tolist() for _ in range(4)]
    # Potentials -5, -3.75, 0 (terminal), then a reset, and -5, -3.75 again.
    by_hand = [1.0 + 0.5 * -3.75 + 5.0, 1.0 + 3.75, 0.0, 1.0 + 0.5 * -3.75 + 5.0]
    assert rewards == [[reward, reward] for reward in by_hand]


def test_a_step_before_a_reset_is_refused() -> None:
    with pytest.raises(ResetNeeded, match=r"^call reset\(\) before step\(\)"):
        approaches(AutoresetMode.NEXT_STEP).step(np.zeros(2, int))


def test_under_same_step_the_next_episode_starts_from_its_own_potential() -> None:
    envs = approaches(AutoresetMode.SAME_STEP)
    envs.reset()
    steps = [envs.step(np.zeros(2, int)) for _ in range(3)]
    by_hand = [1.0 + 0.5 * -3.75 + 5.0, 1.0 + 3.75, 1.0 + 0.5 * -3.75 + 5.0]
    assert [step[1][0] for step in steps] == by_hand
    assert [step[2][0] for step in steps] == [False, True, False]


def test_without_potential_based_the_last_potential_comes_from_the_final_observation() -> None:
    envs = approaches(AutoresetMode.SAME_STEP, potential_based=False)
    envs.reset()
    rewards = [envs.step(np.zeros(2, int))[1][1] for _ in range(2)]
    assert rewards == [1.0 - 3.75, 1.0 - 2.5]


def test_raw_rewards_are_those_of_lunar_lander() -> None:
    envs = ShapeReward(gym.make_vec("LunarLander-v3", num_envs=2))
    reference = gym.make_vec("LunarLander-v3", num_envs=2)
    envs.reset(seed=0)
    reference.reset(seed=0)
    infos, expected = envs.step(np.array([2, 1]))[4], reference.step(np.array([2, 1]))[1]
    assert infos["raw_reward"].tolist() == expected.tolist()
    assert infos["_raw_reward"].tolist() == [True, True]


def unnamed(env: gym.vector.VectorEnv) -> gym.vector.VectorEnv:
    """The env without the autoreset mode in its metadata."""
    env.metadata = {k: v for k, v in env.metadata.items() if k != "autoreset_mode"}
    return env


def test_without_a_named_mode_next_step_is_assumed_with_a_warning() -> None:
    named = approaches(AutoresetMode.NEXT_STEP)
    with pytest.warns(UserWarning, match=r"ShapeReward assumes AutoresetMode\.NEXT_STEP"):
        assumed = ShapeReward(
            unnamed(SyncVectorEnv([Approach, Approach])), distance=10.0, gamma=0.5
        )
    for envs in (named, assumed):
        envs.reset()
    for _ in range(7):
        got, expected = assumed.step(np.zeros(2, int)), named.step(np.zeros(2, int))
        assert got[1].tolist() == expected[1].tolist()


class WithoutMask(gym.vector.VectorWrapper):
    """Gives final observations without their mask, as some vector envs do."""

    def step(self, actions):
        *rest, infos = self.env.step(actions)
        infos.pop("_final_obs", None)
        return *rest, infos


@pytest.mark.parametrize("wrapper", [ShapeReward, MaskVelocity, ScaleObservation])
def test_final_observations_without_a_mask_are_those_of_ended_envs(wrapper) -> None:
    def landers() -> gym.vector.VectorEnv:
        return gym.make_vec(
            "LunarLander-v3",
            num_envs=2,
            max_episode_steps=3,
            vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        )

    ours, reference = wrapper(WithoutMask(landers())), wrapper(landers())
    for envs in (ours, reference):
        envs.reset(seed=0)
    for _ in range(7):
        got, expected = ours.step(np.array([2, 0])), reference.step(np.array([2, 0]))
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            assert mine.tobytes() == theirs.tobytes()
        assert ("final_obs" in got[4]) == ("final_obs" in expected[4])
        if "final_obs" in got[4]:
            for mine, theirs in zip(got[4]["final_obs"], expected[4]["final_obs"], strict=True):
                assert mine.tobytes() == theirs.tobytes()


CONFLICTS = [
    (lambda: MaskVelocity(gym.make_vec("LunarLander-v3", num_envs=2)), "MaskVelocity, which hides"),
    (
        lambda: gym.make_vec("LunarLander-v3", num_envs=2, wrappers=[wrappers.MaskVelocity]),
        "MaskVelocity, which hides",
    ),
    (lambda: ShapeReward(gym.make_vec("LunarLander-v3", num_envs=2)), "ShapeReward, which shapes"),
    (lambda: gym.make_vec("lander_envs/ShapedLander-v0", num_envs=2), "ShapedLanderVectorEnv"),
    (
        lambda: gym.make_vec("lander_envs/NormalizedLander-v0", num_envs=2),
        "NormalizedLanderVectorEnv, which scales",
    ),
]


@pytest.mark.parametrize(("build", "told"), CONFLICTS)
def test_what_spoils_the_shaping_is_warned_of(build, told) -> None:
    envs = build()
    with pytest.warns(UserWarning, match=f"ShapeReward is applied to {told}"):
        ShapeReward(envs)
