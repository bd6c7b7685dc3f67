"""The command that serves: starts, ends in order, is killed and starts again, refuses in words."""

import signal
import socket
import threading
import time

import httpx
import pytest

from baselines import serve
from tests.baselines.service.conftest import served

STATE = [0.0] * 8


def test_a_terminated_service_answers_what_it_was_asked_and_ends_with_status_0() -> None:
    with served("--agent", "lander_dqn") as server:
        answers, url = [], server.url

        def ask() -> None:
            query = {"n_episodes": 300}
            answers.append(httpx.get(f"{url}/evaluate", params=query, timeout=60))

        asking = threading.Thread(target=ask)
        asking.start()
        while asking.is_alive() and "work 1.0" not in httpx.get(f"{url}/metrics").text:
            time.sleep(0.01)
        assert server.stop() == 0
        asking.join()
        events = [line["event"] for line in server.events()]
    assert answers[0].json()["n_episodes"] == 300
    assert events[-1] == "ended"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_service_starts_again_at_once_on_the_same_port() -> None:
    with served("--agent", "lander_dqn") as server:
        url = server.url
        first = httpx.post(f"{url}/predict", json={"state": STATE}).json()
        server.stop(signal.SIGKILL)
        port = url.rsplit(":", 1)[1]
        with served("--agent", "lander_dqn", "--port", port) as again:
            assert again.url == url
            assert httpx.post(f"{again.url}/predict", json={"state": STATE}).json() == first


def test_a_port_that_is_taken_is_refused_in_a_sentence(capsys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert serve.main(["--agent", "lander_dqn", "--port", str(port)]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"error: host, port: cannot listen on 127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--agent", "lander_dqm"], "there is no config, run or checkpoint 'lander_dqm'"),
        (["--agent", "cartpole_dqn"], "env_id: only this package's can be served"),
        (["--port", "65536"], "port must be from 0 to 65,535, got 65536"),
        (["--threads", "0"], "threads must be from 1 to 64, got 0"),
        (["--timeout", "nan"], "timeout: must be seconds over 0"),
        (["--body-bytes", "0"], "body_bytes must be from 1"),
        (["--cors-origins", "a.org"], "cors_origins must be an address such as"),
        (["--cors-origins", "https://A.org"], "cors_origins must be an origin as browsers send"),
        (["--host", ""], "host must be a name or an address such as 127.0.0.1, got ''"),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_sentence(arguments, told, capsys) -> None:
    assert serve.main(arguments) == 2
    assert told in capsys.readouterr().err


def test_a_service_listens_on_this_machine_only_unless_told() -> None:
    assert serve.Options().host == "127.0.0.1"


def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_headers() -> None:
    with serve._listen("127.0.0.1", 0) as listener:
        connected = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with connected, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
