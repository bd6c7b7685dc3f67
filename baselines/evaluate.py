"""Score an agent, or a policy without training, on seeds that no training ever saw.

python -m baselines.evaluate runs/lander_ppo-seed1
python -m baselines.evaluate lander_ppo --episodes 200 --first-seed 9000000 --json
python -m baselines.evaluate --all
python -m baselines.evaluate --heuristic --env-kwargs "{continuous: true}"
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

import lander_envs  # registers the ids
from baselines.results import pretrained
from baselines.results.scoring import score_committed, trained
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.command import read_options, require_count, require_return, run_command
from baselines.runs.config import names_no_machinery
from baselines.runs.environments import make_env
from baselines.runs.files import require_writable, write_atomically
from baselines.runs.yaml_mapping import YAMLError, parse_mapping
from lander_envs.commands.score import score_table
from lander_envs.scoring.contender import MOST_EPISODES, Contender, score, untrained
from lander_envs.scoring.episodes import Episode, write_rows
from lander_envs.scoring.statistics import SCORED_EPISODES, SCORING_SEED, summary


@dataclass
class Options:
    """Options of a score."""

    agent: Annotated[Path | None, tyro.conf.Positional] = None
    """A config's name, a run, or the JSON of one checkpoint."""
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
    episodes: int = SCORED_EPISODES
    """Number of episodes, on as many seeds; with --all, on Box2D 10 at most."""
    first_seed: int = SCORING_SEED
    """Seed of the first episode; the others follow it."""
    sampled: bool = False
    """Sample actions instead of taking the most probable."""
    json: bool = False
    """Print one JSON object instead of a table."""
    csv: Path | None = None
    """Write a row an episode to this file."""
    require: float | None = None
    """Exit with status 1 if the mean return is under this."""


def main(arguments: list[str] | None = None) -> int:
    """Scores, prints, and returns the exit status."""
    options = read_options(Options, arguments, __doc__)
    return run_command(lambda: _score(options))


def _score(options: Options) -> int:
    require_count("episodes", options.episodes, MOST_EPISODES)
    require_count("first_seed", options.first_seed, least=0)
    require_return("require", options.require)
    if options.csv is not None:
        require_writable(options.csv, "csv")
    return _score_all(options) if options.all else _score_one(options)


def _score_one(options: Options) -> int:
    contender = _choose(options).on(options.backend)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("episodes", total=options.episodes)
        episodes = score(
            contender,
            options.episodes,
            options.first_seed,
            on_ended=lambda ended: progress.advance(task, ended),
        )
    scores = {**contender.described(), "first_seed": options.first_seed, **summary(episodes)}
    if options.csv is not None:
        write_atomically(options.csv, write_rows(Episode._fields, episodes).encode())
    _print(scores, options)
    if options.require is not None and float(scores["mean_return"]) < options.require:
        print(f"the mean return is under {options.require:g}", file=sys.stderr)
        return 1
    return 0


def _choose(options: Options) -> Contender:
    if sum((options.agent is not None, options.random, options.heuristic)) != 1:
        raise ValueError("give exactly one of an agent's folder, --random and --heuristic")
    if options.agent is not None:
        _refuse_given(options, ("env_id", "env_kwargs"), "an agent, which brings its own")
        return trained(options.agent, sampled=options.sampled)
    _refuse_given(options, ("sampled",), "--random and --heuristic, which have one policy each")
    kind = "random" if options.random else "heuristic"
    env_kwargs = _mapping(options.env_kwargs)
    make_env(options.env_id, env_kwargs).close()  # refused in a sentence, if it is
    return untrained(kind, options.env_id, env_kwargs)


def _refuse_given(options: Options, names: Sequence[str], beside: str) -> None:
    """ValueError for an option that is not the default; it would be dropped."""
    for name in names:
        if (given := getattr(options, name)) != getattr(Options(), name):
            raise ValueError(f"{name.replace('_', '-')} does not go with {beside}, got {given!r}")


def _mapping(text: str) -> dict[str, Any]:
    try:
        env_kwargs = parse_mapping(text)
    except YAMLError as broken:
        raise ValueError(
            f'env-kwargs must be a YAML mapping, "{{continuous: true}}" say, got {text!r}: {broken}'
        ) from None
    return names_no_machinery(env_kwargs)


def _score_all(options: Options) -> int:
    if options != Options(all=True, episodes=options.episodes, json=options.json):
        raise ValueError("--all takes --episodes and --json, and nothing else")
    names = pretrained.committed()
    if not names:
        raise CheckpointError(f"there is no committed agent in {pretrained.COMMITTED}")
    shown = track(names, "agents", console=Console(stderr=True), transient=True)
    rows = [row for name in shown for row in score_committed(name, options.episodes)]
    if options.json:
        print(json.dumps(rows, allow_nan=False))
    else:
        _print_all(rows)
    # Box2D's few episodes show that it plays the same, and are too few for a floor.
    judged = [row for row in rows if row["backend"] != "box2d"]
    poor = sorted({row["agent"] for row in judged if row["mean_return"] < row["floor"]})
    if poor:
        print(f"under the floor: {', '.join(poor)}", file=sys.stderr)
    return 1 if poor else 0


def _print(scores: dict[str, Any], options: Options) -> None:
    if options.json:
        print(json.dumps(scores, allow_nan=False))
        return
    how = "sampled" if options.sampled else "greedy"
    Console().print(score_table(f"{scores['algorithm']} on {scores['env_id']}, {how}", scores))


def _print_all(rows: list[dict[str, Any]]) -> None:
    table = Table(title="the committed agents, greedy")
    table.add_column("agent", overflow="fold")
    table.add_column("backend")
    for heading in ("episodes", "mean", "std", "landed", "floor"):
        table.add_column(heading, justify="right")
    for row in rows:
        lands = row["env_id"] in lander_envs.REGISTERED_IDS
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
