"""Flight of every id with an installed package, as one hash: the same on every machine.

    python tests/wheel/flight.py

prints the hash and ends with status 1 if it is another than the reference's. It needs the package,
Gymnasium and NumPy alone.
"""

from __future__ import annotations

import platform
import sys

import lander_envs
from lander_envs.flights.reference import REFERENCE, flight_hash

if __name__ == "__main__":
    found = flight_hash()
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{found}  lander_envs {lander_envs.__version__}, {machine}")
    sys.exit(0 if found == REFERENCE else f"the reference is {REFERENCE}")
