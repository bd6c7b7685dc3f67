"""The same numbers reach the tables, TensorBoard, MLflow and Weights & Biases."""

import csv
import sys
from urllib.parse import quote

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from baselines import train
from baselines.algorithms.ppo import PPOConfig
from baselines.runs.run import Run

# MLflow asks SQLAlchemy in ways that its newest release deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TINY = "{name: tiny, total_steps: 128, num_envs: 4, num_steps: 16, hidden: [4], eval_episodes: 2}"


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def mlflow_history(tmp_path, name):
    mlflow = pytest.importorskip("mlflow")
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("lander_envs/Lander-v0")
    (run,) = client.search_runs([experiment.experiment_id])
    return run, client.get_metric_history(run.info.run_id, name)


def test_mlflow_gets_settings_and_every_row_of_the_tables(tiny, tmp_path) -> None:
    pytest.importorskip("mlflow")
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "mlflow"]) == 0
    table = (tmp_path / "tiny-seed1" / "training.csv").read_text()
    rows = list(csv.DictReader(table.splitlines()))
    run, history = mlflow_history(tmp_path, "training/entropy")
    assert [metric.step for metric in history] == [64, 128]
    assert [metric.value for metric in history] == [float(row["entropy"]) for row in rows]
    assert run.data.params["num_steps"] == "16"
    assert run.info.run_name == "tiny-seed1"
    assert run.info.status == "FINISHED"
    assert not (tmp_path / "tiny-seed1" / "tensorboard").exists()


def test_a_resumed_run_goes_on_as_the_same_run_of_mlflow(tmp_path) -> None:
    pytest.importorskip("mlflow")
    config = PPOConfig(tracking="mlflow")
    for steps in (0, 10):
        run = Run(tmp_path / "a-seed1", config, steps, 0.0)
        run.log("training", steps + 5, {"loss": 0.5, "missing": float("nan")})
        run.close()
    _, history = mlflow_history(tmp_path, "training/loss")
    assert [metric.step for metric in history] == [5, 15]
    assert mlflow_history(tmp_path, "training/missing")[1] == []


def test_a_new_run_in_the_folder_of_a_deleted_one_is_another_run_of_mlflow(tmp_path) -> None:
    mlflow = pytest.importorskip("mlflow")
    for steps in (0, 0, 10):
        Run(tmp_path / "a-seed1", PPOConfig(tracking="mlflow"), steps, 0.0).close()
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("lander_envs/Lander-v0")
    assert len(client.search_runs([experiment.experiment_id])) == 2


def test_tensorboard_keeps_the_numbers_of_the_checkpoint_where_a_run_resumes(tmp_path) -> None:
    for steps, logged in [(0, (64, 128, 192)), (128, (256,))]:
        run = Run(tmp_path, PPOConfig(), steps, 0.0)
        for reached in logged:
            run.log("training", reached, {"loss": 0.5})
        run.close()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Scalars("training/loss")] == [64, 128, 256]


@pytest.mark.parametrize("name", ["it's", 'a "b" it\'s', "what?", "100%41", "a#b"])
def test_a_run_in_a_folder_of_any_name_goes_on_as_the_same_run_of_mlflow(name, tmp_path) -> None:
    pytest.importorskip("mlflow")
    runs = tmp_path / name
    for steps in (0, 10):
        run = Run(runs / "a-seed1", PPOConfig(tracking="mlflow"), steps, 0.0)
        run.log("training", steps + 5, {"loss": 0.5})
        run.close()
    assert sorted(path.name for path in runs.iterdir()) == ["a-seed1", "mlflow.db"]
    mlflow = pytest.importorskip("mlflow")
    client = mlflow.MlflowClient(f"sqlite:///{quote(str(runs / 'mlflow.db'))}")
    experiment = client.get_experiment_by_name("lander_envs/Lander-v0")
    assert len(client.search_runs([experiment.experiment_id])) == 1


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9", "nonsense://x", "postgresql://h/d"])
def test_a_store_of_mlflow_that_fails_gives_a_sentence(uri, tiny, tmp_path, monkeypatch, capsys):
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "mlflow"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: tracking: mlflow failed: ")
    assert len(error.splitlines()) == 1


def test_a_store_of_mlflow_that_fails_in_mid_training_gives_a_sentence(
    tiny, tmp_path, monkeypatch, capsys
) -> None:
    mlflow = pytest.importorskip("mlflow")

    def fail(*_: object, **__: object) -> None:
        raise mlflow.exceptions.MlflowException("the server is down\nmore of it")

    monkeypatch.setattr(mlflow.MlflowClient, "log_metric", fail)
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "mlflow"]) == 2
    assert "error: tracking: mlflow failed: the server is down\n" in capsys.readouterr().err


def test_without_mlflow_the_error_says_what_to_install(tiny, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "mlflow"]) == 2
    assert "lander-envs[mlflow]" in capsys.readouterr().err


class Recorded:
    """Runs of Weights & Biases that were begun offline, and the rows that they were given."""

    def __init__(self, wandb, monkeypatch) -> None:
        self.runs, self.rows, self.resumes, self._begin = [], [], [], wandb.init
        monkeypatch.setattr(wandb, "init", self._init)

    def _init(self, **settings):
        run = self._begin(**settings)
        self.resumes.append(settings["resume"])
        keep = run.log
        run.log = lambda row: (self.rows.append(row), keep(row))
        self.runs.append(run)
        return run

    def column(self, name):
        """Steps and values of one number."""
        return [(row["steps"], row[name]) for row in self.rows if name in row]


@pytest.fixture
def offline(monkeypatch):
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    return Recorded(wandb, monkeypatch)


def test_wandb_gets_settings_and_every_row_of_the_tables(tiny, tmp_path, offline) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "wandb"]) == 0
    folder = tmp_path / "tiny-seed1"
    table = list(csv.DictReader((folder / "training.csv").read_text().splitlines()))
    entropies = [(int(row["steps"]), float(row["entropy"])) for row in table]
    assert offline.column("training/entropy") == entropies
    assert [steps for steps, _ in entropies] == [64, 128]
    (run,) = offline.runs
    assert run.config["num_steps"] == 16
    assert (run.name, run.project) == ("tiny-seed1", "lander_envs-Lander-v0")
    assert len(list(folder.glob("wandb/offline-run-*/*.wandb"))) == 1
    assert not (folder / "tensorboard").exists()


def test_a_resumed_run_goes_on_as_the_same_run_of_wandb(tmp_path, offline) -> None:
    for name, steps in [("a", 0), ("a", 10), ("b", 0)]:
        run = Run(tmp_path / f"{name}-seed1", PPOConfig(tracking="wandb"), steps, 0.0)
        run.log("training", steps + 5, {"loss": 0.5, "missing": float("nan")})
        run.close()
    first, second, other = (run.id for run in offline.runs)
    assert first == second != other
    assert offline.resumes == [None, "allow", None]  # a new run replaces that of a deleted folder
    assert offline.column("training/loss") == [(5, 0.5), (15, 0.5), (5, 0.5)]
    assert offline.column("training/missing") == []


def test_an_error_of_wandb_is_a_sentence(tiny, tmp_path, monkeypatch, capsys) -> None:
    wandb = pytest.importorskip("wandb")

    def fail(*_: object, **__: object) -> None:
        raise wandb.errors.UsageError("api_key not configured\nmore of it")

    monkeypatch.setattr(wandb, "init", fail)
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "wandb"]) == 2
    assert "error: tracking: wandb failed: api_key not configured\n" in capsys.readouterr().err


def test_without_wandb_the_error_says_what_to_install(tiny, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    assert train.main([str(tiny), "--runs", str(tmp_path), "--tracking", "wandb"]) == 2
    assert "lander-envs[wandb]" in capsys.readouterr().err


def test_an_unknown_tracker_is_refused(tiny, tmp_path, capsys) -> None:
    tiny.write_text(TINY.replace("}", ", tracking: paper}"))
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "tracking: " in capsys.readouterr().err


def test_the_clock_stands_still_while_a_run_is_paused(tmp_path, monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr("baselines.runs.run.time.perf_counter", lambda: now[0])
    run = Run(tmp_path, PPOConfig(), 0, 5.0)
    now[0] = 102.0
    with run.paused():
        now[0] = 110.0
        assert run.seconds == 7.0
    now[0] = 111.0
    assert run.seconds == 8.0
    run.close()
