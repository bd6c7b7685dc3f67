"""Jobs of a study: a trial each, trained with values that Optuna chooses when the job starts.

A job that is started again goes on with its trial, from the last checkpoint. Which trial that is
stands in the storage, so that a job may be lost at any moment.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import optuna
from optuna.trial import FrozenTrial, TrialState

from baselines.algorithms.launch import finish
from baselines.optim.flat_adam import NonFiniteError
from baselines.results.run_folder import read_rows
from baselines.runs.config import ConfigError
from baselines.runs.files import locked, make_folder, to_json, write_atomically
from baselines.runs.tables import EVALUATION
from baselines.sweeps.jobs import LOCK_SECONDS, logged_steps, main
from baselines.sweeps.study import Plan, Store

RUN = "run"
"""User attribute of a trial: the name of its job."""
RESULT = "trial.json"
"""Values and result of a trial that has ended, in its job's folder."""


class TrialJob(NamedTuple):
    """One trial of the study in whose folder the job's is."""

    directory: str  # absolute, on a file system that all workers share
    seeds: int  # trainings of the trial
    steps_of_seed: int
    storage: str  # URL, or empty for the journal

    @property
    def name(self) -> str:
        """Number of the trial in the order of the jobs."""
        return Path(self.directory).name

    @property
    def total_steps(self) -> int:
        """Steps of all its trainings."""
        return self.seeds * self.steps_of_seed

    def run(self) -> None:
        """Bring the trial to its end, and tell Optuna its value.

        A trial whose values no training takes, or whose loss is not finite, fails for good.

        Raises:
            ConfigError, OSError: if there is no study, or its storage cannot be opened.
            LockedError: if another process trains the trial.
        """
        directory = Path(self.directory)
        if self.is_finished():
            return
        number = int(self.name.rpartition("-")[2])
        store = Store(directory.parent, self.storage, seed=number)
        plan = store.plan()
        make_folder(directory)
        with locked(directory, LOCK_SECONDS):
            trial = _claim(store, plan, directory)
            if not store.trial(trial.number).state.is_finished():
                _train(store, trial, plan, directory)
            write_atomically(directory / RESULT, to_json(_result(store.trial(trial.number))))

    def is_finished(self) -> bool:
        """Whether the trial has ended, well or not."""
        return (Path(self.directory) / RESULT).is_file()

    def steps(self) -> int:
        """Steps that the trial has logged; all of them if it has ended."""
        if self.is_finished():
            return self.total_steps
        runs = Path(self.directory).glob("seed*")
        return sum(logged_steps(run, self.steps_of_seed) for run in runs)


def jobs_of(folder: Path, plan: Plan, url: str, trials: int) -> list[TrialJob]:
    """Jobs of a study's first ``trials`` trials."""
    place, seeds = folder.resolve(), len(plan.seeds)
    return [TrialJob(str(place / f"run-{i}"), seeds, plan.total_steps, url) for i in range(trials)]


def _claim(store: Store, plan: Plan, directory: Path) -> optuna.Trial:
    """The trial that the job began before it was lost, or a new one."""
    study = store.study
    with store.locked():
        for known in study.get_trials(deepcopy=False):
            if known.user_attrs.get(RUN) == directory.name:
                return store.again(known.number)
            if RUN not in known.user_attrs and known.state == TrialState.RUNNING:
                # Its worker was killed in the lines below, before it trained.
                study.tell(known.number, state=TrialState.FAIL)
        if any(directory.glob("seed*")):
            raise ConfigError(f"{directory} holds runs that the study's storage does not know")
        trial = study.ask(plan.distributions)
        trial.set_user_attr(RUN, directory.name)
        return trial


def _train(store: Store, trial: optuna.Trial, plan: Plan, directory: Path) -> None:
    """Train the trial with each seed, and tell Optuna how it ended."""
    study = store.study
    try:
        value = _value(store, trial, plan, directory)
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    except (ConfigError, NonFiniteError) as failed:
        trial.set_user_attr("error", str(failed))
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, value)


def _value(store: Store, trial: optuna.Trial, plan: Plan, directory: Path) -> float:
    """Mean over seeds of the last evaluation's mean return.

    Raises:
        optuna.TrialPruned: if the trial's evaluations are poor.
    """
    follow = _Reporter(store, trial, directory)
    returns = []
    for seed in plan.seeds:
        run = directory / f"seed{seed}"
        finish(plan.config(trial.params, seed), run, follow)
        returns.append(read_rows(run / EVALUATION)[-1]["mean_return"])
    return sum(returns) / len(returns)


class _Reporter:
    """Reports the evaluations of a trial to Optuna, which may prune it."""

    def __init__(self, store: Store, trial: optuna.Trial, directory: Path) -> None:
        self._trial, self._directory = trial, directory
        self._reported = set(store.trial(trial.number).intermediate_values)

    def __call__(self, table: str, row: Mapping[str, float]) -> None:
        if f"{table}.csv" != EVALUATION:
            return
        tables = self._directory.glob(f"seed*/{EVALUATION}")
        place = sum(len(read_rows(path)) for path in tables) - 1
        if place not in self._reported:  # a run that goes on repeats some
            self._trial.report(row["mean_return"], place)
        if self._trial.should_prune():
            raise optuna.TrialPruned


def _result(trial: FrozenTrial) -> dict[str, Any]:
    return {
        "trial": trial.number,
        "state": trial.state.name,
        "value": trial.value,
        "values": trial.params,
        "error": trial.user_attrs.get("error"),
    }


if __name__ == "__main__":
    sys.exit(main(TrialJob))
