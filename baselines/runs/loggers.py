"""Trackers of a run's numbers: TensorBoard, or MLflow with a local file as its store."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, Protocol

from torch.utils.tensorboard import SummaryWriter

from baselines.runs.config import ConfigError, TrainConfig


class Tracker(Protocol):
    """Destination of a run's numbers."""

    def log(self, name: str, value: float, steps: int) -> None:
        """Keep one number."""

    def close(self) -> None:
        """Flush, and end the run."""


class TensorBoard:
    """TensorBoard events in the run folder.

    Those that a killed run logged after ``steps`` are dropped.
    """

    def __init__(self, directory: Path, steps: int) -> None:
        self._writer = SummaryWriter(str(directory / "tensorboard"), purge_step=steps)

    def log(self, name: str, value: float, steps: int) -> None:
        """Keep one number."""
        self._writer.add_scalar(name, value, steps)

    def close(self) -> None:
        """Flush and close the event file."""
        self._writer.close()


class MLflow:
    """MLflow run, resumed if one of that folder exists.

    The store is the SQLite file ``mlflow.db`` in the folder that holds the runs, or what the
    variable MLFLOW_TRACKING_URI names. Settings become parameters, the id names the experiment.

    Raises:
        ConfigError: if MLflow is not installed.
    """

    def __init__(self, directory: Path, config: TrainConfig) -> None:
        try:
            from mlflow import MlflowClient
        except ImportError as missing:
            raise ConfigError(
                "tracking: mlflow needs the extra of that name, pip install "
                f'"lander-envs[mlflow]": {missing}'
            ) from None
        local = f"sqlite:///{directory.parent.resolve() / 'mlflow.db'}"
        self._client: Any = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI", local))
        self._run_id = self._start(directory, config)

    def log(self, name: str, value: float, steps: int) -> None:
        """Keep one number; MLflow has no place for one that is not finite."""
        if math.isfinite(value):
            self._client.log_metric(self._run_id, name, value, step=steps)

    def close(self) -> None:
        """End the run."""
        self._client.set_terminated(self._run_id)

    def _start(self, directory: Path, config: TrainConfig) -> str:
        known = self._client.get_experiment_by_name(config.env_id)
        experiment = known.experiment_id if known else self._client.create_experiment(config.env_id)
        folder = f"tags.folder = '{directory.resolve()}'"
        for run in self._client.search_runs([experiment], folder):
            return str(run.info.run_id)
        tags = {"folder": str(directory.resolve())}
        run = self._client.create_run(experiment, tags=tags, run_name=directory.name)
        for key, value in config.model_dump(mode="json").items():
            self._client.log_param(run.info.run_id, key, value)
        return str(run.info.run_id)


def make_tracker(directory: Path, config: TrainConfig, steps: int) -> Tracker:
    """Tracker named by ``config.tracking``, for a run at ``steps``."""
    if config.tracking == "mlflow":
        return MLflow(directory, config)
    return TensorBoard(directory, steps)
