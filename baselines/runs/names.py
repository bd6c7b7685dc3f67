"""Names of configs, runs and checkpoints on the command line, the same for all commands."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal, NamedTuple

from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import CONFIGS, ConfigError, read_yaml
from baselines.runs.files import read_json

RUNS = Path("runs")
"""Folder of the runs, unless a command is told another."""
COMMITTED = Path(__file__).parents[1] / "pretrained"
"""Folder of the committed agents."""
EPISODES_FILE, BOX2D_FILE = "episodes.csv", "episodes_box2d.csv"
"""Files of a run's score, on the physics of training and on Gymnasium's."""

_NEAREST = 3


def run_folder(runs: Path, name: str, seed: int) -> Path:
    """Folder of the run of a config's ``name`` with a training seed."""
    return runs / f"{name}-seed{seed}"


class Named(NamedTuple):
    """Thing that a name stands for: a YAML file, a run's folder, or a checkpoint's JSON."""

    kind: Literal["config", "run", "checkpoint"]
    path: Path


def resolve(name: Path | str, runs: Path = RUNS) -> Named:
    """Config, run or checkpoint of a name; what lies at a path comes first.

    Raises:
        ConfigError: for an unknown name; the message lists the nearest.
    """
    path = Path(name)
    if path.is_file():
        return Named("checkpoint" if path.suffix == ".json" else "config", path)
    for folder in (path, runs / path):
        if (folder / "run.json").is_file() or (folder / "checkpoints").is_dir():
            return Named("run", folder)
        if (folder / "final.json").is_file():
            return Named("checkpoint", folder / "final.json")
    if (CONFIGS / f"{name}.yaml").is_file():
        return Named("config", CONFIGS / f"{name}.yaml")
    if (COMMITTED / path / "final.json").is_file():
        return Named("checkpoint", COMMITTED / path / "final.json")
    raise ConfigError(_unknown(name, runs))


def find_config(name: Path | str, runs: Path = RUNS) -> dict[str, Any]:
    """Settings of a config, or those that a run or a checkpoint was trained with.

    A config's file that has no name is named as it is.

    Raises:
        ConfigError, CheckpointError: if there are none.
    """
    kind, path = resolve(name, runs)
    if kind == "config":
        return {"name": path.stem, **read_yaml(path)}
    if kind == "checkpoint":
        return checkpoints.section(checkpoints.describe(path), "config", path)
    description = path / "run.json"
    try:
        content = read_json(description)
    except (OSError, ValueError) as broken:
        raise ConfigError(f"{description} cannot be read: {broken}") from None
    if not isinstance(content, dict) or not isinstance(content.get("config"), dict):
        raise ConfigError(f"{description} holds no config")
    found: dict[str, Any] = content["config"]
    return found


def find_checkpoint(name: Path | str, runs: Path = RUNS) -> Path:
    """JSON of the checkpoint that a name stands for.

    That of a run is its last, that of a config the committed agent's or its only run's.

    Raises:
        ConfigError: if there is none, or more than one.
    """
    kind, path = resolve(name, runs)
    if kind == "checkpoint":
        return path
    if kind == "run":
        return _final(path)
    committed = COMMITTED / _name_of(path) / "final.json"
    return committed if committed.is_file() else _final(_only_run(path, runs))


def find_run(name: Path | str, runs: Path = RUNS) -> Path:
    """Folder of the run that a name, its checkpoint "latest" or its config stands for.

    Raises:
        ConfigError: if there is none, or more than one.
    """
    kind, path = resolve(name, runs)
    if kind == "run":
        return path
    if kind == "config":
        return _only_run(path, runs)
    if path.name == "latest.json" and path.parent.name == "checkpoints":
        return path.parent.parent
    raise ConfigError(f"a run's folder is wanted here, or its checkpoint latest.json, got {path}")


def _final(run: Path) -> Path:
    final = run / "checkpoints" / "final.json"
    if final.is_file():
        return final
    there = sorted((run / "checkpoints").glob("*.json"))
    told = f"; it has {', '.join(map(str, there))}" if there else ""
    raise ConfigError(f"the run {run} has no checkpoint {final}: it is not finished{told}")


def _only_run(config: Path, runs: Path) -> Path:
    """The only run of a config's file."""
    name = _name_of(config)
    folders = (path.parent for path in runs.glob("*/run.json"))
    found = sorted(folder for folder in folders if folder.name.rpartition("-seed")[0] == name)
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"{name} has several runs: {', '.join(map(str, found))}")
    raise ConfigError(f"{name} has no run in {runs}; train it: python -m baselines.train {config}")


def _name_of(config: Path) -> str:
    """Name of a config, by which its runs' folders are called."""
    return str(find_config(config)["name"])


def _unknown(name: Path | str, runs: Path) -> str:
    known = {path.stem for path in CONFIGS.glob("*.yaml")}
    known |= {path.parent.name for path in COMMITTED.glob("*/final.json")}
    known |= {path.parent.name for path in runs.glob("*/run.json")}
    if Path(name).exists():
        return f"{name} holds no run and no checkpoint"
    near = difflib.get_close_matches(str(name), sorted(known), n=_NEAREST, cutoff=0.0)
    return (
        f"there is no config, run or checkpoint {str(name)!r}; the nearest names are "
        f"{', '.join(near)}"
    )
