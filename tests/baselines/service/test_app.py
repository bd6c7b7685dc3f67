"""The application: its settings hold, and its OpenAPI is true."""

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from baselines.service.agents import Agents
from baselines.service.app import Settings, create_app
from tests.baselines.service.conftest import client_of

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def schema():
    app = create_app(Agents("lander_dqn"), Settings(timeout=2.0))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


lazy = schemathesis.pytest.from_fixture("schema")


@lazy.parametrize()
@hypothesis.settings(max_examples=15, deadline=None, database=None, derandomize=True)
def test_every_answer_to_generated_requests_is_one_that_the_openapi_describes(case) -> None:
    if case.path == "/evaluate":
        case.query["n_episodes"] = min(3, case.query.get("n_episodes", 3)) if is_count(case) else 0
    case.call_and_validate(checks=CHECKS)


def is_count(case):
    return isinstance(case.query.get("n_episodes", 3), int)


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
