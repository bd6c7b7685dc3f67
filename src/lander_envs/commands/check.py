"""Command ``check``: what is installed, and whether it flies as on every other machine."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec

import gymnasium as gym
from rich.console import Console
from rich.table import Table

import lander_envs
from lander_envs.flights.reference import REFERENCE, flight_hash
from lander_envs.rendering import open_display
from lander_envs.vector import LanderVectorEnv

# Module that each optional part needs.
_PARTS = {
    "agents": "onnxruntime",
    "record": "PIL",
    "box2d": "Box2D",
    "stable-baselines3": "stable_baselines3",
    "torch": "torch",
    "jax": "jax",
}

_GPU_SECONDS = 10  # of patience with nvidia-smi


@dataclass
class Check:
    """Check the installation; the exit status is 1 if flights differ from the reference's."""

    json: bool = False
    """Print one JSON object instead of a table."""

    def run(self) -> int:
        """Checks, prints, and returns the exit status."""
        found = flight_hash()
        facts = {
            "lander_envs": lander_envs.__version__,
            "gymnasium": gym.__version__,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "instruction_set": _instruction_set(),
            "flight": "as on the reference machine" if found == REFERENCE else "differs",
            "flight_sha256": found,
            "display": _display(),
            "gpu": _gpu(),
            **{part: "yes" if find_spec(name) else "no" for part, name in _PARTS.items()},
        }
        if self.json:
            print(json.dumps(facts))
        else:
            table = Table("check", "found", title="lander_envs")
            for name, value in facts.items():
                table.add_row(name.replace("_", " "), value)
            Console().print(table)
        return 0 if found == REFERENCE else 1


def _instruction_set() -> str:
    envs = LanderVectorEnv(num_envs=1)
    name = envs.instruction_set
    envs.close()
    return name


def _display() -> str:
    try:
        pygame = open_display()
    except gym.error.Error:
        return "none"
    driver = str(pygame.display.get_driver())
    pygame.display.quit()
    return driver


def _gpu() -> str:
    command = shutil.which("nvidia-smi")
    if command is None:
        return "none"
    asked = [command, "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_GPU_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return "nvidia-smi does not answer"
    return done.stdout.strip().replace("\n", ", ") or "none"
