"""Jupyter notebooks of the tutorial's chapters, for Colab and download.

python docs/tutorial/notebooks.py

A chapter is written as MyST Markdown, which the docs build runs. This writes each as a notebook
without outputs into ``docs/tutorial/notebooks/``: Colab opens no other format. If the repository is
on GitHub, a badge at the top opens the notebook in Colab, and a cell installs the checkout there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

CHAPTERS = Path(__file__).parent
ROOT = CHAPTERS.parents[1]
NOTEBOOKS = CHAPTERS / "notebooks"
GITHUB = "https://github.com/"

# Colab's compiler is too old for the engine, which is built from source there.
_INSTALL = """\
# On Colab: fetch the project and build it, in two or three minutes.
import sys

if "google.colab" in sys.modules:
    !git clone --quiet --depth 1 {address}
    %cd lander_envs
    !apt-get -qq install g++-12
    %env CXX=g++-12
    %pip install --quiet ".[baselines]"\
"""
_RELATIVE = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")


def chapters() -> list[Path]:
    """Sources of the chapters, in their order."""
    return sorted(CHAPTERS.glob("[0-9]_*.md"))


def address() -> str:
    """Address of the repository."""
    found = re.search(r'^Repository = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert found
    return found[1]


def colab(chapter: str) -> str | None:
    """Link that opens a chapter's notebook in Colab; None if the repository is not on GitHub."""
    if not address().startswith(GITHUB):
        return None
    repository = address().removeprefix(GITHUB)
    notebook = f"docs/tutorial/notebooks/{chapter}.ipynb"
    return f"https://colab.research.google.com/github/{repository}/blob/main/{notebook}"


def notebook(source: Path) -> str:
    """Content of a chapter's notebook."""
    read = read_myst_markdown_notebook(source.read_text(), MdParserConfig(), path=source)
    cells = [*_colab_cells(source.stem), *read.cells]
    cells = [_plain(cell, number) for number, cell in enumerate(cells)]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    written = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return nbformat.writes(written, indent=1) + "\n"


def _colab_cells(chapter: str) -> list[Any]:
    """Badge and installation."""
    link = colab(chapter)
    if link is None:
        return []
    badge = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
    install = nbformat.v4.new_code_cell(_INSTALL.format(address=address()))
    return [nbformat.v4.new_markdown_cell(f"{badge}({link})"), install]


def _plain(cell: Any, number: int) -> Any:
    """Cell with a fixed name, without marks of the source's lines, with links that lead out."""
    cell["id"], cell["metadata"] = f"cell-{number}", {}
    if cell["cell_type"] == "markdown":
        cell["source"] = _RELATIVE.sub(_absolute, cell["source"])
    return cell


def _absolute(link: re.Match[str]) -> str:
    path = (CHAPTERS / link[1]).resolve().relative_to(ROOT)
    return f"]({address()}/blob/main/{path}{link[2] or ''})"


def outdated() -> list[str]:
    """Names of the notebooks that differ from their chapters."""
    return [path.name for path, content in contents().items() if path.read_text() != content]


def contents() -> dict[Path, str]:
    """Content of each notebook by its path."""
    return {NOTEBOOKS / f"{source.stem}.ipynb": notebook(source) for source in chapters()}


def main() -> None:
    """Writes all notebooks."""
    NOTEBOOKS.mkdir(exist_ok=True)
    for path, content in contents().items():
        path.write_text(content)


if __name__ == "__main__":
    main()
