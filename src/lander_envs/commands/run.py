"""Exit status of a command: where a user erred, a sentence and status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import gymnasium as gym

FAILED = 2
"""Exit status of a command that could not do what was asked."""
INTERRUPTED = 130
"""Exit status of a command that Ctrl-C ended, as shells have it."""

ERRORS: tuple[type[Exception], ...] = (OSError, ValueError, MemoryError, gym.error.Error)
"""Exceptions for wrong arguments, files and environments, and for full disks and memories."""


def run_command(
    command: Callable[[], int], failed: str = "", errors: tuple[type[Exception], ...] = ERRORS
) -> int:
    """Exit status of ``command``; for an error that a user can mend, 2 after printing it.

    Args:
        command: does the work and returns an exit status.
        failed: stands before the error's text, "the results cannot be reported" say.
        errors: exceptions that a user can mend.
    """
    open_missing_streams()
    _show_no_bars_in_files()
    try:
        status = command()
        sys.stdout.flush()
    except errors as problem:
        _leave_stdout_if_broken()
        text = str(problem) or type(problem).__name__
        print(f"error: {failed}: {text}" if failed else f"error: {text}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    return status


def open_missing_streams() -> None:
    """Lead nowhere the output that a shell has closed (``>&-``): Python's stream is None then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", closefd=False))


def _show_no_bars_in_files() -> None:
    """Keep rich from redrawing bars in a file or pipe whose colours are forced, as notebooks do."""
    if "FORCE_COLOR" in os.environ and not sys.stdout.isatty():
        os.environ.setdefault("TTY_COMPATIBLE", "0")


def _leave_stdout_if_broken() -> None:
    """Lead the output elsewhere if it cannot be written, so that Python's exit does not fail."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
