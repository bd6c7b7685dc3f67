"""Features of pictures, against convolutions written out."""

import pytest
import torch
from torch import nn

from baselines.convolutions import Convolutions, MixedPrecision, take, zeros
from baselines.layers import Attention, changes

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


def test_a_stack_is_shown_as_its_newest_frame_and_four_times_what_has_changed_in_all() -> None:
    # Frames of grey 1, ..., 5: 4 * (1 - 5), 5.
    assert (changes(2) @ torch.tensor([1.0, 5.0])).tolist() == [-16.0, 5.0]
    assert changes(1).tolist() == [[1.0]]


@pytest.mark.parametrize("frames", [1, 2, 3, 4])
def test_frames_between_the_oldest_and_the_newest_are_not_seen(frames) -> None:
    torch.manual_seed(0)
    layers = Convolutions((frames, 84, 84))
    seen, other = PIXELS[:, :frames], PIXELS[:, :frames].clone()
    other[:, 1:-1] = 7
    assert torch.equal(layers(seen), layers(other))
    for end in (0, -1):
        other = seen.clone()
        other[:, end] = 7
        assert not torch.allclose(layers(seen), layers(other), atol=0.1)


def test_attention_reports_the_place_that_a_head_looks_for_and_what_is_there() -> None:
    attention = Attention()
    with torch.no_grad():
        for layer in (attention.match, attention.told):
            layer.weight.zero_()
            layer.bias.zero_()
        attention.match.weight[0, 0] = 100.0  # head 0 looks for channel 0,
        attention.told.weight[:, :, 0, 0] = torch.eye(32)  # and maps are told as they are
    maps = torch.zeros(1, 32, 4, 7)
    maps[0, 0, 1, 6] = 1.0
    maps[0, 5, 1, 6] = 0.5
    what, where = attention(maps)[0].split([8 * 32, 8 * 2])
    # Head 0: channels 0 and 5 of that place, row 1 of 0 to 3 at -1 and column 6 of 0 to 6 at 3.
    assert what[[0, 5]].tolist() == [1.0, 0.5]
    assert where[:2].tolist() == pytest.approx([-1.0, 3.0])
    # The others look for nothing: means over all 28 places, and the middle.
    assert what[32 + 5].item() == pytest.approx(0.5 / 28)
    assert where[2:].tolist() == pytest.approx([0.0] * 14, abs=1e-6)


def test_features_are_what_is_attended_to_on_two_layers_normalised_and_a_glimpse() -> None:
    torch.manual_seed(0)
    layers = Convolutions((4, 84, 84))
    oldest, newest = PIXELS[:, 0].double() / 255, PIXELS[:, 3].double() / 255
    x = torch.stack((4 * (oldest - newest), newest), dim=1)
    for layer, stride, padding in ((layers.layers.stem, 4, 0), (layers.layers.second, 2, 1)):
        x = torch.relu(nn.functional.conv2d(x, layer.weight.double(), None, stride, padding))
    assert x.shape[1:] == (32, 10, 10)  # (84 - 8) / 4 + 1 = 20, (20 + 2 - 4) / 2 + 1 = 10
    x = layers.attention(x.float())
    x = (x - x.mean(1, keepdim=True)) / (x.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    features = layers(PIXELS)
    assert features.shape == (3, (8 * 32 + 8 * 2) + 258)
    assert torch.allclose(features[:, :272], x, atol=1e-4)
    assert torch.equal(features[:, 272:], layers.glimpse(PIXELS[:, ::3].float()))
    assert torch.equal(layers(PIXELS.float()), features)


def test_mixed_precision_keeps_features_within_a_hundredth_and_weights_in_float32() -> None:
    torch.manual_seed(0)
    layers = Convolutions((4, 84, 84))
    exact, mixed = layers(PIXELS), MixedPrecision(layers)(PIXELS)
    assert mixed.dtype == torch.float32
    assert (mixed - exact).norm() < 0.01 * exact.norm()
    mixed.sum().backward()
    assert layers.layers.stem.weight.grad.dtype == torch.float32


def test_bfloat16_holds_every_grey_level() -> None:
    levels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(levels.to(torch.bfloat16).byte(), levels)


def test_pictures_that_are_too_small_are_refused() -> None:
    assert Convolutions((4, 36, 36))(torch.zeros(1, 4, 36, 36)).shape == (1, 530)
    with pytest.raises(ValueError, match="36 by 36 at least"):
        Convolutions((4, 36, 35))


def test_pictures_are_held_channels_last_and_taken_from_there_as_by_indexing() -> None:
    held = zeros((3, 4, 84, 84), torch.uint8, "cpu")
    held[:] = PIXELS
    assert held.is_contiguous(memory_format=torch.channels_last)
    rows = torch.tensor([2, 0, 2])
    taken = take(held, rows)
    assert torch.equal(taken, PIXELS[rows])
    assert taken.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    "tensor", [torch.arange(5.0), torch.arange(10).view(5, 2), PIXELS[:, :3, :7, :7], PIXELS]
)
def test_all_else_is_taken_as_by_indexing_too(tensor: torch.Tensor) -> None:
    rows = torch.tensor([1, 1, 0])
    assert torch.equal(take(tensor, rows), tensor[rows])


def test_other_than_pictures_are_held_as_they_are() -> None:
    assert zeros((2, 3), torch.float32, "cpu").is_contiguous()
