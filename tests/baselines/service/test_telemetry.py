"""Telemetry: counts by route, and logs that can be parsed."""

import json
import logging
import sys

from prometheus_client import generate_latest

from baselines.service.telemetry import LOGGER, JsonFormatter, Metrics
from tests.baselines.service.conftest import client_of


def formatted(event, **facts):
    record = logging.makeLogRecord({"msg": event, "levelname": "INFO", "created": 0.0, **facts})
    return json.loads(JsonFormatter().format(record))


def test_a_line_of_the_log_is_json_with_time_level_event_and_facts() -> None:
    assert formatted("request", facts={"status": 200, "level": "mine"}) == {
        "time": "1970-01-01T00:00:00Z",
        "level": "info",
        "event": "request",
        "status": 200,
    }


def test_a_traceback_stays_in_its_line() -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        told = formatted("failed", exc_info=sys.exc_info())
    assert "ZeroDivisionError" in told["traceback"]


def test_gauges_ask_when_they_are_read() -> None:
    counts = {"pending": 1.0}
    metrics = Metrics(lambda: counts["pending"], lambda: 5.0)
    counts["pending"] = 3.0
    text = generate_latest(metrics.registry).decode()
    assert "lander_pending_work 3.0" in text
    assert "lander_sessions 5.0" in text


def test_requests_are_counted_by_route_and_logged_with_their_id(agents, caplog) -> None:
    with client_of(agents) as client, caplog.at_level("INFO", LOGGER.name):
        answers = [client.get(path) for path in ("/health", "/health", "/secret/17")]
        made_up = [client.request(method, "/health") for method in ("PUTT", "GETT")]
        text = client.get("/metrics").text
    assert 'lander_requests_total{method="GET",route="/health",status="200"} 2.0' in text
    # A path that a client makes up is no label: their number would grow without bound.
    assert 'lander_requests_total{method="GET",route="unknown",status="404"} 1.0' in text
    assert [answer.status_code for answer in made_up] == [405, 405]
    assert "PUTT" not in text
    assert 'method="other"' in text
    logged = [record.facts for record in caplog.records if hasattr(record, "facts")]
    assert [facts["request_id"] for facts in logged[:3]] == [
        answer.headers["x-request-id"] for answer in answers
    ]
    assert [facts["status"] for facts in logged[:3]] == [200, 200, 404]


def test_actions_and_episodes_are_counted_by_agent(agents) -> None:
    with client_of(agents) as client:
        client.post("/predict", json={"state": [[0.0] * 8] * 3})
        client.get("/evaluate", params={"n_episodes": 2})
        client.post("/play", json={"seed": 1})
        text = client.get("/metrics").text
    assert 'lander_predicted_actions_total{agent="lander_dqn"} 3.0' in text
    assert 'lander_episodes_total{agent="lander_dqn"} 3.0' in text
