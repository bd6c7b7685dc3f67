"""Model of warps, on four landers in warps of two lanes."""

import numpy as np
import pytest

from tests.cuda import warps

SIZES = np.array([10, 100])  # instructions of two basic blocks
# Two landers run the second block, two do not; the third runs the first one twice.
EXECUTIONS = np.array([[1, 0], [1, 1], [2, 0], [1, 1]])
AS_LAUNCHED = np.arange(4)


@pytest.fixture(autouse=True)
def two_lanes(monkeypatch) -> None:
    monkeypatch.setattr(warps, "WARP", 2)


def test_a_warp_runs_a_block_as_often_as_its_busiest_lane() -> None:
    # (1, 1) of the first pair is 110, (2, 1) of the second 120. The lanes need 10 + 110 + 20 + 110,
    # half of which is 125: the lanes are used to 54 %.
    assert warps.warp_instructions(EXECUTIONS, SIZES, AS_LAUNCHED) == 230


def test_sorted_landers_share_warps_with_their_like() -> None:
    order = warps.sorted_order(EXECUTIONS[:, 1], 4)
    assert order.tolist() == [0, 2, 1, 3]
    assert warps.warp_instructions(EXECUTIONS, SIZES, order) == 20 + 110


def test_a_sort_stays_in_its_group() -> None:
    assert warps.sorted_order(np.array([1, 0, 3, 2]), 2).tolist() == [1, 0, 3, 2]


def test_stragglers_stop_where_their_warp_does_and_go_on_together() -> None:
    # The first launch runs (1, 0) and (2, 0); the second one the two stragglers' (0, 1).
    assert warps.instructions_apart(EXECUTIONS, SIZES, AS_LAUNCHED, 50) == 10 + 20 + 100


def test_without_stragglers_there_is_no_second_launch() -> None:
    assert warps.instructions_apart(EXECUTIONS, SIZES, AS_LAUNCHED, 1000) == 230


def test_a_warp_may_have_idle_lanes() -> None:
    assert warps.warp_instructions(EXECUTIONS, SIZES, np.array([0, 2, 3])) == 20 + 110
    assert warps.warp_instructions(EXECUTIONS, SIZES, np.array([], int)) == 0


def test_a_sector_is_eight_words_of_a_lander_or_a_word_of_eight_landers() -> None:
    words = np.zeros((16, 24), np.uint8)
    words[0, 0] = warps.LOADED
    words[0, 7] = words[9, 7] = words[0, 23] = warps.STORED
    both = warps.LOADED | warps.STORED
    assert warps.sectors(words, both) == 3  # lander 0: words 0 to 7 and 16 to 23; lander 9: one
    assert warps.sectors(words, warps.LOADED) == 1
    # Words 0, 7 and 23 of landers 0 to 7, and word 7 of landers 8 to 15.
    assert warps.transposed_sectors(words, both) == 4
