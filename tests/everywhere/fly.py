"""The same flights on every target that this machine can build and run.

    python -m tests.everywhere.fly

Prints a table of hashes: of observations, rewards, states and pictures of 1,000,000 steps a
target. Fails if a hash differs from the reference's, which is the first row's, or if that of the
negative control does not. A target whose tools are not here is named with what it needs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from tests.everywhere.targets import COMPILES, DIFFERS, TARGETS, Target, command
from tests.native.build import ROOT

LANDERS, FLIGHTS = 250, 4
STEPS = 1_000_000 // (LANDERS * FLIGHTS)
# Keeps Wine's files and the libraries that zig compiles, which needs minutes the first time.
CACHE = ROOT / "build" / "everywhere"
VERSIONS = {
    "GCC": ["g++", "-dumpfullversion"],
    "clang": ["clang++", "-dumpversion"],
    "GCC for Arm": ["aarch64-linux-gnu-g++", "-dumpfullversion"],
    "MinGW's GCC": ["x86_64-w64-mingw32-g++", "-dumpfullversion"],
    "zig": ["ziglang", "version"],
    "qemu": ["qemu-aarch64", "--version"],
    "Wine": ["wine64", "--version"],
    "Node.js": ["node", "--version"],
}


class Row(NamedTuple):
    """Result of a target; ``hash`` is empty if it was not flown, ``fault`` if all is well."""

    target: Target
    hash: str = ""
    missing: str = ""
    fault: str = ""

    def verdict(self, reference: str) -> str:
        """A word on the result, beside the hash of the reference."""
        if self.missing:
            return f"not run: needs {self.missing}"
        if self.fault:
            return f"failed: {self.fault}"
        if self.target.expects == COMPILES:
            return "compiled, not run"
        same = self.hash == reference
        if self.target.expects == DIFFERS:
            return "equal, which a control must not be" if same else "differs, as it must"
        return "equal" if same else "differs"

    def is_fault(self, reference: str) -> bool:
        """True if the target contradicts what it should show; a missing tool does not."""
        expected = self.target.expects == DIFFERS
        compared = bool(self.hash) and (self.hash != reference) != expected
        return bool(self.fault) or compared


def last_line(text: str) -> str:
    """The last line of a tool's complaints, short enough for a table."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:100].replace("|", "/") if lines else "no message"


def fly(target: Target, steps: int, folder: Path) -> Row:
    """Build and run a target."""
    if missing := target.missing():
        return Row(target, missing=", ".join(missing))
    program = folder / target.out
    environment = os.environ | {
        "ZIG_GLOBAL_CACHE_DIR": str(CACHE / "zig"),
        "WINEPREFIX": str(CACHE / "wine"),
        "WINEDEBUG": "-all",
    }
    for words in [target.build_command(program), target.run_command(program, steps)]:
        if words[-1] != str(program) and target.expects == COMPILES:
            break
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
        if done.returncode != 0:
            return Row(target, fault=last_line(done.stderr))
    if target.expects == COMPILES:
        return Row(target)
    hashes = re.findall(r": ([0-9a-f]{16})\r?$", done.stdout, re.MULTILINE)
    if len(hashes) != FLIGHTS:
        return Row(target, fault=f"{len(hashes)} hashes instead of {FLIGHTS}")
    return Row(target, hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:16])


def fly_all(targets: list[Target], steps: int, jobs: int) -> list[Row]:
    """Build and run targets, the first one alone; says how long the rest will need."""
    started, done = time.monotonic(), 0.0
    total = sum(target.cost for target in targets if not target.missing())

    def task(target: Target) -> Row:
        with tempfile.TemporaryDirectory() as folder:
            return fly(target, steps, Path(folder))

    rows = {targets[0]: task(targets[0])}
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(task, target): target for target in targets[1:]}
        for number, future in enumerate(as_completed(futures), 2):
            target = futures[future]
            row = rows[target] = future.result()
            done += 0.0 if row.missing else target.cost
            left = (time.monotonic() - started) * (total - done) / done if done else 0.0
            verdict = row.verdict(rows[targets[0]].hash)
            progress = f"{number} of {len(targets)}: {target.name}: {verdict}"
            print(f"{progress}; about {left:.0f} s left", file=sys.stderr)
    return [rows[target] for target in targets]


def versions() -> str:
    """Tools of this machine and their versions, for a line under the table."""
    out = []
    for name, (tool, *arguments) in VERSIONS.items():
        if words := command(tool):
            done = subprocess.run([*words, *arguments], capture_output=True, text=True, check=False)
            if found := re.search(r"\d+(\.\d+)+", done.stdout + done.stderr):
                out.append(f"{name} {found[0]}")
    return ", ".join(out)


def table(rows: list[Row], steps: int) -> str:
    """The results, as Markdown."""
    reference = rows[0].hash
    lines = ["| target | built and run by | hash | against the reference |", "|---|---|---|---|"]
    for row in rows:
        tools = [row.target.compiler[0], *row.target.runner[:1]]
        cells = [row.target.name, ", ".join(tools), row.hash, row.verdict(reference)]
        lines.append(f"| {' | '.join(cells)} |")
    flown = steps * LANDERS * FLIGHTS
    return "\n".join([*lines, "", f"{flown:,} steps a target. {versions()}.", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each lander")
    parser.add_argument(
        "--only", default="", help="targets whose name contains this, and the first"
    )
    parser.add_argument("--jobs", type=int, default=2, help="targets at the same time")
    parser.add_argument("--out", type=Path, help="file for the table, instead of the terminal")
    arguments = parser.parse_args()
    targets = [target for target in TARGETS[1:] if arguments.only in target.name]
    CACHE.mkdir(parents=True, exist_ok=True)
    rows = fly_all([TARGETS[0], *targets], arguments.steps, arguments.jobs)
    text = table(rows, arguments.steps)
    if arguments.out is None:
        print(text)
    else:
        arguments.out.write_text(text)
    return 1 if any(row.is_fault(rows[0].hash) for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
