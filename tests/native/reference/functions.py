"""The slow lane of the double functions: sine, cosine and tanh against the C library's.

    python -m tests.native.reference.functions

takes every float angle below 2^25, every wind index of a hundred million steps and 10^8 random
arguments of each range, which needs some minutes. Prints a table and fails if a bit differs, or if
the negative controls, whose sums round twice, do not differ.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.native.build import TESTS, compile_cpp

CONTROL = "two roundings"


class Comparison(NamedTuple):
    """Arguments compared in a case, and those whose results differ."""

    case: str
    arguments: int
    differences: int

    @property
    def is_as_claimed(self) -> bool:
        """True without differences; for a negative control, with some."""
        return (self.differences > 0) == (CONTROL in self.case)


def is_reference() -> bool:
    """True if the C library here is the reference: glibc on a processor with fused arithmetic.

    On 64-bit Arm glibc fuses the same sums.
    """
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return False
    if platform.machine() == "aarch64":
        return True
    return platform.machine() == "x86_64" and " fma " in Path("/proc/cpuinfo").read_text()


def compare(share: float, folder: Path) -> list[Comparison]:
    """Build the comparison in ``folder`` and run it over a share of the arguments."""
    program = folder / "functions"
    compile_cpp(program, [TESTS / "reference" / "functions.cpp"], ["-O2", "-Wall", "-Wextra"])
    output = subprocess.run([program, str(share)], check=True, stdout=subprocess.PIPE, text=True)
    rows = (line.split("|") for line in output.stdout.splitlines())
    return [Comparison(case, int(arguments), int(found)) for case, arguments, found in rows]


def table(comparisons: list[Comparison]) -> str:
    """The comparisons, as Markdown."""
    lines = ["| function and arguments | compared | differences |", "|---|---|---|"]
    lines += [f"| {c.case} | {c.arguments:,} | {c.differences:,} |" for c in comparisons]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="share of the arguments to take")
    parser.add_argument("--out", type=Path, help="file for the table, instead of the terminal")
    arguments = parser.parse_args()
    if not is_reference():
        print("this C library is not the reference: glibc with fused arithmetic", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        comparisons = compare(arguments.share, Path(folder))
    if arguments.out is None:
        print(table(comparisons))
    else:
        arguments.out.write_text(table(comparisons) + "\n")
    return 0 if all(c.is_as_claimed for c in comparisons) else 1


if __name__ == "__main__":
    sys.exit(main())
