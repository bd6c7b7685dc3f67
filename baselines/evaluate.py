"""Score an agent, or a policy without training, on seeds that no training ever saw.

python -m baselines.evaluate runs/lander_ppo-seed1
python -m baselines.evaluate lander_ppo --json
python -m baselines.evaluate --all
python -m baselines.evaluate --heuristic --env-kwargs "{continuous: true}"
"""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
import tyro
import yaml
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import lander_envs  # registers the ids
from baselines.evaluation.episodes import SCORING_SEED, Episode, play, summary
from baselines.evaluation.policy import HeuristicPolicy, Policy, RandomPolicy
from baselines.results import pretrained as agents
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import ConfigError
from baselines.runs.files import write_atomically
from lander_envs.spaces import observation_space

# Both engines give the same bytes, which a few episodes show; Box2D is the slower.
_BOX2D_EPISODES = 10


@dataclass
class Options:
    """What to score, and how."""

    agent: Annotated[Path | None, tyro.conf.Positional] = None
    """A committed agent's name, a run's folder, or the JSON of one checkpoint."""
    all: bool = False
    """Score every committed agent; exit with status 1 if one is under its floor."""
    random: bool = False
    """Score uniform random actions instead of an agent."""
    heuristic: bool = False
    """Score Gymnasium's hand-written controller instead of an agent."""
    env_id: str = "lander_envs/Lander-v0"
    """For --random and --heuristic; an agent brings its own."""
    env_kwargs: str = "{}"
    """For --random and --heuristic: keyword arguments of the environment, as a YAML mapping."""
    backend: str | None = None
    """Physics to score on, if not the one of training."""
    episodes: int = 100
    """How many, on as many seeds; with --all, on Box2D 10 at most."""
    sampled: bool = False
    """Sample actions instead of taking the most probable."""
    json: bool = False
    """Print one JSON object instead of a table."""
    csv: Path | None = None
    """Write a row an episode to this file."""
    require: float | None = None
    """Exit with status 1 if the mean return is under this."""


def main(arguments: list[str] | None = None) -> int:
    """Score, print, and return the exit status."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    try:
        return _score_committed(options) if options.all else _score_one(options)
    except (CheckpointError, ConfigError, ValueError, gym.error.Error) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2


def _score_one(options: Options) -> int:
    episodes, facts = score(options)
    scores = {**facts, **summary(episodes)}
    if options.csv is not None:
        options.csv.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(options.csv, _rows(episodes).encode())
    _print(scores, options)
    if options.require is not None and float(scores["mean_return"]) < options.require:
        print(f"the mean return is under {options.require:g}", file=sys.stderr)
        return 1
    return 0


def _score_committed(options: Options) -> int:
    """Score the committed agents and print a table; status 1 if one is under its floor."""
    if options != Options(all=True, episodes=options.episodes, json=options.json):
        raise ValueError("--all takes --episodes and --json, and nothing else")
    names = agents.committed()
    if not names:
        raise CheckpointError(f"there is no committed agent in {agents.COMMITTED}")
    rows: list[dict[str, Any]] = []
    for name in names:
        rows.append(_committed_row(name, options.episodes))
        if rows[-1]["backend"] != "its own":
            few = min(options.episodes, _BOX2D_EPISODES)
            rows.append(_committed_row(name, few, backend="box2d"))
    if options.json:
        print(json.dumps(rows, allow_nan=False))
    else:
        _print_committed(rows)
    poor = sorted({row["agent"] for row in rows if row["mean_return"] < row["floor"]})
    if poor:
        print(f"under the floor: {', '.join(poor)}", file=sys.stderr)
    return 1 if poor else 0


def _committed_row(name: str, episodes: int, backend: str | None = None) -> dict[str, Any]:
    asked = Options(agent=agents.COMMITTED / name, episodes=episodes, backend=backend)
    played, facts = score(asked)
    return {"agent": name, **facts, "floor": agents.floor(facts["env_id"]), **summary(played)}


def score(options: Options) -> tuple[list[Episode], dict[str, str]]:
    """Play the episodes; returns them with the id, algorithm and backend they belong to."""
    if sum((options.agent is not None, options.random, options.heuristic)) != 1:
        raise ValueError("give exactly one of an agent's folder, --random and --heuristic")
    if options.episodes < 1:
        raise ValueError(f"episodes must be at least 1, got {options.episodes}")
    algorithm, env_id, env_kwargs, policy = _choose(options)
    if options.backend is not None:
        env_kwargs = {**env_kwargs, "backend": options.backend}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("episodes", total=options.episodes)
        episodes = play(
            policy,
            env_id,
            env_kwargs,
            options.episodes,
            SCORING_SEED,
            on_end=lambda: progress.advance(task),
        )
    return episodes, {
        "env_id": env_id,
        "algorithm": algorithm,
        "backend": _backend(env_id, env_kwargs),
    }


def _choose(options: Options) -> tuple[str, str, dict[str, Any], Policy]:
    """Algorithm, id, keyword arguments and policy that the options ask for."""
    if options.agent is not None:
        agent = agents.load(options.agent, sampled=options.sampled)
        config = agent.config
        return config.algorithm, config.env_id, config.env_kwargs, agent.policy
    env_kwargs = _mapping(options.env_kwargs)
    env = gym.make(options.env_id, **env_kwargs)
    env.close()
    asked = options.env_id, env_kwargs
    if options.random:
        return "random", *asked, RandomPolicy(env.action_space, SCORING_SEED)
    if env.observation_space != observation_space():
        raise ValueError(
            f"the heuristic reads LunarLander-v3's observation, not {options.env_id}'s"
        )
    return "heuristic", *asked, HeuristicPolicy(bool(env_kwargs.get("continuous", False)))


def _mapping(text: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        content = None
    if not isinstance(content, dict):
        raise ValueError(
            f'env-kwargs must be a YAML mapping, "{{continuous: true}}" say, got {text!r}'
        )
    return content


def _backend(env_id: str, env_kwargs: dict[str, Any]) -> str:
    if env_id not in lander_envs.ENV_IDS:
        return "its own"
    return str(env_kwargs.get("backend", lander_envs.DEFAULT_BACKEND))


def _rows(episodes: list[Episode]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Episode._fields)
    writer.writerows(episodes)
    return text.getvalue()


def _print(scores: dict[str, Any], options: Options) -> None:
    if options.json:
        print(json.dumps(scores, allow_nan=False))
        return
    how = "sampled" if options.sampled else "greedy"
    table = Table(title=f"{scores['algorithm']} on {scores['env_id']}, {how}")
    table.add_column("score")
    table.add_column("value", justify="right")
    for key, value in scores.items():
        table.add_row(key, f"{value:.2f}" if isinstance(value, float) else str(value))
    Console().print(table)


def _print_committed(rows: list[dict[str, Any]]) -> None:
    table = Table(title="the committed agents, greedy")
    table.add_column("agent", overflow="fold")
    table.add_column("backend")
    for heading in ("episodes", "mean", "std", "landed", "floor"):
        table.add_column(heading, justify="right")
    for row in rows:
        lands = row["env_id"] in lander_envs.ENV_IDS
        table.add_row(
            row["agent"],
            row["backend"],
            str(row["episodes"]),
            f"{row['mean_return']:.1f}",
            f"{row['std_return']:.1f}",
            f"{100 * row['landing_rate']:.0f} %" if lands else "-",
            f"{row['floor']:g}",
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
