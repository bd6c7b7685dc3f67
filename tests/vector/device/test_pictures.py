"""Pictures on a GPU: restored stacks."""

from tests.vector.device.comparing import Pair


def test_restored_stacks_are_shown_and_pushed_on(machine) -> None:
    envs = Pair("lander_envs/PixelLander-v0", 2, frame_stack=3, obs_size=40)
    envs.reset(seed=0)
    envs.fly(6)
    states = [envs.cpu.clone_state(i) for i in range(2)]
    envs.reset(seed=9)
    for i, state in enumerate(states):
        for both in (envs.cpu, envs.gpu):
            both.restore_state(state, i)
    envs.fly(6)
