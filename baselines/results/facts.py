"""Facts: numbers of what was measured by name, for the prose of pages.

A page writes ``<!-- fact: NAME --><!-- end -->``; ``baselines.report`` puts the number between.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from baselines.results.run_data import ConfigResult
from baselines.runs.files import read_json
from lander_envs.scoring.statistics import spread

Facts = dict[str, str]
"""Numbers and names as text, by the name under which a page writes them."""


_SHORT = "continuous_short"
"""Config that promises to land within a number of training episodes."""


class Ratio(NamedTuple):
    """Speed ratio of two benchmarks of a group."""

    group: str
    ours: str
    theirs: str


_SINGLE, _RANDOM = "one env through gym.make, random actions", "random actions"
_PIXELS = "frames of 84x84 pixels, random actions"
_PPO = "ppo taken apart, on the CPU"
_WRAPPERS = "Gymnasium's wrappers, 1 env"
_ZOO, _OURS = "the zoo's settings, native, 16 envs", "our settings, native, 64 envs"

_ENGINE = {
    "single": Ratio(_SINGLE, "lander_envs, native, 1 env", "Gymnasium, 1 env"),
    "envpool": Ratio(_RANDOM, "lander_envs, 256 envs", "EnvPool, 256 envs"),
    "sync": Ratio(_RANDOM, "lander_envs, 64 envs", "Gymnasium Sync, 64 envs"),
    "async": Ratio(_RANDOM, "lander_envs, 64 envs", "Gymnasium Async, 64 envs"),
    "pixels": Ratio(_PIXELS, "lander_envs, frame_skip=1, copy=True, 64 envs", _WRAPPERS),
    "pixels_no_copy": Ratio(_PIXELS, "lander_envs, frame_skip=1, copy=False, 64 envs", _WRAPPERS),
}
_LEARNING = {
    "ppo_zoo": Ratio(_PPO, f"ours, {_ZOO}", f"Stable-Baselines3, {_ZOO}"),
    "ppo_zoo_compiled": Ratio(_PPO, f"ours, compile_update, {_ZOO}", f"Stable-Baselines3, {_ZOO}"),
    "ppo_zoo_fused": Ratio(_PPO, f"ours, fused, {_ZOO}", f"Stable-Baselines3, {_ZOO}"),
    "ppo_ours": Ratio(_PPO, f"ours, {_OURS}", f"Stable-Baselines3, {_OURS}"),
}


def all_facts(results: Mapping[str, ConfigResult], root: Path) -> Facts:
    """Every fact.

    Args:
        results: committed results by name.
        root: folder of all that is generated, with the data of the commands that measure.
    """
    return {
        **_speed_facts(root, "speed", _ENGINE),
        **_speed_facts(root, "learning_speed", _LEARNING),
        **_frozen_lake_facts(root),
        **(_short_facts(results[_SHORT]) if _SHORT in results else {}),
    }


def _speed_facts(root: Path, file: str, ratios: Mapping[str, Ratio]) -> Facts:
    groups = read_json(root / f"{file}.json")["groups"]
    facts: Facts = {}
    for name, (group, ours, theirs) in ratios.items():
        facts[f"{file}_{name}"] = ratio_text(groups[group][theirs] / groups[group][ours])
    return facts


def _frozen_lake_facts(root: Path) -> Facts:
    with (root / "frozen_lake.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    facts: Facts = {}
    for table in ("last_table", "mean_table"):
        won = 100 * np.array([float(row[table]) for row in rows])
        ends = {"lowest": won.min(), "highest": won.max()}
        named = {"mean": won.mean(), "spread": spread(won.tolist()), **ends}
        facts |= {f"frozen_lake_{table}_{key}": f"{value:.1f}" for key, value in named.items()}
    return facts


def _short_facts(result: ConfigResult) -> Facts:
    ended = [record.training_episodes or 0 for record in result.seeds]
    return {
        f"{_SHORT}_episodes": f"{max(ended):,}",
        f"{_SHORT}_seeds": str(len(ended)),
        f"{_SHORT}_lowest": f"{result.lowest_seed:.1f}",
    }


def ratio_text(ratio: float) -> str:
    """A ratio with two digits, or as a whole number from ten on."""
    return f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
