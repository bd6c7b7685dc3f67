"""Traces of feature maps, against numbers worked by hand and against single steps."""

import pytest
import torch
from torch import nn

from baselines.networks.attention_cnn import ResidualAttentionCNN
from baselines.networks.frame_memory import MapMemory, RecurrentEncoder, padded

ONE_PLACE = (1, 1, 1)  # rows, columns, maps


def shown(memory: MapMemory, numbers: list[float]) -> torch.Tensor:
    """Maps and traces of a memory of one map in one place, (steps, 2)."""
    maps = torch.tensor(numbers).view(-1, 1, 1, 1, 1)
    return memory(maps, torch.zeros(1, memory.width))[0].view(-1, 2)


def with_decay(change_gain: float, decay: float) -> MapMemory:
    memory = MapMemory(ONE_PLACE, change_gain)
    with torch.no_grad():
        memory.decay_logits.fill_(torch.tensor(decay).logit())
    return memory


def test_a_trace_begins_with_the_first_map_and_forgets_by_its_decay() -> None:
    # Before each step: 8 by the first map, 8, then 3/4 * 8 + 1/4 * 4, then 3/4 * 7 + 1/4 * 0.
    given = shown(with_decay(0.0, 0.75), [8.0, 4.0, 0.0, 0.0])
    assert torch.allclose(given[:, 0], torch.tensor([8.0, 4.0, 0.0, 0.0]))
    assert torch.allclose(given[:, 1], torch.tensor([8.0, 8.0, 7.0, 5.25]))


def test_with_a_gain_traces_come_as_amplified_differences() -> None:
    # The traces above less the maps, times 4.
    given = shown(with_decay(4.0, 0.75), [8.0, 4.0, 0.0, 0.0])
    assert torch.allclose(given[:, 1], torch.tensor([0.0, 16.0, 28.0, 21.0]))


def test_traces_start_with_ages_from_one_decision_to_four() -> None:
    decays = MapMemory((1, 1, 32), 4.0).decay_logits.sigmoid()
    # A trace that keeps d of itself is 1 / (1 - d) steps old on average.
    assert torch.allclose(1 / (1 - decays[[0, -1]]), torch.tensor([1.05, 4.0]))
    assert (decays.diff() > 0).all()


def encoder_of(change_gain: float = 4.0, mixed_precision: bool = False) -> RecurrentEncoder:
    torch.manual_seed(1)
    cnn = ResidualAttentionCNN(1)
    memory = MapMemory((20, 20, 32), change_gain)
    return RecurrentEncoder(cnn.first, memory, cnn.over_traces(), mixed_precision)


FRAMES = torch.randint(0, 256, (5, 2, 1, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


@pytest.mark.parametrize("change_gain", [0.0, 4.0])
def test_an_encoder_stepped_gives_the_features_of_the_whole_sequence(change_gain) -> None:
    encoder = encoder_of(change_gain)
    state = torch.zeros(2, encoder.width)
    # The second sequence has three steps only.
    is_shown = torch.ones(5, 2, dtype=torch.bool)
    is_shown[3:, 1] = False
    whole = encoder(FRAMES[is_shown], is_shown, state)
    steps = []
    for frames in FRAMES:
        features, state = encoder.step(frames, state)
        steps.append(features)
    assert torch.allclose(whole, torch.stack(steps)[is_shown], atol=1e-4)


def test_a_frame_looks_other_after_another_frame() -> None:
    encoder = encoder_of()
    fresh = torch.zeros(2, encoder.width)
    _, after = encoder.step(FRAMES[0], fresh)
    first, _ = encoder.step(FRAMES[1], fresh)
    second, _ = encoder.step(FRAMES[1], after)
    assert (first - second).abs().max() > 0.1


def test_in_bfloat16_features_stay_near_and_traces_are_float32() -> None:
    exact, mixed = encoder_of(), encoder_of(mixed_precision=True)
    is_shown, state = torch.ones(5, 2, dtype=torch.bool), torch.zeros(2, exact.width)
    features = exact(FRAMES.flatten(0, 1), is_shown, state)
    near = mixed(FRAMES.flatten(0, 1), is_shown, state)
    assert (near - features).norm() < 0.1 * features.norm()
    assert near.dtype == mixed.step(FRAMES[0], state)[1].dtype == torch.float32


def test_every_weight_and_every_decay_has_a_gradient() -> None:
    encoder = encoder_of()
    for block in encoder.modules():
        if isinstance(block, nn.Conv2d):  # the last of a residual block starts at 0
            nn.init.normal_(block.weight, std=0.1)
    is_shown = torch.ones(5, 2, dtype=torch.bool)
    features = encoder(FRAMES.flatten(0, 1), is_shown, torch.zeros(2, encoder.width))
    features.pow(3).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in encoder.parameters())


def test_rows_of_shown_steps_go_to_their_places() -> None:
    is_shown = torch.tensor([[True, True], [False, True]])
    among_all = padded(torch.tensor([[1.0], [2.0], [3.0]]), is_shown)
    assert among_all.tolist() == [[[1.0], [2.0]], [[0.0], [3.0]]]
