"""The structure of the repository: a test file per module, and folders of a size to overlook."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
LARGEST_FOLDER = 15  # source files

# Folder of sources, and the folder of tests that mirrors it.
ROOTS = {
    "src/lander_envs": "tests",
    "baselines": "tests/baselines",
}


def modules(root: Path) -> list[Path]:
    """Modules under ``root``, relative to it, without ``__init__.py``."""
    paths = (path.relative_to(root) for path in sorted(root.rglob("*.py")))
    return [path for path in paths if path.name != "__init__.py"]


def untested(sources: Path, tests: Path) -> list[str]:
    """Modules under ``sources`` whose test file is missing under ``tests``."""
    return [
        str(module)
        for module in modules(sources)
        if not (tests / module.with_name(f"test_{module.name}")).is_file()
    ]


def crowded(root: Path, largest: int) -> list[str]:
    """Folders under ``root`` with more than ``largest`` Python files."""
    folders = [root, *(path for path in sorted(root.rglob("*")) if path.is_dir())]
    return [
        str(folder.relative_to(root))
        for folder in folders
        if len(list(folder.glob("*.py"))) > largest
    ]


@pytest.mark.parametrize(("sources", "tests"), ROOTS.items())
def test_every_module_has_a_test_file_of_its_name(sources, tests) -> None:
    assert modules(REPOSITORY / sources) != []
    assert untested(REPOSITORY / sources, REPOSITORY / tests) == []


@pytest.mark.parametrize("sources", ROOTS)
def test_no_folder_has_more_than_15_source_files(sources) -> None:
    assert crowded(REPOSITORY / sources, LARGEST_FOLDER) == []


@pytest.mark.parametrize("sources", ROOTS)
def test_an_init_file_defines_nothing_that_would_need_a_test(sources) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for path in (REPOSITORY / sources).rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert [node.name for node in body if isinstance(node, definitions)] == [], path


def test_a_module_without_a_test_file_is_found(tmp_path) -> None:
    for name in ("src/a/__init__.py", "src/a/b.py", "src/c.py", "tests/test_c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert untested(tmp_path / "src", tmp_path / "tests") == ["a/b.py"]
    (tmp_path / "tests" / "a").mkdir()
    (tmp_path / "tests" / "a" / "test_b.py").touch()
    assert untested(tmp_path / "src", tmp_path / "tests") == []


def test_a_crowded_folder_is_found(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    for number in range(3):
        (tmp_path / "a" / f"m{number}.py").touch()
    assert crowded(tmp_path, 3) == []
    assert crowded(tmp_path, 2) == ["a"]
