"""The parity report counts what it says."""

import numpy as np

from tests.parity.pixel_report import Differences


def test_errors_are_counted_over_all_pixels_and_frames() -> None:
    differences = Differences()
    black = np.zeros((2, 2), np.uint8)
    differences.add(black, black)
    differences.add(black, np.array([[8, 0], [0, 0]], np.uint8))
    # 8 levels on 8 pixels, 7 of them identical; the second frame's mean error is 8 / 4.
    assert differences.row("two") == "| two | 2 | 1 | 87.5000% | 2 |"
