"""Parts of a service that its routes share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from baselines.service.agents import Agents
from baselines.service.sessions import Sessions
from baselines.service.telemetry import Metrics
from baselines.service.workers import Workers, compute_in_one_thread


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "predict", initializer=compute_in_one_thread)


@dataclass(frozen=True)
class Resources:
    """Agents, threads, sessions and metrics of one service."""

    agents: Agents
    workers: Workers
    sessions: Sessions
    metrics: Metrics
    # One thread, so that predictions of a session follow each other.
    predictor: ThreadPoolExecutor = field(default_factory=_one_thread)

    def close(self) -> None:
        """Stop all work and end the threads."""
        self.workers.close()
        self.predictor.shutdown(cancel_futures=True)


def _resources(request: Request) -> Resources:
    found = request.app.state.resources
    assert isinstance(found, Resources)
    return found


Shared = Annotated[Resources, Depends(_resources)]
"""Parameter of a route: the resources of its service."""
