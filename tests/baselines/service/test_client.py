"""Client of the service: answers, problems, and a service that is down."""

import subprocess
import sys
import time

import httpx
import pytest

from baselines.service.client import ServiceClient, ServiceDownError, ServiceError
from tests.baselines.service.conftest import ROOT, served

LONGEST = 60  # seconds until stopped work has ended on a busy machine; all of it takes longer
FLOWN = ("flown here", "flown by the service")


class LeftError(Exception):
    """A client that does not wait for its answer."""


def transport(answer):
    return httpx.MockTransport(answer)


@pytest.fixture(scope="module")
def server():
    with served("--agent", "lander_dqn", "--timeout", "600") as running:
        yield running.url


@pytest.fixture
def client(server):
    found = ServiceClient(server)
    yield found
    found.close()


def test_agents_and_health_are_read(client) -> None:
    assert client.health()["agent"] == "lander_dqn"
    assert "lander_ppo" in [agent["name"] for agent in client.agents()]


def test_an_episode_comes_with_its_film_if_wanted(client) -> None:
    plain, filmed = (client.play("lander_dqn", 3, film=film) for film in (False, True))
    assert plain.gif is None
    assert filmed.gif[:6] == b"GIF89a"
    assert plain.answer == filmed.answer


def test_an_evaluation_is_followed_and_has_a_row_for_each_episode(client) -> None:
    seen = []
    result = client.evaluate("lander_ppo", 10, 5, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] <= 10
    assert [row["seed"] for row in result["episodes"]] == list(range(5, 15))


def test_a_client_that_leaves_ends_the_work(server, client) -> None:
    def leave(done):
        raise LeftError

    slow = "pixel_lander_motion_crop_gru_ppo"
    with pytest.raises(LeftError):
        client.evaluate(slow, 1000, 0, leave)
    client.close()
    deadline = time.monotonic() + LONGEST
    with httpx.Client(base_url=server, timeout=LONGEST) as other:
        while "lander_pending_work 0.0" not in other.get("/metrics").text:
            assert time.monotonic() < deadline, "the work goes on"
            time.sleep(0.1)


def test_a_problem_is_raised_with_its_detail(client) -> None:
    with pytest.raises(ServiceError, match="there is no agent 'nobody'"):
        client.play("nobody", 0)
    with pytest.raises(ServiceError, match="n_episodes"):
        client.evaluate("lander_dqn", 0, 0)


def test_a_service_that_is_down_is_named_with_its_address() -> None:
    with pytest.raises(ServiceDownError, match=r"http://127\.0\.0\.1:9 does not answer"):
        ServiceClient("http://127.0.0.1:9").health()


CALLS = [
    ServiceClient.health,
    ServiceClient.agents,
    lambda client: client.play("lander_dqn", 0),
    lambda client: client.evaluate("lander_dqn", 1, 0),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, 302, 404])
@pytest.mark.parametrize(
    "content",
    [
        *(b"<html>", b"[1]", b"null", b'"text"', b'{"x": 1}', b'"\xff"', b"[" * 100_000),
        *(b'{"detail": "Not Found"}', b'{"type": 1, "detail": 2}'),
    ],
)
def test_another_service_is_told_from_ours(call, status, content) -> None:
    answer = transport(lambda _: httpx.Response(status, content=content))
    with pytest.raises(ServiceDownError, match="what answers at http://other is another"):
        call(ServiceClient("http://other", answer))


def test_an_answer_in_a_broken_encoding_is_of_another_service() -> None:
    def answer(_):
        headers = {"Content-Encoding": "gzip"}
        return httpx.Response(200, stream=httpx.ByteStream(b"plain text"), headers=headers)

    with pytest.raises(ServiceDownError, match="another service"):
        ServiceClient("http://other", transport(answer)).health()


def test_an_answer_that_breaks_off_is_no_result() -> None:
    answer = httpx.Response(200, text='{"done": 1, "n_episodes": 2}\n')
    client = ServiceClient("http://ours", transport(lambda _: answer))
    with pytest.raises(ServiceError, match="broke off"):
        client.evaluate("lander_dqn", 2, 0)


def test_the_example_of_the_docs_flies_and_evaluates(server) -> None:
    command = [sys.executable, "docs/examples/client.py", "--url", server, "--episodes", "10"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "served: lander_dqn on lander_envs/Lander-v0"
    here, there = (next(line for line in lines if line.startswith(by)) for by in FLOWN)
    # The same seed and actions: the same flight.
    assert here.split("return ")[1].split(",")[0] == there.split("return ")[1].split(",")[0]
    assert "mean reward" in lines[-2]
    assert lines[-1].startswith("refused with 422: body.state")
