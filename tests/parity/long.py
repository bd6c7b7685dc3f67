"""The long lane: millions of steps against Gymnasium on every instruction set of this machine.

    python -m tests.parity.long --steps 10000000

Prints a table and fails if a byte differs or an event of the list did not occur.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter

from lander_envs import _native
from tests.parity.fleet import Fleet, fly, pull_strings
from tests.parity.harness import MismatchError, Result
from tests.parity.puppet import WEIGHTLESS, Pull, creep_until_woken, replay, throw

WIND = [
    {},
    {"enable_wind": True},
    {"gravity": -11.9, "enable_wind": True, "wind_power": 20.0, "turbulence_power": 2.0},
    {"gravity": -4.0},
    {"gravity": -1.0, "enable_wind": True, "wind_power": 5.0},
    {"gravity": -0.05},
    {},  # seven: no divisor of the number of policies, so that all meet all
]
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
SIZE = 336  # landers of a fleet: each of 12 policies with each of 7 arguments and 4 habits
ROUNDS = 1_500  # steps of each, which is as long as an episode may last


def puppet_scripts(
    creeping: tuple[int, ...] = CREEPING, thrown: tuple[int, ...] = THROWN
) -> dict[int, list[Pull | None]]:
    """The strings of the puppets that meet the rarest events, by their seeds."""
    scripts: dict[int, list[Pull | None]] = {seed: throw(seed) for seed in thrown}
    for seed in creeping:
        script = creep_until_woken(seed)
        if script is None:
            raise MismatchError(f"puppet {seed} is no longer woken by a new pair")
        scripts[seed] = script
    return scripts


def fly_puppets(creeping: tuple[int, ...] = CREEPING, thrown: tuple[int, ...] = THROWN) -> Result:
    """Replay the puppets that meet the rarest events, one by one."""
    total = Result()
    for seed, script in puppet_scripts(creeping, thrown).items():
        script += [None] * 60
        pair = replay(seed, script, gravity=WEIGHTLESS)
        total.steps += len(script)
        total.episodes += 1
        total.events.update(pair.native.events())
    return total


def run(steps: int, first_seed: int) -> tuple[Counter[str], Counter[str]]:
    """Compare for at least that many steps; returns them by policy, and the events."""
    events = pull_strings(puppet_scripts(), gravity=WEIGHTLESS)
    flown: Counter[str] = Counter()
    started = time.monotonic()
    for number in itertools.count():
        seed, continuous = first_seed + number // 2, number % 2 == 1
        fleet = Fleet(SIZE, continuous, WIND)
        flown += fly(fleet, ROUNDS, seed)
        events += fleet.events()
        total = flown.total()
        rate = total / (time.monotonic() - started)
        left = max(0.0, steps - total) / rate
        print(f"{total:>12,} steps, {rate:,.0f} a second, {left:.0f} s left", file=sys.stderr)
        if total >= steps:
            return flown, events
    raise AssertionError


def table(flown: Counter[str], events: Counter[str]) -> str:
    """The figures, as Markdown."""
    sets = ", ".join(_native.INSTRUCTION_SETS)
    lines = [f"Instruction sets: {sets}.", "", "| policy | steps | differences |", "|---|---|---|"]
    lines += [f"| {name} | {steps:,} | 0 |" for name, steps in flown.items()]
    lines += [f"| all | {flown.total():,} | 0 |", "", "| event | times |", "|---|---|"]
    lines += [f"| {name} | {count:,} |" for name, count in sorted(events.items())]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000_000, help="steps to compare at least")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    arguments = parser.parse_args()
    flown, events = run(arguments.steps, arguments.seed)
    print(table(flown, events))
    missing = [name for name in REQUIRED if not events[name]]
    if missing:
        print(f"events that did not occur: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
