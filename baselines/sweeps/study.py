"""Studies: a plan that all workers read, and Optuna's storage that they share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import optuna
from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage, JournalStorage, get_storage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial
from sqlalchemy.exc import SQLAlchemyError

from baselines.algorithms.registry import build_config
from baselines.runs.config import ConfigError, TrainConfig
from baselines.runs.files import locked, make_folder
from baselines.sweeps.search_space import Space, parse_space, with_values

JOURNAL = "journal.log"
"""Optuna's storage in a study's folder, unless another is given."""

_LOCK_SECONDS = 120.0  # the lock of a study is held for fractions of a second
_PLAN = "plan"  # user attribute

_STARTUP_TRIALS = 5  # that end before any is pruned
_WARMUP_EVALUATIONS = 2  # of a trial before it can be pruned: at first nothing lands


class Plan(NamedTuple):
    """Search of a study: config, space and seeds, the same for all of its trials."""

    name: str
    settings: dict[str, Any]  # of the config, without those of a trial and the seed
    space: dict[str, Any]  # content of the search space's file
    seeds: list[int]  # training seeds of each trial
    prune: bool

    @property
    def distributions(self) -> Space:
        """Search space as Optuna has it."""
        return parse_space(self.space)

    @property
    def total_steps(self) -> int:
        """Steps of each training."""
        return self.config({}, self.seeds[0]).total_steps

    def config(self, values: dict[str, Any], seed: int) -> TrainConfig:
        """Config of a trial's training; ConfigError if the values exclude each other."""
        content = {**with_values(self.settings, values), "seed": seed, "name": self.name}
        return build_config(content, self.name)


class Store:
    """Optuna's study in the storage that all workers share, with the plan in an attribute.

    Args:
        folder: the study's folder; its name is the study's.
        url: URL of the storage, or empty for a journal in the folder.
        seed: of the sampler, another one for each trial: equal ones would draw the same values.

    Raises:
        OSError: if the storage cannot be opened.
    """

    def __init__(self, folder: Path, url: str, seed: int = 0) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        make_folder(folder)
        self._folder = folder
        try:
            self._storage = get_storage(url) if url else _journal(folder)
            self.study = optuna.create_study(
                storage=self._storage,
                study_name=folder.name,
                sampler=optuna.samplers.TPESampler(seed=seed),
                direction="maximize",
                load_if_exists=True,
            )
        except (SQLAlchemyError, StorageInternalError, ImportError) as broken:
            raise OSError(f"storage cannot be opened: {broken}") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock of the study among all workers, to read trials and add one."""
        with locked(self._folder, _LOCK_SECONDS):
            yield

    def begin(self, plan: Plan) -> None:
        """Keep the plan of a new study, or compare it with the one that the study began with.

        Raises:
            ConfigError: if the study began with another.
        """
        with self.locked():
            if _PLAN not in self.study.user_attrs:
                self.study.set_user_attr(_PLAN, plan._asdict())
        for key, mine, theirs in zip(Plan._fields, plan, self.plan(), strict=True):
            if mine != theirs:
                raise ConfigError(
                    f"{key} must stay {theirs!r} in the study {self._folder}, got {mine!r}; "
                    "choose another --study"
                )

    def plan(self) -> Plan:
        """Plan of the study; ConfigError if there is none."""
        try:
            plan = Plan(**self.study.user_attrs[_PLAN])
        except (KeyError, TypeError):
            raise ConfigError(f"{self._folder} is no study of this project") from None
        prunes = optuna.pruners.MedianPruner(_STARTUP_TRIALS, _WARMUP_EVALUATIONS)
        self.study.pruner = prunes if plan.prune else optuna.pruners.NopPruner()
        return plan

    def again(self, number: int) -> optuna.Trial:
        """A trial that was begun in another process."""
        study_id = self._storage.get_study_id_from_name(self.study.study_name)
        trial_id = self._storage.get_trial_id_from_study_id_trial_number(study_id, number)
        return optuna.Trial(self.study, trial_id)

    def trial(self, number: int) -> FrozenTrial:
        """State of a trial."""
        return self.study.get_trials(deepcopy=False)[number]


def _journal(folder: Path) -> BaseStorage:
    # Locked by a symbolic link, which file systems of networks make atomically.
    return JournalStorage(JournalFileBackend(str(folder / JOURNAL)))
