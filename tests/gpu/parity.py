"""Parity of a GPU with the CPU: the flights of tests/cuda/parity.py on the GPU that is there.

    python -m tests.gpu.parity --steps 1000000 --decisions 20000

The parity of the slow lane without a GPU, with real kernels, streams and memory.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.cuda.parity import MODES, compare_pictures, compare_states, report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--envs", type=int, default=4096)
    arguments = parser.parse_args()
    events: Counter[str] = Counter()
    differences = 0
    for mode in MODES:
        differences += compare_states(arguments.steps // 2, mode, events, arguments.envs)
        pictures = max(1, arguments.envs // 16)
        differences += compare_pictures(arguments.decisions // 2, mode, events, pictures)
    return report(events, differences, requires_rare=arguments.steps >= 1_000_000)


if __name__ == "__main__":
    sys.exit(main())
