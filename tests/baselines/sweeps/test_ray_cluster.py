"""The executor of a Ray cluster: its calls of Ray. `tox run -e sweep` runs it on a cluster."""

import sys
import types
from concurrent.futures import Future

import pytest
from gymnasium.error import DependencyNotInstalled

from baselines.sweeps import ray_cluster
from tests.baselines.sweeps.small import few_episodes, small_jobs

__all__ = ["few_episodes"]


@pytest.fixture
def calls(monkeypatch) -> list[tuple]:
    """Calls of a stand-in for Ray, which runs a task at once."""
    made: list[tuple] = []

    def remote(**options):
        made.append(("remote", options))

        def wrap(function):
            def start(job):
                future: Future[None] = Future()
                future.set_result(function(job))
                return types.SimpleNamespace(future=lambda: future)

            return types.SimpleNamespace(remote=start)

        return wrap

    stand_in = types.ModuleType("ray")
    stand_in.is_initialized = lambda: False
    stand_in.init = lambda **options: made.append(("init", options))
    stand_in.remote = remote
    stand_in.shutdown = lambda: made.append(("shutdown", {}))
    monkeypatch.setitem(sys.modules, "ray", stand_in)
    return made


@pytest.mark.parametrize(
    ("on", "address"), [("ray", None), ("ray://head:10001", "ray://head:10001")]
)
def test_a_job_is_a_task_of_one_core_that_starts_anew(
    tmp_path, calls, few_episodes, on, address
) -> None:
    jobs = small_jobs(tmp_path)
    with ray_cluster.started(jobs, on) as tasks:
        assert [task.exception() for task in tasks] == [None, None]
    assert all(job.is_finished() for job in jobs)
    assert calls == [
        ("init", {"address": address, "log_to_driver": False}),
        ("remote", {"num_cpus": 1, "max_retries": -1, "retry_exceptions": False}),
        ("shutdown", {}),
    ]


def test_without_ray_the_refusal_names_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    refusal = pytest.raises(DependencyNotInstalled, match=r"^on='ray' needs the package ray")
    with refusal, ray_cluster.started([]):
        pass
