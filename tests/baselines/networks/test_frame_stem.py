"""First convolution over whole frames, against the plain convolution written out."""

import pytest
import torch
from torch import nn

from baselines.networks.frame_stem import FrameStem, difference_matrix, space_to_depth

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()


def test_the_matrix_turns_a_stack_into_amplified_differences_and_the_newest_frame() -> None:
    stack = torch.tensor([1.0, 5.0, 8.0])
    # 2 * (1 - 8), 2 * (5 - 8), 8
    assert (difference_matrix(3, 2.0) @ stack).tolist() == [-14.0, -6.0, 8.0]
    assert difference_matrix(1, 2.0).tolist() == [[1.0]]


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize("change_gain", [0.0, 4.0])
def test_the_stem_is_a_convolution_of_8_by_8_with_stride_4_over_differences(
    frames, change_gain
) -> None:
    torch.manual_seed(0)
    stem = FrameStem(frames, filters=16, change_gain=change_gain)
    pixels = PIXELS[:, -frames:]
    x = pixels.double() / 255
    if change_gain:
        x = torch.cat((change_gain * (x[:, :-1] - x[:, -1:]), x[:, -1:]), dim=1)
    wanted = nn.functional.conv2d(x, stem.weight.double(), stem.bias.double(), stride=4)
    assert wanted.shape == (3, 16, 20, 20)
    assert torch.allclose(stem(pixels).double(), wanted, atol=1e-4)


def test_patches_of_4_by_4_become_channels_in_the_order_of_frames_rows_and_columns() -> None:
    patches = space_to_depth(PIXELS)
    assert patches.shape == (3, 64, 21, 21)
    assert patches.is_contiguous(memory_format=torch.channels_last)
    # Channel 16 * 2 + 4 * 1 + 3 of patch (5, 7): frame 2, row 4 * 5 + 1, column 4 * 7 + 3.
    assert patches[1, 39, 5, 7] == PIXELS[1, 2, 21, 31]
