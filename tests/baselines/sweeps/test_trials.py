"""Jobs of a study."""

import json
from pathlib import Path

import optuna
import pytest
import submitit
from optuna.trial import TrialState

from baselines.optim.flat_adam import NonFiniteError
from baselines.results.run_folder import read_rows
from baselines.runs.config import ConfigError
from baselines.sweeps import slurm, trials
from baselines.sweeps.trials import RESULT, RUN
from tests.baselines.sweeps.small import lose
from tests.baselines.sweeps.studies import small_study


def test_a_job_trains_a_trial_with_each_seed_and_tells_the_mean_of_the_last_evaluations(tmp_path):
    store, (job,) = small_study(tmp_path, trials=1, seeds=[101, 102])
    assert (job.name, job.total_steps, job.steps()) == ("run-0", 128, 0)
    job.run()
    assert job.is_finished()
    assert job.steps() == 128
    folders = [Path(job.directory) / f"seed{seed}" for seed in (101, 102)]
    last = [read_rows(folder / "evaluation.csv")[-1]["mean_return"] for folder in folders]
    trial = store.trial(0)
    assert trial.state == TrialState.COMPLETE
    assert trial.value == pytest.approx(sum(last) / 2)
    for folder in folders:
        config = json.loads((folder / "run.json").read_text())["config"]
        assert {key: config[key] for key in trial.params} == trial.params
    told = json.loads((Path(job.directory) / RESULT).read_text())
    assert told == {
        "trial": 0,
        "state": "COMPLETE",
        "value": trial.value,
        "values": trial.params,
        "error": None,
    }


def test_trials_of_one_study_have_values_of_their_own(tmp_path) -> None:
    store, jobs = small_study(tmp_path, trials=3)
    for job in reversed(jobs):  # executors start them in any order
        job.run()
    assert [store.trial(i).user_attrs[RUN] for i in range(3)] == ["run-2", "run-1", "run-0"]
    assert len({store.trial(i).params["learning_rate"] for i in range(3)}) == 3


def test_trials_run_by_submitits_local_executor(tmp_path) -> None:
    store, jobs = small_study(tmp_path)
    with slurm.started(jobs, submitit.LocalExecutor(folder=tmp_path / "slurm")) as tasks:
        assert [task.exception() for task in tasks] == [None, None]
    assert [trial.state for trial in store.study.trials] == [TrialState.COMPLETE] * 2


def test_a_lost_job_goes_on_with_its_trial_from_the_checkpoint(tmp_path, monkeypatch) -> None:
    settings = {"total_steps": 256, "eval_interval": 64}
    store, (job,) = small_study(tmp_path, trials=1)
    store.study.set_user_attr("plan", _with(store, settings))
    lose(job, monkeypatch, steps=128)
    assert not job.is_finished()
    assert store.trial(0).state == TrialState.RUNNING
    before = store.trial(0).params
    job.run()
    assert store.trial(0).params == before
    assert len(store.study.trials) == 1
    assert list(store.trial(0).intermediate_values) == [0, 1, 2, 3]
    rows = read_rows(Path(job.directory) / "seed101" / "training.csv")
    assert [row["steps"] for row in rows] == [64, 128, 192, 256]


def test_a_job_lost_after_its_trial_ended_trains_nothing(tmp_path, monkeypatch) -> None:
    store, (job,) = small_study(tmp_path, trials=1)
    job.run()
    (Path(job.directory) / RESULT).unlink()
    monkeypatch.setattr(trials, "finish", None)  # a call would raise
    job.run()
    assert job.is_finished()
    assert len(store.study.trials) == 1


def test_a_trial_that_no_job_began_to_train_fails(tmp_path) -> None:
    store, (job,) = small_study(tmp_path, trials=1)
    store.study.ask(store.plan().distributions)  # its worker was killed here
    job.run()
    states = [(trial.state, trial.user_attrs.get(RUN)) for trial in store.study.trials]
    assert states == [(TrialState.FAIL, None), (TrialState.COMPLETE, "run-0")]


@pytest.mark.parametrize("error", [NonFiniteError("the loss is nan"), ConfigError("gamma: no")])
def test_a_trial_that_cannot_be_trained_fails_for_good(tmp_path, monkeypatch, error) -> None:
    store, (job,) = small_study(tmp_path, trials=1)

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(trials, "finish", refuse)
    job.run()
    assert job.is_finished()
    assert store.trial(0).state == TrialState.FAIL
    assert json.loads((Path(job.directory) / RESULT).read_text())["error"] == str(error)


def test_a_poor_trial_is_pruned_at_an_evaluation(tmp_path) -> None:
    store, jobs = small_study(tmp_path, trials=1, prune=True)
    store.study.set_user_attr("plan", _with(store, {"total_steps": 256}))
    best = dict.fromkeys(range(4), 1000.0)  # returns that no lander has
    for _ in range(5):
        store.study.add_trial(
            optuna.trial.create_trial(
                value=1000.0, intermediate_values=best, user_attrs={RUN: "other"}
            )
        )
    jobs[0].run()
    pruned = store.trial(5)
    assert pruned.state == TrialState.PRUNED
    assert list(pruned.intermediate_values) == [0, 1, 2]  # the first two are left alone
    assert jobs[0].steps() == jobs[0].total_steps  # nothing is left to do


def test_runs_of_another_study_are_not_mixed_in(tmp_path) -> None:
    _, (job,) = small_study(tmp_path, trials=1)
    (Path(job.directory) / "seed101").mkdir(parents=True)
    with pytest.raises(ConfigError, match="holds runs that the study's storage does not know"):
        job.run()


def _with(store, settings):
    """Plan of a study with other settings, as its attribute has it."""
    plan = store.plan()
    return plan._replace(settings={**plan.settings, **settings})._asdict()
