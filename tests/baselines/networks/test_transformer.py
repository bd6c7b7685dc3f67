"""Attention over a window of steps, against averages worked by hand."""

import pytest
import torch
from torch import nn

from baselines.networks.transformer import AttentionBlock, Window
from tests.baselines.algorithms.test_recurrent_ppo import scramble


def averaging_block() -> AttentionBlock:
    """A block with window 3 that adds the mean of the steps that a step can attend to."""
    block = AttentionBlock(4, window=3)
    block.norm = nn.Identity()
    with torch.no_grad():
        for parameter in (*block.query.parameters(), block.key_value.bias, block.position):
            parameter.zero_()  # all keys match alike
        block.key_value.weight.copy_(torch.eye(4).repeat(2, 1))
        block.out.weight.copy_(torch.eye(4))
        for parameter in (block.out.bias, *block.mlp[-1].parameters()):
            parameter.zero_()
    return block


def steps_of(*numbers: float) -> torch.Tensor:
    """One environment's steps, (steps, 1, 4)."""
    return torch.tensor(numbers, dtype=torch.float32)[:, None, None].expand(-1, 1, 4).clone()


def test_a_step_attends_to_the_steps_of_its_window_and_episode_alone() -> None:
    x, before = steps_of(1, 2, 6, 9), steps_of(100, 200)
    in_episode = torch.tensor([False, False, True, True, True, True])[:, None]
    added = averaging_block()(x, before, in_episode) - x
    # 1; (1 + 2) / 2; (1 + 2 + 6) / 3; (2 + 6 + 9) / 3.
    assert added[:, 0, 0].tolist() == pytest.approx([1, 1.5, 3, 17 / 3])
    added = averaging_block()(x, before, torch.ones(6, 1).bool()) - x
    # (100 + 200 + 1) / 3; (200 + 1 + 2) / 3; the rest as above.
    assert added[:, 0, 0].tolist() == pytest.approx([301 / 3, 203 / 3, 3, 17 / 3])


def test_a_head_prefers_places_of_the_window() -> None:
    block = averaging_block()
    with torch.no_grad():
        block.position[0, 0] = block.position[1, 2] = 50.0  # the others stay at 0
    x = steps_of(1, 2, 6, 9)
    added = block(x, steps_of(100, 200), torch.ones(6, 1).bool()) - x
    # A preference of 50 outweighs the others by e^50. The first head looks two steps back, the
    # second at the step itself; the last two average.
    assert added[:, 0, 0].tolist() == pytest.approx([100, 200, 1, 2])
    assert added[:, 0, 1].tolist() == pytest.approx([1, 2, 6, 9])
    assert added[:, 0, 3].tolist() == pytest.approx([301 / 3, 203 / 3, 3, 17 / 3])


@pytest.mark.parametrize("layers", [1, 2])
def test_a_window_stepped_gives_the_features_of_the_whole_sequence(layers) -> None:
    torch.manual_seed(0)
    window = Window(3, 8, layers, window=4)
    scramble(window)
    obs, state = torch.randn(9, 2, 3), torch.zeros(2, window.width)
    _, state = window(torch.randn(5, 2, 3), state)
    whole, last = window(obs, state)
    for t in range(9):
        features, state = window(obs[t : t + 1], state)
        assert torch.allclose(features[0], whole[t], atol=1e-5)
    assert torch.allclose(state, last, atol=1e-5)


@pytest.mark.parametrize(("layers", "reach"), [(1, 3), (2, 6)])
def test_features_depend_on_the_window_and_on_nothing_later_or_earlier(layers, reach) -> None:
    """A block with window 4 reaches 3 steps back; two reach 6."""
    torch.manual_seed(0)
    window = Window(3, 8, layers, window=4)
    scramble(window)
    obs = torch.randn(10, 1, 3, requires_grad=True)
    features, _ = window(obs, torch.zeros(1, window.width))
    features[8].square().sum().backward()
    seen = obs.grad.abs().sum(dim=(1, 2)) > 0
    assert seen.tolist() == [8 - reach <= t <= 8 for t in range(10)]


def test_a_state_of_zeros_is_an_episodes_start() -> None:
    """Environment 0 is in an episode that environment 1 has just left for a new one."""
    torch.manual_seed(0)
    window = Window(3, 8, 1, window=4)
    scramble(window)
    _, state = window(torch.randn(1, 2, 3).expand(5, 2, 3), torch.zeros(2, window.width))
    state[1] = 0.0
    obs = torch.randn(2, 1, 3).expand(2, 2, 3)
    features, _ = window(obs, state)
    fresh, _ = window(obs, torch.zeros(2, window.width))
    assert torch.allclose(features[:, 1], fresh[:, 1], atol=1e-6)
    assert not torch.allclose(features[:, 0], fresh[:, 0], atol=1e-2)
