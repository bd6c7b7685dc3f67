"""Train an agent from a YAML config, with overrides on the command line.

python -m baselines.train baselines/configs/lander_ppo.yaml --seed 2 --learning-rate 5e-4
python -m baselines.train baselines/configs/lander_ppo.yaml --help
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
from baselines.optim.compiled import NoCompilerError
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import ConfigError, TrainConfig, read_yaml
from baselines.runs.run import Run
from baselines.runs.trainer import Learner


def main(arguments: list[str] | None = None) -> int:
    """Start or resume a run; returns the exit status."""
    known, overrides = _parse(arguments)
    try:
        if known.resume is not None:
            directory = _resume(known.resume, overrides)
        else:
            config = load_config(known.config, overrides)
            directory = known.runs / f"{config.name}-seed{config.seed}"
            _start(config, directory)
    except (ConfigError, CheckpointError, NoCompilerError, NonFiniteError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    Console().print(f"final checkpoint: {directory / 'checkpoints' / 'final.json'}")
    return 0


def load_config(path: Path, overrides: list[str]) -> TrainConfig:
    """Settings of the YAML file, overridden by the command line's; both are checked alike.

    Raises:
        ConfigError: for a wrong key or value in the file.
        SystemExit: for one on the command line, after printing what is wrong.
    """
    base = build_config(read_yaml(path), str(path))
    return tyro.cli(type(base), default=base, args=overrides, prog=f"train {path}")


def _start(config: TrainConfig, directory: Path) -> None:
    if (directory / "checkpoints" / "latest.json").exists():
        raise ConfigError(
            f"{directory} holds a run already: continue it with --resume {directory}, or choose "
            "another --name, --seed or --runs"
        )
    _train(trainer_of(config)(config), directory)


def _resume(directory: Path, overrides: list[str]) -> Path:
    if overrides:
        raise ConfigError(f"--resume keeps the run's config and takes no overrides: {overrides}")
    latest = directory / "checkpoints" / "latest.json"
    tensors, facts = checkpoints.load(latest)
    config = build_config(facts["config"], str(latest))
    trainer = trainer_of(config)(config)
    trainer.resume(tensors, facts)
    _train(trainer, directory)
    return directory


def _train(trainer: Learner[Any, Any], directory: Path) -> None:
    progress = trainer.progress
    run = Run(directory, trainer.config, progress.steps, progress.seconds)
    try:
        trainer.train(run)
    finally:
        run.close()


def _parse(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and the overrides of the config's settings that follow its path."""
    parser = argparse.ArgumentParser(
        prog="python -m baselines.train",
        usage="%(prog)s CONFIG [--runs DIR] [SETTINGS ...] | --resume DIR",
        description=__doc__,
        add_help=False,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--resume", type=Path, metavar="DIR", help="continue a killed run")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs are kept")
    known, rest = parser.parse_known_args(arguments)
    known.config = None
    if known.resume is None:
        if not rest or rest[0].startswith("-"):
            parser.print_help()
            parser.exit(2, "error: begin with the path of a config, or give --resume\n")
        known.config = Path(rest.pop(0))
    return known, rest


if __name__ == "__main__":
    sys.exit(main())
