"""Console script ``lander-envs``."""

from __future__ import annotations

import sys
from typing import Annotated

import tyro

from lander_envs.commands.bench import Bench
from lander_envs.commands.check import Check
from lander_envs.commands.list import List
from lander_envs.commands.play import Play
from lander_envs.commands.record import Record
from lander_envs.commands.run import parsed, run_command
from lander_envs.commands.score import Score
from lander_envs.commands.watch import Watch

_DESCRIPTION = """The Lunar Lander benchmark suite: fly it, watch agents, score and measure.

Exit status: 0 for success, 1 for a result that is not enough, 2 for a wrong request."""

Command = (
    Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Play, tyro.conf.subcommand("play")]
    | Annotated[Watch, tyro.conf.subcommand("watch")]
    | Annotated[Record, tyro.conf.subcommand("record")]
    | Annotated[Score, tyro.conf.subcommand("score")]
    | Annotated[Bench, tyro.conf.subcommand("bench")]
    | Annotated[Check, tyro.conf.subcommand("check")]
)


def main(arguments: list[str] | None = None) -> int:
    """Runs a command, and returns its exit status."""
    command = parsed(
        lambda: tyro.cli(Command, prog="lander-envs", description=_DESCRIPTION, args=arguments)
    )
    return run_command(command.run)


def script() -> None:
    """Runs the console script."""
    sys.exit(main())


if __name__ == "__main__":
    script()
