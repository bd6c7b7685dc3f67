"""Where a glimpse falls, and what it sees there, by hand."""

import pytest
import torch
from torch import nn

from baselines.glimpse import Glimpse, crop, where_it_moves


def test_a_glimpse_falls_on_the_mean_place_of_squared_changes() -> None:
    frames = torch.zeros(1, 2, 9, 11)
    frames[0, 0, 2, 4] = 10.0  # what was there has gone,
    frames[0, 1, 6, 4] = 20.0  # and is here, twice as bright: weights 100 and 400
    frames[0, :, 8, 10] = 200.0  # stays
    row, column = where_it_moves(frames)[0].tolist()
    assert row == pytest.approx((100 * 2 + 400 * 6) / 500, abs=1e-3)
    assert column == pytest.approx(4, abs=1e-3)


@pytest.mark.parametrize("n_frames", [1, 2])
def test_where_nothing_moves_a_glimpse_falls_on_the_middle(n_frames) -> None:
    frames = torch.full((1, n_frames, 9, 11), 7.0)
    assert where_it_moves(frames)[0].tolist() == pytest.approx([4.0, 5.0])


def test_a_crop_is_cut_around_the_nearest_pixel_and_goes_on_beyond_edges() -> None:
    picture = torch.arange(24.0).view(1, 1, 4, 6)
    inside = crop(picture, torch.tensor([[2.2, 2.8]]), 2)
    assert inside[0, 0].tolist() == [[8.0, 9.0], [14.0, 15.0]]  # rows 1 and 2, columns 2 and 3
    corner = crop(picture, torch.tensor([[0.0, 0.0]]), 4)
    assert corner[0, 0, :3].tolist() == [[0.0, 0.0, 0.0, 1.0]] * 3
    assert corner[0, 0, 3].tolist() == [6.0, 6.0, 6.0, 7.0]


def test_frames_are_cropped_at_one_place() -> None:
    frames = torch.rand(2, 2, 20, 20)
    cut = crop(frames, torch.tensor([[10.0, 10.0], [5.0, 12.0]]), 4)
    assert torch.equal(cut[1], frames[1, :, 3:7, 10:14])


def test_features_are_those_of_the_layers_written_out_and_the_place() -> None:
    torch.manual_seed(0)
    glimpse = Glimpse(2)
    frames = torch.zeros(1, 2, 84, 84)
    frames[0, 0, 30, 50] = 255.0
    frames[0, 1, 30, 52] = 255.0  # row 30, column 51 in the mean
    x = frames[:, :, 18:42, 39:63] / 255
    x = torch.stack((4 * (x[:, 0] - x[:, 1]), x[:, 1]), dim=1)
    for layer, padding in ((glimpse.first, 2), (glimpse.second, 1)):
        x = torch.relu(nn.functional.conv2d(x, layer.weight, layer.bias, 2, padding))
    assert x.shape == (1, 32, 6, 6)
    # Places count from -3 at the first row or column to 3 at the last; the middle is at 41.5.
    place = torch.tensor([3 * (30 - 41.5) / 41.5, 3 * (51 - 41.5) / 41.5])
    x = torch.cat((glimpse.last(x.flatten(1))[0], place))
    expected = (x - x.mean()) / (x.var(unbiased=False) + 1e-5).sqrt()
    assert torch.allclose(glimpse(frames)[0], expected, atol=1e-3)
