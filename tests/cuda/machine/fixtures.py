"""Fixtures of tests that need a GPU's driver, or the stand-in for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cuda.machine.build import on_host
from tests.cuda.machine.session import Machine, session


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """The stand-in for libcuda, on which ``device="cuda"`` works."""
    with session(on_host(), tmp_path / "cubins") as opened:
        yield opened
