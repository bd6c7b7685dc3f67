"""Training runs of a study, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from baselines.algorithms.registry import trainer_of
from baselines.runs.config import TrainConfig
from baselines.runs.files import locked, make_folder
from baselines.runs.run import Run


def train(config: TrainConfig, folder: Path) -> None:
    """Trains as the config says; log and checkpoints lie in ``folder``.

    Raises:
        LockedError: if another process trains into it.
    """
    trainer = trainer_of(config)(config)
    make_folder(folder)
    with locked(folder):
        run = Run(folder, config, 0, 0.0)
        try:
            trainer.train(run)
        finally:
            run.close()
