"""Command line: where a user erred, a sentence and status 2 in the place of a traceback."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import gymnasium as gym
import torch

from baselines.optim.compiled import NoCompilerError
from baselines.optim.flat_adam import NonFiniteError

FAILED = 2
"""Exit status of a command that could not do what was asked."""
INTERRUPTED = 130
"""Exit status of a command that Ctrl-C ended, as shells have it."""

# Exceptions for wrong arguments, files and environments, and for full disks and memories.
_ERRORS = (
    OSError,
    ValueError,
    MemoryError,
    gym.error.Error,
    torch.OutOfMemoryError,
    NoCompilerError,
    NonFiniteError,
)


def run_command(command: Callable[[], int], failed: str = "") -> int:
    """Exit status of ``command``; for an error that a user can mend, 2 after printing it.

    Args:
        command: does the work and returns an exit status.
        failed: stands before the error's text, "the results cannot be reported" say.
    """
    threading.excepthook = _leave_to_main_thread
    try:
        status = command()
        sys.stdout.flush()
    except _ERRORS as problem:
        _leave_stdout_if_broken()
        text = str(problem) or type(problem).__name__
        print(f"error: {failed}: {text}" if failed else f"error: {text}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    finally:
        threading.excepthook = threading.__excepthook__
    return status


def require_count(name: str, value: int, most: int | None = None, least: int = 1) -> None:
    """ValueError unless a number of things is in range; the message names the argument."""
    if value < least or (most is not None and value > most):
        allowed = f"at least {least}" if most is None else f"from {least} to {most:,}"
        raise ValueError(f"{name} must be {allowed}, got {value}")


def require_return(name: str, value: float | None) -> None:
    """ValueError for NaN, which no return is under."""
    if value is not None and value != value:
        raise ValueError(f"{name} must be a number, got {value}")


def _leave_to_main_thread(raised: threading.ExceptHookArgs) -> None:
    """Print no traceback of a full disk: TensorBoard's thread gives it to the next call too."""
    if not issubclass(raised.exc_type, OSError):
        threading.__excepthook__(raised)


def _leave_stdout_if_broken() -> None:
    """Lead the output elsewhere if it cannot be written, so that Python's exit does not fail."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
