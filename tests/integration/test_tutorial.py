"""Notebooks of the tutorial: the code of their chapters, ready for Colab, without outputs."""

import json
import re
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial"
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
    badge, install, *rest = cells(chapter)
    code = [cell for cell in rest if cell["cell_type"] == "code"]
    assert ["".join(cell["source"]) for cell in code] == [text.rstrip("\n") for text in written]
    assert [cell["outputs"] for cell in code] == [[]] * len(code)
    assert f"{chapter.stem}.ipynb" in badge["source"][0]
    assert '%pip install --quiet ".[baselines]"' in "".join(install["source"])


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_no_link_of_a_notebook_is_relative(chapter) -> None:
    text = "".join("".join(cell["source"]) for cell in cells(chapter) if "outputs" not in cell)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []
