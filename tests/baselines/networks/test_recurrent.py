"""LSTM and GRU memories against sequences unrolled by hand."""

import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.networks.actor_critic import ActorCriticPolicy
from baselines.networks.build import RecurrentNetworkConfig, build_recurrent_actor_critic
from baselines.networks.recurrent import CELLS, Memory, MemoryStart

CHRONO = MemoryStart(chrono=True, gate_gain=0.1)


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


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_units_start_to_remember_for_up_to_31_steps(cell) -> None:
    torch.manual_seed(0)
    memory = Memory(8, 64, 1, cell, start=CHRONO)
    bias = memory.cell.bias_ih_l0.view(-1, 64)
    times = bias[1].exp()  # of the forget or update gate
    assert times.min() >= 0.05
    assert 20 < times.max() <= 31.05
    if cell == "lstm":
        assert torch.equal(bias[0], -bias[1])  # what is kept is not overwritten
    assert memory.cell.bias_hh_l0.count_nonzero() == 0


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_inputs_move_gates_a_tenth_as_much_as_the_candidate(cell) -> None:
    torch.manual_seed(0)
    weights = Memory(8, 64, 1, cell, start=CHRONO).cell.weight_ih_l0.view(-1, 64, 8)
    for gate, weight in enumerate(weights):
        wanted = (1.0 if gate == 2 else 0.1) * 4 / 8**0.5
        assert float(weight.detach().std()) == pytest.approx(wanted, rel=0.15)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_memory_under_chrono_initialisation_fades_at_its_units_own_rates(cell) -> None:
    torch.manual_seed(0)
    memory = Memory(8, 64, 1, cell, start=CHRONO)
    with torch.no_grad():
        memory.cell.weight_hh_l0.zero_()
        state = torch.ones(1, memory.width)
        _, after = memory(torch.zeros(1, 1, 8), state)
    times = memory.cell.bias_ih_l0.view(-1, 64)[1].exp()
    kept = after[0, -64:]  # of an LSTM, the cell state comes last
    # A unit keeps u / (1 + u), and the candidate of a zero observation is 0.
    assert torch.allclose(kept, times / (1 + times), atol=1e-6)


@pytest.mark.parametrize("settings", [{}, {"previous_action": True}, {"share_encoder": True}])
def test_decisions_follow_the_actions_and_values_of_an_episode(settings) -> None:
    torch.manual_seed(0)
    config = RecurrentNetworkConfig(algorithm="recurrent_ppo", memory_size=8, **settings)
    space = spaces.Box(-1, 1, (3,))
    agent = build_recurrent_actor_critic(config, space, spaces.Discrete(4))
    acting, deciding = (ActorCriticPolicy(agent, "cpu", sampled=False) for _ in range(2))
    values = []
    for obs in np.random.default_rng(0).normal(size=(6, 2, 3)).astype(np.float32):
        decision = deciding.decide(obs)
        assert decision.actions.tolist() == acting.act(obs).tolist()
        assert decision.probabilities.argmax(axis=1).tolist() == decision.actions.tolist()
        values.append(decision.values.tolist())
    assert len({tuple(value) for value in values}) == 6  # the critic's memory moves on
