"""Parity of JAX on a GPU with the vector environments on the CPU, byte for byte.

    python -m tests.gpu.jax_parity --steps 100000

The flights of tests/jax/long.py.
"""

from __future__ import annotations

import argparse
import sys

import jax

import lander_envs
from tests.jax.long import WIND, fly, page, steps_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="of each row")
    parser.add_argument("--platform", default="gpu", help="of the default device of JAX")
    arguments = parser.parse_args()
    found = jax.default_backend()
    if found != arguments.platform:
        print(f"the default device of JAX must be a {arguments.platform}, got {found}")
        return 2
    ids = lander_envs.REGISTERED_IDS
    rows = [fly(env_id, steps_of(env_id, arguments.steps)) for env_id in ids]
    rows.append(fly("lander_envs/Lander-v0", arguments.steps, **WIND))
    print(page(rows))
    return int(any(row.differences for row in rows))


if __name__ == "__main__":
    sys.exit(main())
