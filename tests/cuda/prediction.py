"""Predicted cost of the step's kernel on a GPU, without a GPU.

    python -m tests.cuda.prediction --out docs/results/gpu_prediction.md

NVRTC's PTX of ``lander_step``, translated to C++, runs on the CPU and counts: for each lander the
executions of each basic block, and the words of memory that it loads and stores. The landers first
fly on the CPU's vector environment until their episodes are out of phase; from then on they fly on
both, and must agree.
"""

from __future__ import annotations

import argparse
import ctypes
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from torch import Tensor

from lander_envs.scoring.policy import HeuristicPolicy
from tests.cuda import warps
from tests.cuda.machine import build
from tests.cuda.machine.session import Machine, session
from tests.cuda.warps import Array

NUM_ENVS = 2_048
WARM_UP = 1_000  # steps, after which episodes are out of phase
EVERY = 3  # steps from one sample to the next
FLIGHTS = {"random": 0.0, "half heuristic": 0.5}  # share of landers that follow the heuristic
GROUPS = (128, 512, 2_048)  # neighbours among which landers are sorted
STRAGGLES = 2.0  # medians of a step's instructions

# A sort: its key and its group.
IDEAL, UNSORTED = ("all lanes busy", 0), ("no sort", 0)
BY_CONTACTS = "resets, contacts that touch, contacts"
ORACLE = "the step's own instructions (no sort can know them)"

# H100 and H200 with SXM, from NVIDIA's data sheets and an NVIDIA engineer in its forum (tags).
PROCESSORS, SCHEDULERS, CLOCK = 132, 4, 1.98e9  # a scheduler issues an instruction a cycle; Hz
TAGS = 4  # lines of its L1 cache that a multiprocessor finds in a cycle
BANDWIDTH = {"H200": 4.8e12, "H100": 3.35e12}  # bytes/s

TOUCHED = ("entry loaded", "entry stored", "stack accessed")
LAYOUTS = {
    "in place": "entries in place",
    "by word": "entries by word",
    "whole": "whole entries by word",
    "live": "whole entries by word, but live contacts only",
}


class Sample(NamedTuple):
    """One step of many landers."""

    executions: Array  # of each basic block, (landers, blocks)
    accesses: Array  # loads and stores in the entry and in the stack, (landers, 2)
    entry: Array  # bits of each word of the entry, (landers, words)
    stack: Array  # the same of the stack
    contacts: Array  # before the step, (landers,)
    keys: dict[str, Array]  # by which the landers could be sorted before the step, each (landers,)


class Counts(ctypes.Structure):
    """``Counts`` of counting.h."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("executions", "accesses", "words")),
        ("blocks", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64 * 2),
    )


class Counters:
    """Counters of ``lander_step`` in a library of ``build.counting``."""

    def __init__(self, machine: Machine, num_envs: int) -> None:
        self._library = machine.library
        blocks = self.constant("blocks")
        sizes = (ctypes.c_uint32 * blocks).in_dll(self._library, "test_block_sizes")
        self.block_sizes = np.array(sizes, np.int64)
        self.regions = [self.constant(f"{name}_bytes") for name in ("entry", "stack")]
        self.executions = np.zeros((num_envs, blocks), np.uint32)
        self.accesses = np.zeros((num_envs, 2), np.uint32)
        self.words = np.zeros((num_envs, sum(self.regions) // 4), np.uint8)
        arrays = self.executions, self.accesses, self.words
        counts = Counts.in_dll(self._library, "test_counts")
        counts.executions, counts.accesses, counts.words = (a.ctypes.data for a in arrays)
        counts.blocks, counts.bytes[:] = blocks, self.regions

    def constant(self, name: str) -> int:
        """Constant of the library."""
        return ctypes.c_uint64.in_dll(self._library, f"test_{name}").value

    def clear(self) -> None:
        """Start again from zero."""
        for array in (self.executions, self.accesses, self.words):
            array.fill(0)

    def describe(self, entries: Tensor) -> Array:
        """Contacts and touching contacts, (landers, 2)."""
        out = np.empty((len(entries), 2), np.int32)
        pointers = (ctypes.c_void_p(p) for p in (entries.data_ptr(), out.ctypes.data))
        self._library.test_describe(next(pointers), len(entries), next(pointers))
        return out


class Flight:
    """The same landers on the CPU's vector environment and on the machine that counts.

    Args:
        counters: counters of the machine.
        num_envs: number of landers.
        share: part of the landers that follow Gymnasium's heuristic; the others act at random.
        warm_up: steps on the CPU alone.
    """

    def __init__(self, counters: Counters, num_envs: int, share: float, warm_up: int) -> None:
        self._counters = counters
        self._cpu: Any = gym.make_vec("lander_envs/Lander-v0", num_envs=num_envs).unwrapped
        on_gpu = gym.make_vec("lander_envs/Lander-v0", num_envs=num_envs, device="cuda")
        self._gpu: Any = on_gpu.unwrapped
        self._dice = np.random.default_rng(0)
        self._guided = self._dice.random(num_envs) < share
        self._heuristic = HeuristicPolicy(continuous=False)
        self._obs, _ = self._cpu.reset(seed=0)
        for _ in range(warm_up):
            self._obs = self._cpu.step(self._actions())[0]
        self._gpu.reset(seed=0)
        for i in range(num_envs):
            self._gpu.restore_state(self._cpu.clone_state(i), i)
        self._costs = np.zeros(num_envs, np.int64)  # instructions of the last step

    def step(self) -> Sample:
        """Fly one step."""
        counters, batch = self._counters, self._gpu._batch
        contacts, touching = counters.describe(batch.entries).T
        resets = batch.ended.numpy().astype(np.int64)
        keys = {
            "contacts": contacts,
            "contacts that touch": touching,
            BY_CONTACTS: 10_000 * resets + 100 * touching + contacts,
            "instructions of the step before": self._costs,
        }
        counters.clear()
        batch._sort_keys.zero_()  # no sort: a thread counts for the lander of its number
        actions = self._actions()
        expected, got = self._cpu.step(actions), self._gpu.step(actions)
        if any(g.numpy().tobytes() != e.tobytes() for g, e in zip(got[:4], expected, strict=False)):
            raise AssertionError("the machine's step differs from the CPU's")
        self._obs = expected[0]
        self._costs = keys[ORACLE] = counters.executions @ counters.block_sizes
        words = np.split(counters.words, [counters.regions[0] // 4], axis=1)
        return Sample(counters.executions, counters.accesses, words[0], words[1], contacts, keys)

    def _actions(self) -> Array:
        actions = self._dice.integers(0, 4, len(self._obs))
        actions[self._guided] = self._heuristic.act(self._obs)[self._guided]
        return actions


# --- Figures of a sample, a lander and step ------------------------------------------------------

Figures = dict[Any, float]


def instructions(sample: Sample, sizes: Array) -> Figures:
    """Instructions that warps issue, by the sort and whether stragglers are apart."""
    ran = sample.executions.any(axis=0)  # the other blocks cost nothing
    executions, sizes = sample.executions[:, ran], sizes[ran]
    costs = executions @ sizes
    limit = STRAGGLES * float(np.median(costs))
    orders = {UNSORTED: np.arange(len(costs))}
    for key, values in sample.keys.items():
        orders |= {(key, group): warps.sorted_order(values, group) for group in GROUPS}
    found: Figures = {(IDEAL, False): costs.sum() / warps.WARP}
    for sort, order in orders.items():
        found[sort, False] = warps.warp_instructions(executions, sizes, order)
        found[sort, True] = warps.instructions_apart(executions, sizes, order, limit)
    return {name: total / len(costs) for name, total in found.items()}


def memory(sample: Sample, counters: Counters) -> Figures:
    """Accesses, and bytes by the layout of the entries."""
    count = len(sample.entry)
    both = warps.LOADED | warps.STORED
    entry, contact = (counters.constant(f"{name}_bytes") for name in ("entry", "contact"))
    empty = counters.constant("contact_capacity") - sample.contacts.mean()
    in_entry, in_stack = sample.accesses.mean(axis=0)
    found = {
        "accesses of the entry": in_entry,
        "accesses of the stack": in_stack,
        "bytes of the entry loaded": 4 * ((sample.entry & warps.LOADED) > 0).sum() / count,
        "bytes of the entry stored": 4 * ((sample.entry & warps.STORED) > 0).sum() / count,
        "bytes of the stack accessed": 4 * (sample.stack > 0).sum() / count,
        "moved, whole": 2.0 * entry,
        "moved, live": 2 * (entry - contact * empty),
    }
    for layout, sectors in (("in place", warps.sectors), ("by word", warps.transposed_sectors)):
        moved = sectors(sample.entry, both) + sectors(sample.entry, warps.STORED)
        found[f"moved, {layout}"] = 4 * warps.SECTOR * moved / count
    return found


def flown(counters: Counters, num_envs: int, share: float, warm_up: int, steps: int) -> Figures:
    """Mean figures over the samples of a flight."""
    flight = Flight(counters, num_envs, share, warm_up)
    found: list[Figures] = []
    for step in range(1, steps + 1):
        sample = flight.step()
        if step % EVERY == 0:
            found.append(instructions(sample, counters.block_sizes) | memory(sample, counters))
    return {name: float(np.mean([figures[name] for figures in found])) for name in found[0]}


# --- Tables ---------------------------------------------------------------------------------------


def issue_limit(instructions: float) -> float:
    """Steps/s if every scheduler issues an instruction in every cycle."""
    return PROCESSORS * SCHEDULERS * CLOCK / instructions


def cache_limit(figures: Figures, lines: int) -> float:
    """Steps/s that the L1 cache serves, if a warp's access of entries has so many lines."""
    accesses = figures["accesses of the entry"], figures["accesses of the stack"]
    cycles = (accesses[0] * max(1.0, lines / TAGS) + accesses[1]) / warps.WARP
    return PROCESSORS * CLOCK / cycles


def page(flights: dict[str, Figures]) -> str:
    """All tables."""
    parts = (_lanes(flights), _sorts(flights), _memory(flights), _limits(flights))
    return "\n".join("\n".join(rows) + "\n" for rows in parts)


def _table(title: str, columns: list[str], rows: dict[str, list[str]]) -> list[str]:
    lines = [[title, *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *cells] for name, cells in rows.items()]
    return [f"| {' | '.join(line)} |" for line in lines]


def _lanes(flights: dict[str, Figures]) -> list[str]:
    def shares(sort: tuple[str, int]) -> list[str]:
        return [f"{f[IDEAL, False] / f[sort, False]:.0%}" for f in flights.values()]

    lanes = [f"{warps.WARP * f[IDEAL, False]:,.0f}" for f in flights.values()]
    warp = [f"{f[UNSORTED, False]:,.0f}" for f in flights.values()]
    rows = {
        "instructions of a lander": lanes,
        "instructions that warps issue, a lander, no sort": warp,
        "lanes in use (SIMT efficiency), no sort": shares(UNSORTED),
    }
    for group in GROUPS:
        rows[f"the same, sorted among {group:,} by {BY_CONTACTS}"] = shares((BY_CONTACTS, group))
    return _table("a step", list(flights), rows)


def _sorts(flights: dict[str, Figures]) -> list[str]:
    """Times as cheap as without a sort."""

    def gains(sort: tuple[str, int], apart: bool) -> str:
        found = (f[UNSORTED, False] / f[sort, apart] for f in flights.values())
        return " / ".join(f"{gain:.2f}" for gain in found)

    rows = {}
    names = next(iter(flights.values()))
    keys = dict.fromkeys(name[0][0] for name in names if isinstance(name, tuple))
    for key in keys:
        if (key, 0) in (IDEAL, UNSORTED):
            continue
        for apart in (False, True):
            name = f"{key}{'; stragglers apart' if apart else ''}"
            rows[name] = [gains((key, group), apart) for group in GROUPS]
    rows[f"{UNSORTED[0]}; stragglers apart"] = [gains(UNSORTED, True)] * len(GROUPS)
    return _table("sorted by", [f"among {group:,}" for group in GROUPS], rows)


def _memory(flights: dict[str, Figures]) -> list[str]:
    names = {
        "loads and stores in the entry": "accesses of the entry",
        "loads and stores in the stack": "accesses of the stack",
        **{f"bytes of the {name}": f"bytes of the {name}" for name in TOUCHED},
        **{f"bytes moved, {text}": f"moved, {layout}" for layout, text in LAYOUTS.items()},
    }
    rows = {row: [f"{f[name]:,.0f}" for f in flights.values()] for row, name in names.items()}
    return _table("memory of a step, a lander", list(flights), rows)


def _limits(flights: dict[str, Figures]) -> list[str]:
    """Million steps/s that no kernel of these counts can exceed, by what limits it."""
    flight = flights[min(flights, key=lambda name: issue_limit(flights[name][UNSORTED, False]))]
    both: dict[str, float] = {
        "instructions, no sort": issue_limit(flight[UNSORTED, False]),
        "instructions, sorted among 512": issue_limit(flight[(BY_CONTACTS, 512), False]),
        "L1 cache, entries in place": cache_limit(flight, warps.WARP),
        "L1 cache, entries by word": cache_limit(flight, 1),
    }
    rows = {name: [limit] * len(BANDWIDTH) for name, limit in both.items()}
    for layout, text in LAYOUTS.items():
        moved = flight[f"moved, {layout}"]
        rows[f"memory, {text}"] = [speed / moved for speed in BANDWIDTH.values()]
    cells = {name: [f"{limit / 1e6:,.0f}" for limit in limits] for name, limits in rows.items()}
    return _table("limit in million steps/s", list(BANDWIDTH), cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=24, help=f"one in {EVERY} is counted")
    parser.add_argument("--out", type=Path, required=True, help="where to write the tables")
    arguments = parser.parse_args()
    if arguments.steps < EVERY:
        parser.error(f"--steps must be at least {EVERY}, got {arguments.steps}")
    with tempfile.TemporaryDirectory() as cache, session(build.counting(), Path(cache)) as machine:
        counters = Counters(machine, NUM_ENVS)
        flights = {
            name: flown(counters, NUM_ENVS, share, WARM_UP, arguments.steps)
            for name, share in FLIGHTS.items()
        }
    arguments.out.write_text(page(flights))
    print(page(flights), end="")


if __name__ == "__main__":
    main()
