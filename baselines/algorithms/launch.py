"""Training runs in folders: start, resume, or bring to the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from baselines.algorithms.registry import build_config, trainer_of
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import section
from baselines.runs.config import ConfigError, TrainConfig, differing
from baselines.runs.files import locked, make_folder
from baselines.runs.names import BOX2D_FILE, EPISODES_FILE
from baselines.runs.run import Follow, Run, ignore
from baselines.runs.tables import require_rows
from baselines.runs.trainer import Learner


def start(config: TrainConfig, directory: Path, follow: Follow = ignore) -> None:
    """Trains a new run; ``follow`` is called with each row of its tables.

    Raises:
        ConfigError: if the folder holds a run already.
        LockedError: if another process trains into it.
    """
    _require_new(directory)
    trainer = trainer_of(config)(config)
    make_folder(directory)
    with locked(directory):
        _require_new(directory)
        # Remains of a run that was killed before it could be resumed, or lost its checkpoints.
        for name in ("checkpoints/best.json", EPISODES_FILE, BOX2D_FILE):
            (directory / name).unlink(missing_ok=True)
        _train(trainer, directory, follow)


def resume(directory: Path, follow: Follow = ignore) -> None:
    """Continues a killed run from its checkpoint "latest", with its own config.

    Raises:
        CheckpointError: if there is none, or it is damaged.
        LockedError: if another process trains into the folder.
    """
    with locked(directory):
        latest = directory / "checkpoints" / "latest.json"
        tensors, facts = checkpoints.load(latest)
        config = build_config(section(facts, "config", latest), str(latest))
        trainer = trainer_of(config)(config)
        trainer.resume(tensors, facts)
        progress = trainer.progress
        require_rows(directory, progress.steps, len(progress.evaluations))
        _train(trainer, directory, follow)


def finish(config: TrainConfig, directory: Path, follow: Follow = ignore) -> None:
    """Brings a run to its end: a killed one is continued, a finished one is left alone.

    Raises:
        ConfigError: if the folder holds a run with other settings.
    """
    require_same(config, directory)
    if has_checkpoint(directory, "final"):
        return
    if has_checkpoint(directory, "latest"):
        resume(directory, follow)
    else:
        start(config, directory, follow)


def require_same(config: TrainConfig, directory: Path) -> None:
    """ConfigError if the folder holds a run that was trained with other settings than ``config``.

    Raises:
        CheckpointError: if the run's checkpoint is damaged.
    """
    for name in ("final", "latest"):
        if has_checkpoint(directory, name):
            path = directory / "checkpoints" / f"{name}.json"
            known = section(checkpoints.describe(path), "config", path)
            other = differing(known, config.model_dump(mode="json"))
            if other:
                raise ConfigError(
                    f"{directory} holds a run with another {', '.join(other)}: choose another "
                    "--name, --seed or --runs"
                )


def has_checkpoint(directory: Path, name: str) -> bool:
    """Whether a run has the checkpoint ``name``."""
    return (directory / "checkpoints" / f"{name}.json").exists()


def _require_new(directory: Path) -> None:
    if has_checkpoint(directory, "latest") or has_checkpoint(directory, "final"):
        raise ConfigError(
            f"{directory} holds a run already: continue it with --resume {directory}, or "
            "choose another --name, --seed or --runs"
        )


def _train(trainer: Learner[Any, Any], directory: Path, follow: Follow) -> None:
    progress = trainer.progress
    run = Run(directory, trainer.config, progress.steps, progress.seconds, follow)
    try:
        trainer.train(run)
    finally:
        run.close()
