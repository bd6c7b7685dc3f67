"""Motion crops: centres and contents, by hand."""

import pytest
import torch

from baselines.networks.motion_crop import brighter_centre, crop, motion_crops


def test_a_crop_is_centred_on_the_mean_place_of_what_got_brighter() -> None:
    old, new = torch.zeros(2, 1, 9, 11, dtype=torch.uint8)
    old[0, 2, 4] = 10  # what was there has gone,
    new[0, 6, 4] = 10  # and is here,
    new[0, 8, 6] = 20  # and here, twice as bright: weights 100 and 400
    old[0, 0, 10] = new[0, 0, 10] = 200  # stays
    expected = [(100 * 6 + 400 * 8) / 500, (100 * 4 + 400 * 6) / 500]
    assert brighter_centre(new, old)[0].tolist() == pytest.approx(expected, abs=1e-4)
    assert brighter_centre(old, new)[0].tolist() == pytest.approx([2, 4], abs=1e-4)


@pytest.mark.parametrize("n_frames", [1, 2])
def test_if_nothing_moves_the_crop_is_the_image_centre(n_frames) -> None:
    frames = torch.full((1, n_frames, 9, 11), 7, dtype=torch.uint8)
    assert brighter_centre(frames[:, -1], frames[:, 0])[0].tolist() == [4.0, 5.0]
    crops, places = motion_crops(frames)
    assert places.tolist() == [[0.0, 0.0, 0.0, 0.0]]
    assert torch.allclose(crops[:, 0], torch.full((2, 16, 16), 7 / 255))
    assert not crops[:, 1].any()


def test_a_crop_is_cut_around_the_nearest_pixel_and_goes_on_beyond_edges() -> None:
    picture = torch.arange(24.0).view(1, 1, 4, 6)
    inside = crop(picture, torch.tensor([[2.2, 2.8]]), 2)
    assert inside[0, ..., 0].tolist() == [[8.0, 9.0], [14.0, 15.0]]  # rows 1 and 2, columns 2 and 3
    corner = crop(picture, torch.tensor([[0.0, 0.0]]), 4)[0, ..., 0]
    assert corner[:3].tolist() == [[0.0, 0.0, 0.0, 1.0]] * 3
    assert corner[3].tolist() == [6.0, 6.0, 6.0, 7.0]


def test_frames_are_cropped_at_one_place() -> None:
    frames = torch.rand(2, 3, 20, 20)
    cut = crop(frames, torch.tensor([[10.0, 10.0], [5.0, 12.0]]), 4)
    assert torch.equal(cut[1].movedim(-1, 0), frames[1, :, 3:7, 10:14])


def test_crops_of_the_smallest_picture_are_finite() -> None:
    frames = torch.tensor([0, 255], dtype=torch.uint8).view(1, 2, 1, 1)
    crops, places = motion_crops(frames)
    assert places.tolist() == [[0.0, 0.0, 0.0, 0.0]]
    assert crops[0].unique().tolist() == [1.0, 4.0]  # white, and a change of 1 by the gain of 4


def test_crops_show_both_places_with_changes_from_the_frames_beside() -> None:
    frames = torch.zeros(1, 4, 84, 84, dtype=torch.uint8)
    for frame, (row, column) in enumerate([(30, 50), (31, 50), (32, 51), (34, 52)]):
        frames[0, frame, row, column] = 51  # grey of 0.2
    crops, places = motion_crops(frames)
    now, then = torch.zeros(2, 2, 16, 16)
    now[:, 8, 8] = torch.tensor([0.2, 4 * 0.2])  # the newest at its place, and new there;
    now[1, 6, 7] = -4 * 0.2  # a frame ago it was two rows up and one column to the left
    then[:, 8, 8] = torch.tensor([0.2, 4 * 0.2])
    then[1, 9, 8] = -4 * 0.2  # a frame later it was a row down
    assert torch.allclose(crops, torch.stack((now, then)))
    # Places count from -3 at the first row or column to 3 at the last; the middle is at 41.5.
    expected = [3 * (34 - 41.5) / 41.5, 3 * (52 - 41.5) / 41.5, 4, 2]
    assert places[0].tolist() == pytest.approx(expected, abs=1e-3)
