"""Predicted cost of the step's kernel: figures of 64 made-up landers, tables, and flights."""

import sys

import numpy as np
import pytest

from tests.cuda import prediction, warps
from tests.cuda.prediction import BY_CONTACTS, IDEAL, ORACLE, UNSORTED, Flight, Sample

COUNT = 64  # two warps
ODD = np.arange(COUNT) % 2
SIZES = np.array([10, 100])
BLOCKS = np.stack([np.ones(COUNT, int), ODD], axis=1)  # odd landers run the second block, too
CONSTANTS = {"entry_bytes": 64, "contact_bytes": 8, "contact_capacity": 4}


class MadeUp:
    """Counters of a machine that never counted."""

    regions = (64, 32)
    block_sizes = SIZES
    executions = BLOCKS
    accesses = np.tile([10, 20], (COUNT, 1))
    words = np.zeros((COUNT, 16 + 8), np.uint8)

    def constant(self, name: str) -> int:
        return CONSTANTS[name]

    def clear(self) -> None:
        pass

    def describe(self, entries) -> np.ndarray:
        return np.zeros((len(entries), 2), np.int32)


@pytest.fixture
def sample() -> Sample:
    entry, stack = np.zeros((COUNT, 16), np.uint8), np.zeros((COUNT, 8), np.uint8)
    entry[:, 0] = warps.LOADED
    entry[ODD == 1, 1] = warps.LOADED | warps.STORED
    entry[0, 15] = warps.STORED
    stack[:, :3] = warps.STORED
    keys = {"contacts": np.zeros(COUNT), BY_CONTACTS: ODD, ORACLE: BLOCKS @ SIZES}
    return Sample(BLOCKS, MadeUp.accesses, entry, stack, ODD, keys)


def test_a_sort_of_odd_and_even_landers_fills_all_lanes(sample) -> None:
    found = prediction.instructions(sample, SIZES)
    # The lanes need 10 and 110 instructions, 60 on average. Each of the two warps issues 110, or
    # sorted one 10 and one 110.
    assert found[IDEAL, False] * 32 == 60
    assert found[UNSORTED, False] * COUNT == 2 * 110
    assert found[(BY_CONTACTS, 128), False] * COUNT == 10 + 110
    assert found[("contacts", 128), False] == found[UNSORTED, False]  # all alike: nothing moves
    # No lander costs more than twice the median of 60: no stragglers.
    assert found[UNSORTED, True] == found[UNSORTED, False]


def test_bytes_are_those_of_the_sectors_that_a_layout_moves(sample) -> None:
    found = prediction.memory(sample, MadeUp())
    assert found["bytes of the entry loaded"] == 4 + 4 / 2
    assert found["bytes of the entry stored"] == 4 / 2 + 4 / COUNT
    assert found["bytes of the stack accessed"] == 3 * 4
    # In place: all load their first sector, odd ones store to it; lander 0 stores to its second.
    assert found["moved, in place"] == 32 * (1 + 1 / 2 + 2 / COUNT)
    # By word, a sector has eight landers: words 0 and 1 of all are loaded, word 1 is stored.
    assert found["moved, by word"] == 32 * (3 * 8 + 2) / COUNT
    assert found["moved, whole"] == 2 * 64
    assert found["moved, live"] == 2 * (64 - 8 * 3.5)  # half a contact of four


def test_the_tables_show_shares_gains_and_limits(sample) -> None:
    counters = MadeUp()
    figures = prediction.instructions(sample, SIZES) | prediction.memory(sample, counters)
    rows = prediction.page({"random": figures}).splitlines()
    assert "| instructions of a lander | 60 |" in rows
    assert "| lanes in use (SIMT efficiency), no sort | 55% |" in rows
    assert f"| {BY_CONTACTS} | 1.83 | 1.83 | 1.83 |" in rows  # 220 / 120
    assert "| contacts | 1.00 | 1.00 | 1.00 |" in rows
    assert "| bytes moved, whole entries by word | 128 |" in rows


def test_limits_are_rates_over_counts() -> None:
    assert prediction.issue_limit(1_000.0) == 132 * 4 * 1.98e9 / 1_000
    figures = {"accesses of the entry": 40.0, "accesses of the stack": 320.0}
    # A warp's access of its stack is one line, and of entries in place 32, four a cycle.
    assert prediction.cache_limit(figures, 32) == 132 * 1.98e9 / ((40 * 8 + 320) / 32)
    assert prediction.cache_limit(figures, 1) == 132 * 1.98e9 / ((40 + 320) / 32)


@pytest.fixture
def flight(machine) -> Flight:
    return Flight(MadeUp(), COUNT, share=0.5, warm_up=150)


def test_landers_fly_on_from_the_states_of_the_cpu(flight) -> None:
    for _ in range(40):
        sample = flight.step()
    assert sample.keys["instructions of the step before"].tolist() == (BLOCKS @ SIZES).tolist()
    assert sample.entry.shape == (COUNT, 16)
    assert sample.stack.shape == (COUNT, 8)


def test_a_difference_from_the_cpu_ends_the_flight(flight) -> None:
    flight._cpu.step(np.zeros(COUNT, int))
    with pytest.raises(AssertionError, match="differs from the CPU's"):
        flight.step()


def test_a_flight_without_a_sample_is_refused(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["prediction", "--steps", "2", "--out", "page.md"])
    with pytest.raises(SystemExit) as ended:
        prediction.main()
    assert ended.value.code == 2
    assert "--steps must be at least 3, got 2" in capsys.readouterr().err
