"""The machine that a figure was measured on."""

import os
from pathlib import Path


def processor() -> str:
    """Name of the processor."""
    described = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in described if line.startswith("model name")]
    return names[0] if names else "an unknown processor"


def load() -> float:
    """Load average of the last minute: processes that want a core."""
    return os.getloadavg()[0]
