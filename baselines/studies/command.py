"""Command line of the studies: arguments, and a sentence in the place of a traceback."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tyro

from baselines.runs.command import run_command

Study = Callable[..., None]
"""A function whose arguments are the command line's."""


def run(
    study: Study | dict[str, Study],
    description: str | None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Runs a study, or one of several by its name, and returns the exit status: 2 for an error."""

    def asked() -> int:
        if isinstance(study, dict):
            tyro.extras.subcommand_cli_from_dict(study, args=arguments, description=description)
        else:
            tyro.cli(study, args=arguments, description=description)
        return 0

    return run_command(asked)
