"""Train an agent with the settings of a config, with overrides on the command line.

CONFIG is a config's name or YAML file, or a run or a checkpoint whose settings are taken again.

python -m baselines.train lander_ppo --seed 2 --learning-rate 5e-4
python -m baselines.train lander_ppo --help
python -m baselines.train --resume runs/lander_ppo-seed2
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console

from baselines.algorithms.registry import build_config, trainer_of
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import section
from baselines.runs.command import run_command
from baselines.runs.config import ConfigError, TrainConfig
from baselines.runs.files import locked, make_folder
from baselines.runs.names import RUNS, find_config, find_run
from baselines.runs.run import Run
from baselines.runs.tables import require_rows
from baselines.runs.trainer import Learner


def main(arguments: list[str] | None = None) -> int:
    """Start or resume a run; returns the exit status."""
    known, overrides = _parse(arguments)
    return run_command(lambda: _start_or_resume(known, overrides))


def load_config(name: Path | str, overrides: list[str], runs: Path = RUNS) -> TrainConfig:
    """Settings of a config, overridden by the command line's; both are checked alike.

    Raises:
        ConfigError: for an unknown name, and for a wrong key or value in the file.
        SystemExit: for one on the command line, after printing what is wrong.
    """
    base = build_config(find_config(name, runs), str(name))
    return tyro.cli(type(base), default=base, args=overrides, prog=f"train {name}")


def _start_or_resume(known: argparse.Namespace, overrides: list[str]) -> int:
    if known.resume is not None:
        if overrides:
            raise ConfigError(
                f"--resume keeps the run's config and takes no overrides: {overrides}"
            )
        directory = find_run(known.resume, known.runs)
        _resume(directory)
    else:
        config = load_config(known.config, overrides, known.runs)
        directory = known.runs / f"{config.name}-seed{config.seed}"
        _start(config, directory)
    Console().print(f"final checkpoint: {directory / 'checkpoints' / 'final.json'}")
    return 0


def _start(config: TrainConfig, directory: Path) -> None:
    _require_new(directory)
    trainer = trainer_of(config)(config)
    make_folder(directory)
    with locked(directory):
        _require_new(directory)
        # Remains of a run that was killed before it could be resumed.
        (directory / "checkpoints" / "best.json").unlink(missing_ok=True)
        _train(trainer, directory)


def _require_new(directory: Path) -> None:
    for name in ("latest", "final"):
        if (directory / "checkpoints" / f"{name}.json").exists():
            raise ConfigError(
                f"{directory} holds a run already: continue it with --resume {directory}, or "
                "choose another --name, --seed or --runs"
            )


def _resume(directory: Path) -> None:
    with locked(directory):
        latest = directory / "checkpoints" / "latest.json"
        tensors, facts = checkpoints.load(latest)
        config = build_config(section(facts, "config", latest), str(latest))
        trainer = trainer_of(config)(config)
        trainer.resume(tensors, facts)
        progress = trainer.progress
        require_rows(directory, progress.steps, len(progress.evaluations))
        _train(trainer, directory)


def _train(trainer: Learner[Any, Any], directory: Path) -> None:
    progress = trainer.progress
    run = Run(directory, trainer.config, progress.steps, progress.seconds)
    try:
        trainer.train(run)
    finally:
        run.close()


def _parse(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and the overrides of the config's settings that follow its name."""
    parser = argparse.ArgumentParser(
        prog="python -m baselines.train",
        usage="%(prog)s CONFIG [--runs DIR] [SETTINGS ...] | --resume RUN",
        description=__doc__,
        add_help=False,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--resume", metavar="RUN", help="continue a killed run")
    parser.add_argument("--runs", type=Path, default=RUNS, help="where runs are kept")
    known, rest = parser.parse_known_args(arguments)
    known.config = None
    if known.resume is None:
        if not rest or rest[0].startswith("-"):
            parser.print_help()
            parser.exit(2, "error: begin with a config, or give --resume\n")
        known.config = rest.pop(0)
    return known, rest


if __name__ == "__main__":
    sys.exit(main())
