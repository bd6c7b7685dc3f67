"""README runs as pasted, and says what the package's metadata say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def field(file: str, pattern: str) -> str:
    """First group of ``pattern`` in a file of the root."""
    match = re.search(pattern, (ROOT / file).read_text(), re.MULTILINE)
    assert match, f"{file} has no {pattern}"
    return match[1]


def test_readme_has_four_snippets() -> None:
    assert len(SNIPPETS) == 4


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_each_snippet_runs_as_pasted(snippet: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", snippet]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_version_is_the_same_everywhere() -> None:
    version = field("pyproject.toml", r'^version = "(.+)"')
    assert field("CITATION.cff", r"^version: (.+)") == version
    assert field("README.md", r"version = \{(.+)\}") == version
    assert field("CHANGELOG.md", r"^## (\d\S+)") == version
    assert field("packaging/conda/recipe.yaml", r'^  version: "(.+)"') == version


def test_the_citation_is_dated_as_the_changelog() -> None:
    date = field("CITATION.cff", r"^date-released: (.+)")
    assert field("CHANGELOG.md", r"^## \d\S+ \((.+)\)") == date
    assert field("README.md", r"year = \{(.+)\}") == date[:4]


def test_the_address_is_the_same_everywhere() -> None:
    address = field("CITATION.cff", r'^repository-code: "(.+)"')
    assert field("pyproject.toml", r'^Repository = "(.+)"') == address
    assert field("packaging/conda/recipe.yaml", r"^  homepage: (.+)") == address
    links = re.findall(r"https://\S+?/lander_envs", (ROOT / "pyproject.toml").read_text())
    assert links == [address] * 3
