"""Exit status of a command: where a user erred, a sentence and status 2."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from collections.abc import Callable
from typing import TypeVar

import gymnasium as gym

Options = TypeVar("Options")

FAILED = 2
"""Exit status of a command that could not do what was asked."""
INTERRUPTED = 130
"""Exit status of a command that Ctrl-C ended, as shells have it."""
CLOSED_PIPE = 141
"""Exit status of a command whose reader had ended, ``head`` say; as shells have it, too."""

ERRORS: tuple[type[Exception], ...] = (OSError, ValueError, MemoryError, gym.error.Error)
"""Exceptions for wrong arguments, files and environments, and for full disks and memories."""


def run_command(
    command: Callable[[], int], failed: str = "", errors: tuple[type[Exception], ...] = ERRORS
) -> int:
    """Exit status of ``command``; for an error that a user can mend, 2 after printing it.

    A command that exits by itself, after ``--help`` say, raises SystemExit.

    Args:
        command: does the work and returns an exit status.
        failed: stands before the error's text, "the results cannot be reported" say.
        errors: exceptions that a user can mend.
    """
    open_missing_streams()
    _escape_what_cannot_be_written()
    _show_no_bars_in_files()
    try:
        return _flushed(command)
    except errors as problem:
        lost_reader = isinstance(problem, BrokenPipeError) and _lost_reader()
        _leave_broken_streams()
        if lost_reader:
            return CLOSED_PIPE
        text = str(problem) or type(problem).__name__
        return _told(f"error: {failed}: {text}" if failed else f"error: {text}", FAILED)
    except KeyboardInterrupt:
        return _told("interrupted", INTERRUPTED)
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # so rich ends, with status 1
            return CLOSED_PIPE
        raise


def parsed(parse: Callable[[], Options]) -> Options:
    """Options that ``parse`` reads from a command line, if their help can be written.

    Raises:
        SystemExit: after help or a wrong option; with :func:`run_command`'s status if its text
            cannot be written.
    """
    found: list[Options] = []

    def read() -> int:
        found.append(parse())
        return 0

    status = run_command(read)
    if status:
        raise SystemExit(status)
    return found[0]


def open_missing_streams() -> None:
    """Lead nowhere the output that a shell has closed (``>&-``): Python's stream is None then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", closefd=False))


def _escape_what_cannot_be_written() -> None:
    """Print a path that the output's encoding lacks with escapes: the work for it was done."""
    out = sys.stdout  # the error stream escapes by itself
    if isinstance(out, io.TextIOWrapper) and out.errors == "strict":
        out.reconfigure(errors="backslashreplace")


def _show_no_bars_in_files() -> None:
    """Keep rich from redrawing bars in a file or pipe whose colours are forced, as notebooks do."""
    if "FORCE_COLOR" in os.environ and not sys.stdout.isatty():
        os.environ.setdefault("TTY_COMPATIBLE", "0")


def _flushed(command: Callable[[], int]) -> int:
    """Status of a command whose output is written; a pipe fails here at the latest."""
    try:
        status = command()
    except SystemExit:
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return status


def _told(text: str, status: int) -> int:
    """The status, after printing a sentence where the error stream can be written."""
    try:
        print(text, file=sys.stderr)
    except OSError:
        _leave_broken_streams()
    return status


def _leave_broken_streams() -> None:
    """Lead outputs elsewhere that cannot be written, so that Python's exit does not fail."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _lost_reader() -> bool:
    """Whether an output is a pipe whose reader has ended; else it was a pipe to a worker, say."""
    if not hasattr(select, "poll"):  # on Windows, whose pipes fail with another error
        return False
    poll = select.poll()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # of a notebook, which has no file below
            poll.register(stream.fileno(), 0)  # errors are told in any case
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
