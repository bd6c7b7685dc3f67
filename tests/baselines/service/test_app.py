"""The application: its settings hold, and its OpenAPI is true."""

import json

import hypothesis
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from baselines.service import routes
from baselines.service.agents import Agents
from baselines.service.app import Settings, create_app
from tests.baselines.service.conftest import client_of

CHECKS = [
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
]


def operations():
    app = create_app(Agents("lander_dqn"), Settings(timeout=2.0))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


@pytest.mark.parametrize("label", ["POST /predict", "POST /play", "GET /evaluate"])
@pytest.mark.parametrize("mode", schemathesis.GenerationMode)
def test_every_answer_to_generated_requests_is_one_that_the_openapi_describes(label, mode) -> None:
    operation = operations()[label]

    @hypothesis.settings(max_examples=15, deadline=None, database=None, derandomize=True)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def answers_conform(case):
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code != 500

    answers_conform()


def test_each_call_is_documented_with_an_example(service) -> None:
    openapi = service.get("/openapi.json").json()
    assert set(openapi["paths"]) == {
        *("/health", "/agents", "/metrics", "/predict", "/play", "/evaluate"),
    }
    for name in ("PredictRequest", "PredictAnswer", "PlayRequest"):
        assert openapi["components"]["schemas"][name]["examples"]
    assert "swagger" in service.get("/docs").text


def test_pages_of_other_origins_may_call_only_if_they_were_allowed(agents) -> None:
    origin = {"Origin": "https://lander.example"}
    with client_of(agents) as client:
        assert "access-control-allow-origin" not in client.get("/health", headers=origin).headers
    with client_of(agents, cors_origins=("https://lander.example",)) as client:
        answer = client.get("/health", headers=origin)
        assert answer.headers["access-control-allow-origin"] == "https://lander.example"
        other = client.get("/health", headers={"Origin": "https://other.example"})
        assert "access-control-allow-origin" not in other.headers


def test_a_failure_has_the_headers_of_every_answer_and_is_counted_and_logged(
    agents, monkeypatch, caplog
) -> None:
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(routes, "predict", fail)
    origin = "https://lander.example"
    with client_of(agents, cors_origins=(origin,)) as client:
        headers = {"Origin": origin}
        answer = client.post("/predict", json={"state": [0.0] * 8}, headers=headers)
        metrics = client.get("/metrics").text
    assert answer.status_code == 500
    assert answer.json()["detail"] == "the service failed; its log says why"
    assert answer.headers["access-control-allow-origin"] == origin
    assert 'lander_requests_total{method="POST",route="/predict",status="500"} 1.0' in metrics
    logged = next(record for record in caplog.records if record.message == "failed")
    assert logged.facts["request_id"] == answer.headers["x-request-id"]
    assert "broken" in str(logged.exc_info[1])


def test_a_failure_after_lines_of_progress_is_the_last_line(agents, monkeypatch, caplog) -> None:
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(routes.flights, "evaluate", fail)
    with client_of(agents) as client:
        answer = client.get("/evaluate", params={"progress": True})
    assert json.loads(answer.text.splitlines()[-1])["problem"]["type"] == "/problems/failure"
    assert answer.headers["x-request-id"] in [
        record.facts["request_id"] for record in caplog.records if record.message == "failed"
    ]


def test_a_body_over_the_limit_is_refused(agents) -> None:
    with client_of(agents, body_bytes=100) as client:
        answer = client.post("/predict", json={"state": [[0.0] * 8] * 10})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "a body must have at most 100 bytes"


def test_an_evaluation_that_takes_too_long_is_stopped(agents) -> None:
    with client_of(agents, timeout=1e-6) as client:
        answer = client.get("/evaluate")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/timeout"


def test_a_session_expires(agents) -> None:
    with client_of(agents, session_seconds=1e-9) as client:
        body = {"state": [0.0] * 8, "session": "new"}
        session = client.post("/predict", json=body).json()["session"]
        answer = client.post("/predict", json={**body, "session": session})
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-session"
