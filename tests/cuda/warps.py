"""Model of warps: the instructions and the memory that 32 landers in lockstep cost.

A warp runs a basic block as often as the busiest of its lanes. That is a lower bound: lanes whose
paths part may run a block one after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
WARP = 32  # lanes
SECTOR = 8  # words of 4 bytes: the unit in which memory moves
LOADED, STORED = 1, 2  # bits of a word


def sorted_order(keys: Array, group: int) -> Array:
    """Landers in the order of their keys within each ``group`` neighbours; ties keep theirs."""
    return np.lexsort((keys, np.arange(len(keys)) // group))


def warp_instructions(executions: Array, sizes: Array, order: Array) -> int:
    """Instructions that warps issue for landers in an order.

    Args:
        executions: of each basic block, (landers, blocks).
        sizes: instructions of each basic block, (blocks,).
        order: the lander of each thread; the last warp may have idle lanes.
    """
    starts = np.arange(0, len(order), WARP)
    if not len(starts):
        return 0
    return int((np.maximum.reduceat(executions[order], starts) @ sizes).sum())


def instructions_apart(executions: Array, sizes: Array, order: Array, limit: float) -> int:
    """Instructions of two launches: the second does what stragglers have left.

    A straggler, a lander of more than ``limit`` instructions, stops in the first launch where it
    would run a block more often than every lane of its warp that is none. In the second launch
    stragglers fill warps.
    """
    chosen = executions[order]
    straggles = chosen @ sizes > limit
    starts = np.arange(0, len(order), WARP)
    others = np.where(straggles[:, None], 0, chosen)
    most = np.maximum.reduceat(others, starts)
    left = chosen - np.minimum(chosen, np.repeat(most, WARP, axis=0)[: len(order)])
    rest = left[straggles]
    return int((most @ sizes).sum()) + warp_instructions(rest, sizes, np.arange(len(rest)))


def sectors(words: Array, bits: int) -> int:
    """Sectors of which a word was accessed, of landers whose words lie one after the other.

    Args:
        words: bits of each word, (landers, words).
        bits: LOADED, STORED or both.
    """
    starts = np.arange(0, words.shape[1], SECTOR)
    return int(np.logical_or.reduceat((words & bits) > 0, starts, axis=1).sum())


def transposed_sectors(words: Array, bits: int) -> int:
    """The same, of landers of which a sector holds one word of eight neighbours."""
    return sectors(words.T, bits)
