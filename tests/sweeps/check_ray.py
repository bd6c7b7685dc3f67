"""A sweep and a study on a Ray cluster of several nodes, one of which is killed: nothing is lost.

`tox run -e sweep` runs it: Ray is no need of the other tests.
"""

import csv
import json
import time
from pathlib import Path

from optuna.trial import TrialState

from baselines.algorithms.launch import has_checkpoint
from baselines.algorithms.registry import build_config
from baselines.sweeps import ray_cluster
from baselines.sweeps.jobs import plan
from baselines.sweeps.study import Plan, Store
from baselines.sweeps.trials import jobs_of
from tests.sweeps.nodes import cluster

SEEDS = 4
INTERVAL = 40_960  # steps between checkpoints
SETTINGS = {
    "algorithm": "ppo",
    "name": "swept",
    "total_steps": 10 * INTERVAL,
    "checkpoint_interval": INTERVAL,
    "eval_interval": INTERVAL,
    "eval_episodes": 4,
    "num_envs": 16,
    "num_steps": 128,
}


def test_a_sweep_survives_the_loss_of_a_node(tmp_path, capsys) -> None:
    configs = [build_config({**SETTINGS, "seed": seed + 1}, "swept") for seed in range(SEEDS)]
    jobs = plan(configs, tmp_path)
    _lose_a_node(jobs, capsys, lambda job: Path(job.directory))
    assert all(job.is_finished() for job in jobs)
    expected = _rows(Path(jobs[0].directory))
    for job in jobs[1:]:
        assert _rows(Path(job.directory)) == expected  # each step once, that of the lost run too


def test_a_study_survives_the_loss_of_a_node(tmp_path, capsys) -> None:
    plan = Plan("swept", SETTINGS, {"gamma": [0.99, 0.999]}, [101], prune=False)
    folder = tmp_path / "swept-study"
    Store(folder, "").begin(plan)
    jobs = jobs_of(folder, plan, "", SEEDS)
    _lose_a_node(jobs, capsys, _only_run)
    assert all(job.is_finished() for job in jobs)
    trials = Store(folder, "").study.trials
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * SEEDS
    expected = _rows(_only_run(jobs[0]))
    for job in jobs[1:]:
        assert _rows(_only_run(job)) == expected


def _lose_a_node(jobs, capsys, run_of) -> None:
    """Start jobs, and kill a node once the first two have a checkpoint to go on from."""
    began = time.monotonic()

    def told(text: str) -> None:
        with capsys.disabled():
            steps = {job.name: job.steps() for job in jobs}
            print(f"{time.monotonic() - began:6.1f} s  {text}: {json.dumps(steps)}")

    with cluster(nodes=2) as made, ray_cluster.started(jobs, made.address) as tasks:
        while not all(has_checkpoint(run_of(job), "latest") for job in jobs[:2]):
            time.sleep(0.1)
        told("two runs have a checkpoint")
        lost = next(iter(made.worker_nodes))
        made.remove_node(lost, allow_graceful=False)
        told("a node was killed")
        made.add_node(num_cpus=1)
        told("a node joined")
        assert [task.exception() for task in tasks] == [None] * SEEDS
        told("all runs have ended")


def _only_run(job) -> Path:
    return Path(job.directory) / "seed101"


def _rows(run: Path) -> list[str]:
    with (run / "training.csv").open() as file:
        return [row["steps"] for row in csv.DictReader(file)]
