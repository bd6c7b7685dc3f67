"""Autoreset mode and masks of resets, which vector wrappers read for themselves."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, VectorWrapper

from lander_envs.wrappers.vector.masks import autoreset_mode, restarted, started


@pytest.mark.parametrize("options", [None, {}, {"reset_mask": None}, {"gravity": -5.0}, 5, "mask"])
def test_without_a_mask_all_envs_start(options) -> None:
    assert started(options, 3).tolist() == [True, True, True]


def test_the_mask_is_a_copy() -> None:
    mask = np.array([True, False])
    copied = started({"reset_mask": mask}, 2)
    mask[:] = False
    assert copied.tolist() == [True, False]


@pytest.mark.parametrize("named", [*AutoresetMode, "NextStep", "SameStep", "Disabled"])
def test_the_mode_is_that_of_the_metadata(named) -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=1)
    envs.metadata["autoreset_mode"] = named
    assert autoreset_mode(VectorWrapper(envs)) is AutoresetMode(named)


def test_an_unknown_mode_is_refused_and_none_is_next_step_with_a_warning() -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=1)
    envs.metadata["autoreset_mode"] = "Sometimes"
    with pytest.raises(ValueError, match="'Sometimes' is not a valid AutoresetMode"):
        autoreset_mode(VectorWrapper(envs))
    del envs.metadata["autoreset_mode"]
    with pytest.warns(UserWarning, match="no autoreset_mode in its metadata"):
        assert autoreset_mode(VectorWrapper(envs)) is AutoresetMode.NEXT_STEP


def test_restarted_envs_are_those_of_the_mask_or_else_those_that_ended() -> None:
    ended = np.array([True, True, False])
    assert restarted({}, ended).tolist() == [False, False, False]
    assert restarted({"final_obs": [0, 1, None]}, ended).tolist() == [True, True, False]
    mask = np.array([True, False, False])
    told = restarted({"final_obs": [0, None, None], "_final_obs": mask}, ended)
    assert told.tolist() == mask.tolist()
