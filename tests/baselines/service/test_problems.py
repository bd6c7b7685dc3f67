"""Problem details: the fields of RFC 9457 for errors of every kind."""

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from baselines.service import problems
from baselines.service.problems import MEDIA_TYPE, Problem, invalid, responses, shown


@pytest.fixture
def client():
    app = FastAPI()
    problems.install(app)

    @app.get("/refuse")
    def refuse():
        raise invalid("seed", "it is odd")

    @app.get("/busy")
    def busy():
        raise problems.busy("later")

    @app.get("/fail")
    def fail():
        raise RuntimeError("/home/someone")

    @app.get("/break")
    def break_off():
        def parts():
            yield "begun"
            raise RuntimeError("broken")

        return StreamingResponse(parts())

    @app.get("/count/{number}")
    def count(number: int):
        return number

    return TestClient(app, raise_server_exceptions=False)


def test_a_refused_request_says_where_and_why(client) -> None:
    answer = client.get("/refuse")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "/problems/invalid-request",
        "title": "Invalid request",
        "status": 422,
        "detail": "seed: it is odd",
        "instance": "/refuse",
        "errors": [{"location": "seed", "message": "it is odd"}],
    }
    assert answer.status_code == 422


def test_a_value_of_the_wrong_type_is_told_with_its_place(client) -> None:
    answer = client.get("/count/many")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == "path.number"
    assert answer.json()["detail"].endswith("got 'many'")


def test_a_busy_service_says_when_to_come_again(client) -> None:
    answer = client.get("/busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_a_failure_tells_nothing_of_its_cause(client) -> None:
    answer = client.get("/fail")
    assert answer.status_code == 500
    assert "someone" not in answer.text
    assert answer.json()["detail"] == "the service failed; its log says why"


def test_an_answer_that_has_begun_breaks_off_at_a_failure(client) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        TestClient(client.app).get("/break")


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 404), ("DELETE", 405)])
def test_unknown_paths_and_methods_are_problems_too(client, method, status) -> None:
    answer = client.request(method, "/refuse" if status == 405 else "/nothing")
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert Problem.model_validate(answer.json()).instance == str(answer.url.path)


def test_the_openapi_describes_the_media_type_and_needs_no_further_definition() -> None:
    described = responses(422)[422]["content"][MEDIA_TYPE]["schema"]
    assert "$" not in str(described)
    assert set(described["properties"]) == set(Problem.model_fields)


def test_a_long_value_is_shown_in_short() -> None:
    assert len(shown("x" * 1000)) < 50
