"""Command line: where a user erred, a sentence and status 2 in the place of a traceback."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
import tyro

from baselines.optim.compiled import NoCompilerError
from baselines.optim.flat_adam import NonFiniteError
from lander_envs.commands import run as commands
from lander_envs.commands.run import ERRORS, parsed

__all__ = [
    "read_options",
    "require_count",
    "require_return",
    "run_command",
    "terminated_as_interrupted",
]

Options = TypeVar("Options")

# Exceptions of PyTorch and of trainings, beside those of every command.
_ERRORS = (*ERRORS, torch.OutOfMemoryError, NoCompilerError, NonFiniteError)


def run_command(command: Callable[[], int], failed: str = "") -> int:
    """Exit status of ``command``; for an error that a user can mend, 2 after printing it.

    Args:
        command: does the work and returns an exit status.
        failed: stands before the error's text, "the results cannot be reported" say.
    """
    threading.excepthook = _leave_to_main_thread
    try:
        return commands.run_command(command, failed, _ERRORS)
    finally:
        threading.excepthook = threading.__excepthook__


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Raise KeyboardInterrupt at SIGTERM too, so that processes of the block end with it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def read_options(
    kind: type[Options], arguments: list[str] | None, description: str | None
) -> Options:
    """Options of a command; a wrong one ends it with a sentence and status 2.

    Args:
        kind: dataclass of the options.
        arguments: of the command line; None: those of the process.
        description: for ``--help``.
    """
    return parsed(lambda: tyro.cli(kind, args=arguments, description=description))


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
