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

import tyro
from rich.console import Console

from baselines.algorithms.launch import resume, start
from baselines.algorithms.registry import build_config
from baselines.runs.command import run_command
from baselines.runs.config import ConfigError, TrainConfig
from baselines.runs.names import RUNS, find_config, find_run, run_folder
from lander_envs.commands.run import parsed


def main(arguments: list[str] | None = None) -> int:
    """Start or resume a run; returns the exit status."""
    known, overrides = parsed(lambda: _parse(arguments))
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
        resume(directory)
    else:
        config = load_config(known.config, overrides, known.runs)
        directory = run_folder(known.runs, config.name, config.seed)
        start(config, directory)
    Console().print(f"final checkpoint: {directory / 'checkpoints' / 'final.json'}")
    return 0


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
