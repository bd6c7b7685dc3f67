"""The long lane: millions of steps against Gymnasium, with every rare event met.

    python -m tests.parity.long --steps 10000000

Prints a table and fails if a byte differs or an event of the list did not occur.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time

from tests.parity.harness import MismatchError, Result, compare
from tests.parity.policies import POLICIES
from tests.parity.puppet import WEIGHTLESS, creep_until_woken, replay, throw

ARGUMENTS: list[dict[str, object]] = [
    {},
    {"continuous": True},
    {"enable_wind": True},
    {"continuous": True, "enable_wind": True},
    {"gravity": -11.9, "enable_wind": True, "wind_power": 20.0, "turbulence_power": 2.0},
    {"gravity": -4.0, "continuous": True},
    {"gravity": -1.0, "enable_wind": True, "wind_power": 5.0},
    {"gravity": -0.05},
]

# Events that a run must have met, or its zero differences mean little.
REQUIRED = [
    "begin_contact",
    "end_contact",
    "end_of_one_of_several",
    "manifold_on_edge",
    "manifold_on_polygon",
    "one_point_fallback",
    "limit_change",
    "fell_asleep",
    "wake_by_new_pair",
    "wake_by_force",
    "impact",
    "impact_again",
    "impact_rejected",
    "impact_limit",
    "impact_with_others",
    "speed_clamped",
    "positions_unsolved",
]

# Puppets that a new pair wakes: in the step that ends their landing, or just a leg of theirs.
CREEPING = (256, 2227, 3835)
# The last of these has a contact with its fill of impacts in one step.
THROWN = (0, 1, 2, 3, 554)
LEG = 2_000  # steps flown with one policy, seed and set of arguments


def fly_puppets(creeping: tuple[int, ...] = CREEPING, thrown: tuple[int, ...] = THROWN) -> Result:
    """Replay the puppets that meet the rarest events."""
    total = Result()
    scripts = [(seed, creep_until_woken(seed)) for seed in creeping]
    scripts += [(seed, throw(seed)) for seed in thrown]
    for seed, script in scripts:
        if script is None:
            raise MismatchError(f"puppet {seed} is no longer woken by a new pair")
        script += [None] * 60
        pair = replay(seed, script, gravity=WEIGHTLESS)
        total.steps += len(script)
        total.episodes += 1
        total.events.update(pair.native.events())
    return total


def fly(steps: int, first_seed: int, report: bool = False) -> tuple[Result, dict[str, Result]]:
    """Compare for at least that many steps, all policies and arguments in turn."""
    total, rows = Result(), {}
    rows["puppets"] = fly_puppets()
    total += rows["puppets"]
    started = time.monotonic()
    for seed in itertools.count(first_seed):
        # After an end: reset at once, linger, go on for long, go on almost for ever.
        beyond = (0.0, 0.1, 0.9, 0.99)[seed % 4]
        for arguments, policy in itertools.product(ARGUMENTS, POLICIES):
            result = compare(policy, LEG, seed, beyond=beyond, **arguments)
            total += result
            row = rows.setdefault(policy, Result())
            row += result
        if report:
            rate = total.steps / (time.monotonic() - started)
            print(f"{total.steps:>12,} steps, {rate:,.0f} a second", file=sys.stderr, flush=True)
        if total.steps >= steps:
            break
    return total, rows


def table(total: Result, rows: dict[str, Result]) -> str:
    """The figures, as Markdown."""
    lines = ["| policy | episodes | steps | differences |", "|---|---|---|---|"]
    for name, row in {**rows, "all": total}.items():
        lines.append(f"| {name} | {row.episodes:,} | {row.steps:,} | 0 |")
    lines += ["", "| event | times |", "|---|---|"]
    lines += [f"| {name} | {count:,} |" for name, count in sorted(total.events.items())]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000_000, help="steps to compare at least")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    arguments = parser.parse_args()
    total, rows = fly(arguments.steps, arguments.seed, report=True)
    print(table(total, rows))
    missing = [name for name in REQUIRED if not total.events[name]]
    if missing:
        print(f"events that did not occur: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
