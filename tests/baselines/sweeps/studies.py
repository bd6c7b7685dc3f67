"""Studies whose trials are trained in a second."""

from pathlib import Path

from baselines.sweeps.study import Plan, Store
from baselines.sweeps.trials import TrialJob, jobs_of
from tests.baselines.sweeps.small import SETTINGS

SPACE = {"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}, "gamma": [0.9, 0.99]}


def small_plan(**changes: object) -> Plan:
    """A plan of one small config and one seed."""
    settings = {**SETTINGS, "eval_episodes": 2, "eval_interval": 64}
    return Plan("small", settings, SPACE, [101], prune=False)._replace(**changes)


def small_study(runs: Path, trials: int = 2, **changes: object) -> tuple[Store, list[TrialJob]]:
    """A study that has begun, and the jobs of its trials."""
    plan, folder = small_plan(**changes), runs / "small-study"
    store = Store(folder, "")
    store.begin(plan)
    return store, jobs_of(folder, plan, "", trials)
