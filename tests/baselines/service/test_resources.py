"""Shared parts of a service: they end with it."""

import pytest

from baselines.service.resources import Resources
from baselines.service.sessions import Sessions
from baselines.service.telemetry import Metrics
from baselines.service.workers import Workers


def test_closed_resources_take_no_more_work(agents) -> None:
    metrics = Metrics(lambda: 0.0, lambda: 0.0)
    resources = Resources(agents, Workers(1, 1, 1.0), Sessions(1.0), metrics)
    assert resources.predictor.submit(lambda: 5).result() == 5
    resources.close()
    with pytest.raises(RuntimeError, match="shutdown"):
        resources.predictor.submit(lambda: 5)
