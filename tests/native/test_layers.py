"""No include of the native engine runs up, and no folder grows too large."""

from pathlib import Path

import pytest

from tests.native.build import NATIVE
from tests.native.layers import LAYERS, MAX_FILES, faults


def tree(root: Path, files: dict[str, str]) -> Path:
    """All layers, each with one header, and the given files by their paths."""
    for layer in LAYERS:
        (root / layer).mkdir()
        (root / layer / "empty.h").write_text("#pragma once\n")
    for name, text in files.items():
        (root / name).write_text(text)
    return root


def test_the_engine_keeps_its_layers() -> None:
    assert faults(NATIVE) == []


def test_includes_of_lower_layers_are_fine(tmp_path) -> None:
    text = '#include "math/empty.h"\n#include "physics/empty.h"\n#include <cstdint>\n'
    assert faults(tree(tmp_path, {"physics/a.h": text, "host/b.cpp": "#include <vector>\n"})) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"math/random.h": '#include "physics/empty.h"\n'},
            "math/random.h includes 'physics/empty.h', which is a higher layer",
        ),
        (
            {"batch/a.h": '  #  include "host/empty.h"\n'},
            "batch/a.h includes 'host/empty.h', which is a higher layer",
        ),
        ({"env/a.h": "#include <vector>\n"}, "env/a.h includes <vector>, a container"),
        (
            {"env/a.h": '#include "empty.h"\n'},
            "env/a.h includes 'empty.h', which is no path from the root",
        ),
    ],
)
def test_a_breach_is_named(tmp_path, files, fault) -> None:
    assert faults(tree(tmp_path, files)) == [fault]


def test_a_large_folder_is_named(tmp_path) -> None:
    files = {f"render/a{i}.h": "" for i in range(MAX_FILES)}  # beside the empty one
    assert faults(tree(tmp_path, files)) == ["render has 16 source files, 15 are allowed"]


def test_files_and_folders_outside_the_layers_are_named(tmp_path) -> None:
    tree(tmp_path, {})
    (tmp_path / "stray.h").write_text("")
    (tmp_path / "gui").mkdir()
    assert faults(tmp_path) == ["stray.h is in no folder", "gui is no layer"]
