"""Pictures on a GPU: restored stacks."""

import pytest

from tests.vector.device.comparing import Pair


@pytest.mark.parametrize("layout", [{}, {"channels_last": True, "dtype": "float32"}], ids=str)
def test_restored_stacks_are_shown_and_pushed_on(machine, layout) -> None:
    envs = Pair("lander_envs/PixelLander-v0", 2, frame_stack=3, obs_size=40, **layout)
    envs.reset(seed=0)
    envs.fly(6)
    states = [envs.cpu.clone_state(i) for i in range(2)]
    envs.reset(seed=9)
    for i, state in enumerate(states):
        for both in (envs.cpu, envs.gpu):
            both.restore_state(state, i)
    envs.fly(6)


@pytest.mark.parametrize("layout", [{}, {"channels_last": True}, {"dtype": "float32"}], ids=str)
def test_without_copies_a_restored_state_shows_in_the_returned_tensor_at_once(
    machine, layout
) -> None:
    envs = Pair("lander_envs/PixelLander-v0", 2, obs_size=40, copy=False, **layout).gpu
    obs, _ = envs.reset(seed=0)
    state, then = envs.clone_state(0), obs.clone()
    again = envs.step([2, 2])[0]
    assert again.data_ptr() == obs.data_ptr()
    assert (obs != then).any()
    envs.restore_state(state, 0)
    assert (obs[0] == then[0]).all()
