"""Trackers of a run's numbers: TensorBoard, MLflow with a local store, Weights & Biases."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

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

    Those that a killed run logged after ``steps`` are dropped, and all where a run begins.
    """

    def __init__(self, directory: Path, steps: int) -> None:
        # TensorBoard drops what is at this step too; a checkpoint's own numbers stay.
        purged = steps + 1 if steps else 0
        self._writer = SummaryWriter(str(directory / "tensorboard"), purge_step=purged)

    def log(self, name: str, value: float, steps: int) -> None:
        """Keep one number."""
        self._writer.add_scalar(name, value, steps)

    def close(self) -> None:
        """Flush and close the event file."""
        self._writer.close()


class MLflow:
    """MLflow run; one that goes on after ``steps`` is resumed if one of that folder exists.

    The store is the SQLite file ``mlflow.db`` in the folder that holds the runs, or what the
    variable MLFLOW_TRACKING_URI names. Settings become parameters, the id names the experiment.

    Raises:
        ConfigError: if MLflow is not installed, or its store fails, then or later.
    """

    def __init__(self, directory: Path, config: TrainConfig, steps: int) -> None:
        try:
            from mlflow import MlflowClient
        except ImportError as missing:
            raise ConfigError(
                "tracking: mlflow needs the extra of that name, pip install "
                f'"lander-envs[mlflow]": {missing}'
            ) from None
        local = f"sqlite:///{quote(str(directory.parent.resolve() / 'mlflow.db'))}"
        with _errors_of("mlflow"):
            self._client: Any = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI", local))
            self._run_id = self._start(directory, config, steps)

    def log(self, name: str, value: float, steps: int) -> None:
        """Keep one number; MLflow has no place for one that is not finite."""
        if math.isfinite(value):
            with _errors_of("mlflow"):
                self._client.log_metric(self._run_id, name, value, step=steps)

    def close(self) -> None:
        """End the run."""
        with _errors_of("mlflow"):
            self._client.set_terminated(self._run_id)

    def _start(self, directory: Path, config: TrainConfig, steps: int) -> str:
        known = self._client.get_experiment_by_name(config.env_id)
        experiment = known.experiment_id if known else self._client.create_experiment(config.env_id)
        folder = str(directory.resolve())
        for run in self._runs(experiment) if steps else ():
            if run.data.tags.get("folder") == folder:
                return str(run.info.run_id)
        run = self._client.create_run(experiment, tags={"folder": folder}, run_name=directory.name)
        for key, value in config.model_dump(mode="json").items():
            self._client.log_param(run.info.run_id, key, value)
        return str(run.info.run_id)

    def _runs(self, experiment: str) -> Iterator[Any]:
        """Runs of an experiment; a filter cannot quote every folder's name."""
        page = self._client.search_runs([experiment])
        yield from page
        while page.token:
            page = self._client.search_runs([experiment], page_token=page.token)
            yield from page


class WandB:
    """Run of Weights & Biases; after ``steps`` that of the folder is resumed, at 0 it is replaced.

    Its files lie in ``wandb`` in the run's folder. Settings become the config, the id names the
    project; WANDB_MODE, WANDB_PROJECT and the client's other variables work as usual. Numbers have
    ``steps`` as their axis.

    Raises:
        ConfigError: if the client is not installed, or fails, then or later.
    """

    def __init__(self, directory: Path, config: TrainConfig, steps: int) -> None:
        try:
            import wandb
        except ImportError as missing:
            raise ConfigError(
                "tracking: wandb needs the extra of that name, pip install "
                f'"lander-envs[wandb]": {missing}'
            ) from None
        project = config.env_id.replace("/", "-")  # a slash is not allowed
        with _errors_of("wandb"):
            self._run: Any = wandb.init(
                project=os.environ.get("WANDB_PROJECT", project),
                name=directory.name,
                id=_identifier(directory),
                dir=str(directory),
                config=config.model_dump(mode="json"),
                resume="allow" if steps else None,
            )
            self._run.define_metric("*", step_metric="steps")

    def log(self, name: str, value: float, steps: int) -> None:
        """Keep one number."""
        if math.isfinite(value):
            with _errors_of("wandb"):
                self._run.log({name: value, "steps": steps})

    def close(self) -> None:
        """Upload what is left, and end the run."""
        with _errors_of("wandb"):
            self._run.finish()


def _identifier(directory: Path) -> str:
    """Name of a run's folder that is the same whenever the run is resumed."""
    return hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]


@contextmanager
def _errors_of(tracker: str) -> Iterator[None]:
    """ConfigError in a sentence for errors of a tracker, of its store, of the network."""
    try:
        yield
    except Exception as error:
        said = str(error).strip() or type(error).__name__
        raise ConfigError(f"tracking: {tracker} failed: {said.splitlines()[0]}") from error


def make_tracker(directory: Path, config: TrainConfig, steps: int) -> Tracker:
    """Tracker named by ``config.tracking``, for a run at ``steps``."""
    if config.tracking == "mlflow":
        return MLflow(directory, config, steps)
    if config.tracking == "wandb":
        return WandB(directory, config, steps)
    return TensorBoard(directory, steps)
