"""Executor of a Ray cluster: a task of one core a job, which Ray starts anew on another node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from gymnasium.error import DependencyNotInstalled

from baselines.sweeps.jobs import Job, Task

ANYWHERE = "ray"
"""The cluster that RAY_ADDRESS names, or one on this machine that ends with the sweep."""


@contextmanager
def started(jobs: Sequence[Job], address: str = ANYWHERE) -> Iterator[list[Task]]:
    """Start jobs on a cluster.

    Args:
        jobs: their folders lie on a file system that all nodes share.
        address: ``ANYWHERE``, or a cluster's address, "ray://HOST:10001" say.

    Raises:
        ConnectionError: if there is no cluster at the address.
        gymnasium.error.DependencyNotInstalled: without Ray.
    """
    try:
        import ray
    except ModuleNotFoundError as missing:
        raise DependencyNotInstalled(
            f"on={address!r} needs the package ray: try `pip install ray`"
        ) from missing

    own = not ray.is_initialized()
    if own:
        ray.init(address=None if address == ANYWHERE else address, log_to_driver=False)
    try:
        # A job's own error ends it; a lost worker or node starts it again.
        remote: Any = ray.remote(num_cpus=1, max_retries=-1, retry_exceptions=False)(_run)
        yield [remote.remote(job).future() for job in jobs]
    finally:
        if own:
            ray.shutdown()


def _run(job: Job) -> None:
    torch.set_num_threads(1)
    job.run()
