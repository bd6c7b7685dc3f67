"""Command line of the studies: arguments, and a sentence in the place of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import tyro

Study = Callable[..., None]
"""A function whose arguments are the command line's."""

_ERRORS = (OSError, ValueError)  # what a wrong argument, file or checkpoint raises


def run(
    study: Study | dict[str, Study],
    description: str | None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Runs a study, or one of several by its name, and returns the exit status: 2 for an error."""
    try:
        if isinstance(study, dict):
            tyro.extras.subcommand_cli_from_dict(study, args=arguments, description=description)
        else:
            tyro.cli(study, args=arguments, description=description)
    except _ERRORS as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    return 0
