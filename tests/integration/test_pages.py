"""The snippets of the docs run as pasted, in a checkout."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from baselines.train import load_config

ROOT = Path(__file__).parents[2]
WITHOUT = {
    "jax": pytest.mark.skipif(find_spec("jax") is None, reason="the extra `jax` is not installed"),
    "gpu": pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch finds no GPU here"),
}
SNIPPETS = [
    pytest.param(snippet, id=f"{page.stem}-{number}", marks=WITHOUT.get(page.stem, ()))
    for page in sorted((ROOT / "docs").rglob("*.md"))
    for number, snippet in enumerate(
        re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    )
]
_TRAINING = re.compile(r"^python -m baselines\.train (?!--)((?:.*\\\n)*.*)", re.MULTILINE)
TRAININGS = [
    pytest.param(command.replace("\\\n", " ").split(), id=f"{page.stem}-{number}")
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for number, command in enumerate(_TRAINING.findall(page.read_text()))
    if "--help" not in command
]


def test_pages_have_snippets() -> None:
    assert len(SNIPPETS) > 10


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_each_snippet_runs_as_pasted(snippet: str) -> None:
    command = [sys.executable, "-c", snippet]
    # PyTorch's threads would wait for each other on a busy machine.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", TRAININGS)
def test_the_settings_of_each_training_go_together(command: list[str]) -> None:
    load_config(command[0], command[1:])


def test_pages_have_trainings() -> None:
    assert len(TRAININGS) > 10


@pytest.mark.parametrize("subject", ["observation", "network"])
def test_the_pictures_of_a_subject_are_drawn(subject: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"docs.draw_{subject}s", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {path.name for path in (ROOT / "docs/_static").glob(f"{subject}-*.png")}
