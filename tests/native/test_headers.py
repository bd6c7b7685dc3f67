"""The core headers stay what a GPU compiler can take."""

import re
from pathlib import Path

import pytest

from tests.native import layers
from tests.native.build import NATIVE, TESTS

CORE = sorted(path for layer in layers.CORE for path in (NATIVE / layer).glob("*.h"))

pytestmark = pytest.mark.skipif(not CORE, reason="the sources are not here")


def code_of(path: Path) -> str:
    return re.sub(r"//.*", "", path.read_text())


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_the_portability_header_knows_the_standard_library(path) -> None:
    code = code_of(path)
    if path.name == "portability.h":
        return
    assert not re.findall(r"#include\s*<.*>", code)
    assert "std::" not in code
    assert "__host__" not in code


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_heap_no_exceptions_no_virtuals(path) -> None:
    code = code_of(path)
    assert not re.findall(r"\b(new|delete|malloc|throw|try|catch|virtual|typeid)\b", code)


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_headers_fit_in_a_head(path) -> None:
    assert len(path.read_text().splitlines()) <= 350


WITHOUT_BEHAVIOUR = {"portability.h", "constants.h", "sine_table.h", "trace.h", "state.h"}
WITHOUT_BEHAVIOUR |= {"launch.h", "progress.h"}


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_header_has_a_test_of_its_name(path) -> None:
    test = TESTS / path.parent.name / f"{path.stem}.cpp"
    assert test.exists() != (path.name in WITHOUT_BEHAVIOUR)
