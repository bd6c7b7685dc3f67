"""LSTM and GRU memories against sequences unrolled by hand."""

import numpy as np
import pytest
import torch

from baselines.networks.recurrent import CELLS, Memory


@pytest.mark.parametrize(("layers", "change_gain"), [(1, 0.0), (2, 0.0), (1, 5.0)])
@pytest.mark.parametrize("cell", CELLS)
def test_a_memory_stepped_gives_the_features_of_the_whole_sequence(
    cell, layers, change_gain
) -> None:
    torch.manual_seed(0)
    memory = Memory(3, 8, layers, cell, change_gain)
    obs, state = torch.randn(6, 2, 3), torch.randn(2, memory.width)
    whole, last = memory(obs, state)
    for t in range(6):
        features, state = memory(obs[t : t + 1], state)
        assert torch.allclose(features[0], whole[t], atol=1e-6)
    assert torch.allclose(state, last, atol=1e-6)


def test_a_memory_sees_how_much_an_observation_changed_but_not_at_an_episodes_start() -> None:
    memory = Memory(1, 2, 1, "gru", change_gain=2.0)
    start = torch.zeros(1, memory.width)
    seen, kept = memory._with_change(torch.tensor([[[3.0]], [[3.5]]]), start[:, 2:])
    assert seen[:, 0, 0].tolist() == [3.0, 3.5]
    assert seen[:, 0, 1].tolist() == pytest.approx([0.0, np.tanh(2.0 * 0.5)])
    seen, kept = memory._with_change(torch.tensor([[[3.25]]]), kept)
    assert seen[0, 0].tolist() == pytest.approx([3.25, np.tanh(2.0 * -0.25)])
    assert kept.tolist() == [[3.25, 1.0]]
