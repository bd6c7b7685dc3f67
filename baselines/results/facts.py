"""Facts: numbers of the results by name, for the prose of README and pages."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from baselines.results.run_data import ConfigResult
from baselines.results.tables import ranked, spread_cell
from baselines.results.targets import target_of
from baselines.results.variants import OTHER, SLUGS
from baselines.runs.files import read_json
from lander_envs.scoring.statistics import SCORED_EPISODES
from lander_envs.spaces import REWARD_THRESHOLD

Facts = dict[str, str]
"""Numbers and names as text, by the name under which a page writes them."""


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


def all_facts(results: Mapping[str, ConfigResult], root: Path, agents: list[str]) -> Facts:
    """Every fact.

    Args:
        results: committed results by name.
        root: folder of all that is generated, with the data of the other commands.
        agents: the names of the committed agents.
    """
    ours = ranked(result for result in results.values() if not result.is_peer)
    facts = {
        "threshold": f"{REWARD_THRESHOLD:g}",
        "scored_episodes": str(SCORED_EPISODES),
        "pretrained_count": str(len(agents)),
        "agent_count": str(len(ours)),
        "peer_count": str(len(results) - len(ours)),
        "run_count": str(sum(len(result.seeds) for result in results.values())),
        **_best_facts(ours),
    }
    for result in results.values():
        facts |= _agent_facts(result)
    facts |= _speed_facts(root, "speed", _ENGINE)
    facts |= _speed_facts(root, "learning_speed", _LEARNING)
    return {**facts, **_frozen_lake_facts(root)}


def best_of_variants(results: Mapping[str, ConfigResult]) -> dict[str, ConfigResult]:
    """Our agent of the highest mean return on each of this package's variants.

    Agents with a hand-made feature count only where no other agent solves the variant, and scores
    over fewer episodes only where no agent has a whole score.
    """
    ours = ranked(result for result in results.values() if not result.is_peer)
    plain = [result for result in ours if not result.hand_made_feature and result.is_solved]
    whole = [result for result in plain if result.num_episodes >= SCORED_EPISODES]
    best = {result.variant: result for result in reversed([*whole, *plain, *ours])}
    return {slug: best[slug] for slug in SLUGS if slug in best and slug != OTHER}


def headline(results: Mapping[str, ConfigResult]) -> str:
    """The results in one sentence."""
    best = best_of_variants(results).values()
    solved = [result for result in best if result.is_solved]
    means = [result.mean_return for result in best]
    count = f"all {len(best)}" if len(solved) == len(best) else f"{len(solved)} of {len(best)}"
    return (
        f"Reference agents solve {count} variants: the best agent of each has a mean return of "
        f"{min(means):.0f} to {max(means):.0f} over its training seeds, where "
        f"{REWARD_THRESHOLD:g} counts as solved.\n"
    )


def _best_facts(ours: list[ConfigResult]) -> Facts:
    by_name = {result.name: result for result in ours}
    best = best_of_variants(by_name)
    highest = max(best.values(), key=lambda result: result.mean_return)
    named = {"best": highest, **{f"{slug}_best": result for slug, result in best.items()}}
    return {
        key: value
        for name, result in named.items()
        for key, value in (
            (f"{name}_agent", result.name),
            (f"{name}_mean", f"{result.mean_return:.1f}"),
            (f"{name}_spread", spread_cell(result)),
        )
    }


def _agent_facts(result: ConfigResult) -> Facts:
    means = [record.mean_return for record in result.seeds]
    seconds = [record.seconds for record in result.seeds]
    passages = [record.first_solved for record in result.seeds if record.first_solved]
    facts = {
        "mean": f"{result.mean_return:.1f}",
        "spread": spread_cell(result),
        "lowest_mean": f"{min(means):.1f}",
        "highest_mean": f"{max(means):.1f}",
        "length": f"{result.over_seeds('mean_length'):.0f}",
        "seeds": str(len(result.seeds)),
        "steps": f"{max(record.steps for record in result.seeds):,}",
        "seconds": f"{np.mean(seconds):,.0f}",
    }
    if result.is_lander:
        facts["landed"] = f"{100 * result.over_seeds('landing_rate'):.1f}"
    if len(passages) == len(result.seeds):
        facts["steps_to_solved"] = f"{np.mean([passage.steps for passage in passages]):,.0f}"
        facts["seconds_to_solved"] = f"{np.mean([passage.seconds for passage in passages]):,.0f}"
    floor = target_of(result.name).floor
    if floor is not None:
        facts["floor"] = f"{floor:g}"
    return {f"{result.name}_{key}": value for key, value in facts.items()}


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
        named = {"mean": won.mean(), "spread": won.std(), "lowest": won.min(), "highest": won.max()}
        facts |= {f"frozen_lake_{table}_{key}": f"{value:.1f}" for key, value in named.items()}
    return facts


def ratio_text(ratio: float) -> str:
    """A ratio with two digits, or as a whole number from ten on."""
    return f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
