"""Calls that vector environments refuse because of their present state."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.vector import AutoresetMode

from lander_envs.vector import calls

ENDED = np.array([False, True, False, True])


@pytest.mark.parametrize("backend", ["native", "box2d"])
@pytest.mark.parametrize("call", ["reset", "step", "render"])
def test_a_closed_vector_env_refuses_its_calls(call, backend) -> None:
    envs = gym.make_vec(
        "lander_envs/Lander-v0", num_envs=1, render_mode="rgb_array", backend=backend
    ).unwrapped
    envs.reset(seed=0)
    envs.close()
    arguments = ([0],) if call == "step" else ()
    told = rf"^{call}\(\) was called on a closed env$"
    with pytest.raises(ClosedEnvironmentError, match=told):
        getattr(envs, call)(*arguments)


def test_a_step_names_the_envs_that_wait_for_a_reset_under_disabled_only() -> None:
    with pytest.raises(ResetNeeded, match=r"^the episodes of envs \[1, 3\] are over: reset them"):
        calls.require_reset_where_ended(AutoresetMode.DISABLED, ENDED)
    calls.require_reset_where_ended(AutoresetMode.DISABLED, np.zeros(4, bool))
    for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
        calls.require_reset_where_ended(mode, ENDED)


def test_the_next_step_resets_what_has_ended_under_next_step_only() -> None:
    assert calls.resetting(AutoresetMode.NEXT_STEP, ENDED).tolist() == ENDED.tolist()
    for mode in (AutoresetMode.DISABLED, AutoresetMode.SAME_STEP):
        assert not calls.resetting(mode, ENDED).any()
