"""Files that a crash leaves whole: atomic writes, strict JSON, locks of folders."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lander_envs.checks import writable_folder

_TEMPORARY = ".tmp"
_LOCK = ".lock"


class LockedError(ValueError):
    """A folder that another process is writing to."""


def write_atomically(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a reader, or a crash, sees the old file or the new.

    The file and its folder are flushed to disk. What is no regular file, ``/dev/stdout`` say, is
    written to as it is.
    """
    path = path.resolve()  # a link stays one
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    handle, temporary = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.", suffix=_TEMPORARY
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # mkstemp's 0600 would hide the file from other users
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_temporaries(folder: Path, names: str) -> None:
    """Remove what killed writes left of files whose names match the expression ``names``."""
    left = re.compile(rf"\.(?:{names})\.[^.]+{re.escape(_TEMPORARY)}")
    for path in folder.iterdir():
        if left.fullmatch(path.name):
            path.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Create ``folder`` and its parents where they are missing, and flush them to disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in ``folder`` to disk, where the system opens folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def require_writable(path: Path, name: str = "out") -> None:
    """OSError unless a file can be put at ``path``, the argument ``name`` of a command.

    It is found out before the work, not after it.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the path of a file")
    if path.exists() and not path.is_file():
        return
    require_writable_folder(path.parent, name)


def require_writable_folder(folder: Path, name: str = "out") -> None:
    """OSError unless files can be put into ``folder``, the argument ``name`` of a command."""
    writable_folder(name, folder)


@contextmanager
def locked(folder: Path, seconds: float = 0.0) -> Iterator[None]:
    """Lock of ``folder`` among processes, waited for so long; it dies with its process.

    Raises:
        LockedError: if another process still holds it.
    """
    lock = FileLock(folder / _LOCK, timeout=seconds)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{folder} is being written by another process") from None
    try:
        yield
    finally:
        lock.release()


def to_json(content: Any) -> bytes:
    """Strict JSON; ValueError for a number that is not finite."""
    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """Content of a JSON file; a number that is not finite, as older files have it, becomes None.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda constant: None)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
