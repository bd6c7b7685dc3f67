"""The layers of the Python packages, as pyproject.toml's import-linter contracts state them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = [
    REPOSITORY / "src" / "lander_envs",
    REPOSITORY / "baselines",
]  # the contracts' root packages

LAYERS = "The package imports downwards"
BASELINES = "The baselines import downwards"
ENGINE = "Only backends and vector environments import the native engine"

# Module, an import that its layer forbids, and the contract that the import breaks.
UPWARD = [
    ("lander_envs/transforms/scale.py", "import lander_envs.envs", LAYERS),
    ("lander_envs/wrappers/reward.py", "from lander_envs import backends", LAYERS),
    ("lander_envs/backends/box2d.py", "import lander_envs.vector.sync", LAYERS),
    ("lander_envs/envs/lander.py", "import lander_envs.registration", LAYERS),
    ("lander_envs/vector/sync.py", "import lander_envs.envs", LAYERS),
    ("lander_envs/vector/sync.py", "import lander_envs.scoring.policy", LAYERS),
    ("lander_envs/vector/sync.py", "import lander_envs.jax.spaces", LAYERS),
    ("lander_envs/checks.py", "from lander_envs.spaces import FPS", LAYERS),
    ("lander_envs/wrappers/pixels.py", "from lander_envs import _native", ENGINE),
    ("baselines/optim/compiled.py", "from baselines.runs import config", BASELINES),
    ("baselines/runs/trainer.py", "import baselines.networks.mlp", BASELINES),
    ("baselines/networks/cnn.py", "from baselines.algorithms import ppo", BASELINES),
    ("baselines/algorithms/ppo.py", "import baselines.results.plots", BASELINES),
    ("baselines/results/tables.py", "from baselines import evaluate", BASELINES),
]


@pytest.fixture
def copied(tmp_path):
    """A folder with the sources of the packages, which a test may change."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("*.so", "*.h", "*.cpp", "__pycache__", "pretrained")
        shutil.copytree(package, tmp_path / package.name, ignore=ignored)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    """Check the contracts on the packages in ``folder``."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    config = str(REPOSITORY / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-c", code, "--config", config, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_the_packages_keep_their_contracts(copied) -> None:
    done = lint_imports(copied)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(("module", "line", "contract"), UPWARD)
def test_an_upward_import_breaks_its_contract(copied, module, line, contract) -> None:
    path = copied / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    done = lint_imports(copied)
    assert done.returncode == 1
    broken = [told for told in done.stdout.splitlines() if "BROKEN" in told]
    assert len(broken) == 1, done.stdout
    assert contract in broken[0]


def test_a_new_module_must_be_given_a_layer(copied) -> None:
    (copied / "lander_envs" / "somewhere.py").touch()
    done = lint_imports(copied)
    assert done.returncode == 1
    assert "somewhere" in done.stdout
