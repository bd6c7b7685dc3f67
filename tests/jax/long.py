"""Long lane of parity: steps of every id in the JAX form against the vector environment.

    python -m tests.jax.long --steps 1000000 --out docs/results/jax_parity.md

Each row flies both precisions, half of the steps each, and PixelLander-v0 a tenth of the steps.
Ends with status 1 if a byte differs.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import jax

import lander_envs
from tests.jax.parity import Fleet

NUM_ENVS = 250
WIND = {"enable_wind": True, "wind_power": 15.0, "turbulence_power": 1.5}
ENDS = ("LANDED", "CRASHED", "OUT_OF_BOUNDS", "TIMEOUT")


class Row(NamedTuple):
    """Result of one id with some arguments."""

    name: str
    steps: int
    ends: Counter[str]
    differences: int


def fly(env_id: str, steps: int, **kwargs: Any) -> Row:
    """Compare ``steps`` steps in all, half of them in each precision."""
    name = env_id.removeprefix("lander_envs/") + (", wind" if kwargs else "")
    each = max(1, steps // (2 * NUM_ENVS))
    ends: Counter[str] = Counter()
    differences = 0
    for wide in (False, True):
        with jax.enable_x64(wide):
            fleet = Fleet(env_id, NUM_ENVS, seed=NUM_ENVS * wide, **kwargs)
            differences += fleet.first_differences + fleet.differences(each)
            ends += fleet.outcomes
    return Row(name, 2 * each * NUM_ENVS, ends, differences)


def steps_of(env_id: str, steps: int) -> int:
    """Steps of a row: of a PixelLander a tenth."""
    return steps // 10 if "Pixel" in env_id else steps


def page(rows: list[Row]) -> str:
    """Table of the rows."""
    lines = [f"jax {jax.__version__}, lander_envs {lander_envs.__version__}", ""]
    lines += ["| | steps | landed | crashed | out of bounds | time-outs | different arrays |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for row in rows:
        ends = " | ".join(f"{row.ends[end]:,}" for end in ENDS)
        lines.append(f"| {row.name} | {row.steps:,} | {ends} | {row.differences} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Run the lane and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    rows = []
    for env_id in lander_envs.REGISTERED_IDS:
        steps = steps_of(env_id, arguments.steps)
        rows += [fly(env_id, steps), fly(env_id, steps, **WIND)]
        print(*rows[-2:], sep="\n", flush=True)
    arguments.out.write_text(page(rows))
    if any(row.differences for row in rows):
        raise SystemExit("the two forms differ")


if __name__ == "__main__":
    main()
