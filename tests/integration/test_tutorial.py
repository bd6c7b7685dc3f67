"""Notebooks of the tutorial: the code of their chapters, without outputs.

Colab opens notebooks of repositories on GitHub alone: elsewhere no page and no notebook names it.
"""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial"
ON_GITHUB = 'Repository = "https://github.com/' in (ROOT / "pyproject.toml").read_text()
CHAPTERS = sorted(TUTORIAL.glob("[0-9]_*.md"))


def cells(chapter: Path) -> list[dict]:
    notebook = json.loads((TUTORIAL / "notebooks" / f"{chapter.stem}.ipynb").read_text())
    return notebook["cells"]


def test_there_are_six_chapters_and_a_notebook_of_each() -> None:
    assert len(CHAPTERS) == 6
    notebooks = {path.stem for path in (TUTORIAL / "notebooks").iterdir()}
    assert notebooks == {chapter.stem for chapter in CHAPTERS}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_a_notebook_has_the_code_of_its_chapter_and_no_outputs(chapter) -> None:
    written = re.findall(r"```{code-cell} python\n(.*?)```", chapter.read_text(), re.DOTALL)
    code = [cell for cell in cells(chapter)[2 * ON_GITHUB :] if cell["cell_type"] == "code"]
    assert ["".join(cell["source"]) for cell in code] == [text.rstrip("\n") for text in written]
    assert [cell["outputs"] for cell in code] == [[]] * len(code)


def test_colab_is_named_only_if_it_can_open_the_repository() -> None:
    assert ("Colab" in (TUTORIAL / "index.md").read_text()) == ON_GITHUB
    for chapter in CHAPTERS:
        badge, install = ("".join(cell["source"]) for cell in cells(chapter)[:2])
        assert (f"{chapter.stem}.ipynb" in badge) == ON_GITHUB
        assert ('%pip install --quiet ".[baselines]"' in install) == ON_GITHUB


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_no_link_of_a_notebook_is_relative(chapter) -> None:
    text = "".join("".join(cell["source"]) for cell in cells(chapter) if "outputs" not in cell)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []
