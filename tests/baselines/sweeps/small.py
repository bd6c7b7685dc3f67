"""Jobs that are trained in a second."""

from pathlib import Path

import pytest

from baselines.algorithms.registry import build_config
from baselines.results import scoring
from baselines.runs.run import Run
from baselines.sweeps import jobs
from baselines.sweeps.jobs import Job, TrainingJob

SETTINGS = {"algorithm": "ppo", "total_steps": 64, "num_envs": 4, "num_steps": 16, "hidden": [4]}


def small_jobs(runs: Path, seeds: int = 2, **changes: object) -> list[TrainingJob]:
    """Jobs of one small config, with the seeds from 1."""
    content = {**SETTINGS, "name": "small", "eval_episodes": 2, **changes}
    configs = [build_config({**content, "seed": seed + 1}, "small") for seed in range(seeds)]
    return jobs.plan(configs, runs)


def lose(job: Job, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Run a job whose worker is lost after so many steps."""
    log = Run.log

    def log_or_break(self: Run, table: str, reached: int, values: dict[str, float]) -> None:
        if reached > steps:
            raise ConnectionError
        log(self, table, reached, values)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "log", log_or_break)
        with pytest.raises(ConnectionError):
            job.run()


@pytest.fixture
def few_episodes(monkeypatch) -> None:
    """Scores of three episodes."""
    monkeypatch.setattr(scoring, "SCORED_EPISODES", 3)
