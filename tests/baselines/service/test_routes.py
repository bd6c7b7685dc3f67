"""Calls of the service: the fields of the published one, and errors of each kind."""

import json
from importlib.metadata import version

import pytest

from baselines.service.agents import Agents
from tests.baselines.service.conftest import client_of

STATE = [0.0, 1.4, 0.0, -0.5, 0.0, 0.0, 0.0, 0.0]


def test_health_names_the_agent_and_its_file(service) -> None:
    assert service.get("/health").json() == {
        "status": "healthy",
        "model_loaded": True,
        "model_path": "lander_dqn/final.json",
        "agent": "lander_dqn",
        "env_id": "lander_envs/Lander-v0",
        "version": version("lander_envs"),
    }


def test_predict_has_the_fields_of_the_published_service(service) -> None:
    answer = service.post("/predict", json={"state": STATE}).json()
    assert set(answer) == {"action", "action_name", "q_values", "agent"}
    assert answer["q_values"][answer["action"]] == max(answer["q_values"])
    assert (
        answer["action_name"]
        == [*("Do nothing", "Fire left engine", "Fire main engine", "Fire right engine")][
            answer["action"]
        ]
    )


def test_play_has_the_fields_of_the_published_service_with_or_without_a_body(service) -> None:
    published = {
        *("total_reward", "steps", "success", "actions_taken", "rewards_per_step"),
        "states_visited",
    }
    for answer in (service.post("/play"), service.post("/play", json={"seed": 1})):
        assert published | {"outcome", "seed"} <= set(answer.json())


def test_evaluate_has_the_fields_of_the_published_service_and_a_hundred_episodes(service) -> None:
    answer = service.get("/evaluate").json()
    published = {
        *("n_episodes", "mean_reward", "std_reward", "min_reward", "max_reward", "win_rate"),
        "avg_steps",
    }
    assert published | {"ci_low", "landing_rate", "action_shares", "seed"} <= set(answer)
    assert "episodes" not in answer
    assert answer["n_episodes"] == 100
    assert answer["win_rate"] > 95  # percent


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/predict", {"state": STATE}),
        ("POST", "/play", {"seed": 5, "gif": True}),
        ("GET", "/evaluate?n_episodes=3&seed=5&details=true", None),
    ],
)
def test_the_same_seed_gives_the_same_answer(service, method, path, body) -> None:
    first, second = (service.request(method, path, json=body) for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content


def test_progress_comes_in_lines_and_the_result_last(service) -> None:
    plain = service.get("/evaluate?n_episodes=20").json()
    answer = service.get("/evaluate?n_episodes=20&progress=true")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    *lines, last = [json.loads(line) for line in answer.text.splitlines()]
    done = [line["done"] for line in lines]
    assert done == sorted(set(done))
    assert {line["n_episodes"] for line in lines} == {20}
    assert last == {"result": plain}


def test_a_problem_in_the_midst_of_an_answer_is_its_last_line(agents) -> None:
    with client_of(agents, timeout=1e-6) as client:
        answer = client.get("/evaluate?progress=true")
    problem = json.loads(answer.text.splitlines()[-1])["problem"]
    assert (problem["status"], problem["type"]) == (503, "/problems/timeout")


def test_another_agent_is_asked_by_its_name(service) -> None:
    answer = service.post("/predict", json={"state": STATE, "agent": "lander_continuous_ppo"})
    assert len(answer.json()["action"]) == 2
    assert set(answer.json()) == {"action", "action_name", "value", "agent"}
    assert "lander_continuous_ppo" in [
        agent["name"] for agent in service.get("/agents").json()["agents"] if agent["loaded"]
    ]


def test_without_a_model_only_requests_that_name_one_are_answered() -> None:
    with client_of(Agents()) as client:
        health = client.get("/health").json()
        assert (health["status"], health["model_loaded"]) == ("no model", False)
        for answer in (
            client.post("/predict", json={"state": STATE}),
            client.post("/play"),
            client.get("/evaluate"),
        ):
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/no-model"
        named = client.post("/predict", json={"state": STATE, "agent": "lander_ppo"})
        assert named.status_code == 200


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"\xff", "body"),
        (b"[" * 100_000, "body"),
        (b'{"state": [0, 0, 0, 0, 0, 0, 0, NaN]}', "body.state.7"),
        (b'{"state": [0, 0, 0, 0, 0, 0, 0, 1e400]}', "body.state.7"),
        (b'{"state": [0, 0, 0, 0, 0, 0, 0, "0"]}', "body.state.7"),
        (b'{"state": [0, 0, 0, 0, 0, 0, 0]}', "body.state"),
        (b'{"state": [[0, 0, 0, 0, 0, 0, 0, Infinity]]}', "body.state.0.7"),
        (b'{"state": 5}', "body.state"),
        (b'{"state": null}', "body.state"),
        (b'{"pixels": "AAAA"}', "body.state"),
        (b'{"satte": [0]}', "body.satte"),
        (b'{"agent": "../../x"}', "body.agent"),
        (b'{"agent": "nobody", "state": [0, 0, 0, 0, 0, 0, 0, 0]}', "agent"),
        (b'{"state": [' + b"9" * 5000 + b"]}", "body"),
    ],
)
def test_bad_input_of_each_kind_is_refused_with_its_place(service, content, where) -> None:
    headers = {"Content-Type": "application/json"}
    answer = service.post("/predict", content=content, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["location"].startswith(where)


@pytest.mark.parametrize(
    "query",
    [
        *("n_episodes=0", "n_episodes=1001", "n_episodes=x", "n_episodes=1e3", "seed=-1"),
        *("seed=2147483647", "agent=a/b", "details=perhaps"),
    ],
)
def test_bad_parameters_of_an_evaluation_are_refused_with_their_name(service, query) -> None:
    answer = service.get(f"/evaluate?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == f"query.{query.split('=')[0]}"


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("GET", "/evaluate?nothing=1", "n_episodes, seed, agent, details, progress"),
        *(("GET", "/health?nothing=1", "none"), ("POST", "/play?nothing=1", "none")),
    ],
)
def test_a_parameter_that_the_call_lacks_is_refused(service, method, url, allowed) -> None:
    answer = service.request(method, url)
    assert answer.status_code == 422
    told = "query: unknown parameter 'nothing': the call takes " + allowed
    assert answer.json()["detail"] == told


def test_a_parameter_that_is_given_twice_is_refused(service) -> None:
    answer = service.get("/evaluate?n_episodes=1&seed=3&n_episodes=2")
    assert answer.status_code == 422
    told = "query.n_episodes: it must be given once, got ['1', '2']"
    assert answer.json()["detail"] == told
