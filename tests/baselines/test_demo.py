"""Service and dashboard in one command: both start, and both end."""

import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from baselines import demo
from tests.baselines.service.conftest import ROOT, free_port


def answer(url):
    try:
        return httpx.get(url, timeout=5).text
    except httpx.TransportError:
        return None


def interrupt(process):
    """Ctrl-C in a terminal, which reaches all three processes."""
    os.killpg(process.pid, signal.SIGINT)


def terminate(process):
    process.terminate()


@pytest.mark.skipif(os.name != "posix", reason="the demo is ended by signals")
@pytest.mark.parametrize("end", [interrupt, terminate])
def test_the_demo_starts_both_and_ends_both(end) -> None:
    ports = free_port(), free_port()
    command = [sys.executable, "-m", "baselines.demo", "--no-browser"]
    options = ["--service-port", str(ports[0]), "--port", str(ports[1])]
    process = subprocess.Popen([*command, *options], cwd=ROOT, start_new_session=True)
    try:
        urls = f"http://127.0.0.1:{ports[0]}/health", f"http://127.0.0.1:{ports[1]}/_stcore/health"
        while not all(answer(url) for url in urls):
            assert process.poll() is None
            time.sleep(0.2)
        end(process)
        assert process.wait(60) == 0
        assert [answer(url) for url in urls] == [None, None]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def test_an_agent_that_cannot_be_served_ends_the_demo(capfd) -> None:
    options = ["--agent", "nobody", "--no-browser", "--service-port", str(free_port())]
    assert demo.main(options) == 2
    assert "there is no config, run or checkpoint 'nobody'" in capfd.readouterr().err


class Refusing(BaseHTTPRequestHandler):
    """Another service, which answers with problem details as ours does."""

    def do_GET(self):
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b'{"type": "about:blank", "detail": "Not Found"}')

    def log_message(self, *_):
        """Print nothing."""


def test_a_port_of_another_service_ends_the_demo_with_the_sentence_of_serve(
    monkeypatch, capfd
) -> None:
    monkeypatch.setattr(demo, "_START_SECONDS", 600.0)  # a busy machine starts slowly
    with HTTPServer(("127.0.0.1", 0), Refusing) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        port = other.server_port
        assert demo.main(["--no-browser", "--service-port", str(port)]) == 2
        other.shutdown()
    error = capfd.readouterr().err
    assert f"error: host, port: cannot listen on 127.0.0.1:{port}: " in error
    assert error.endswith("error: the service did not start; its log is above\n")


@pytest.mark.parametrize("host", ["", "a]b"])
def test_a_host_that_has_no_address_is_refused_in_a_sentence(host, capfd) -> None:
    assert demo.main(["--host", host, "--no-browser"]) == 2
    assert capfd.readouterr().err.startswith("error: host, service_port must be an address such")


def test_a_host_of_ipv6_is_asked_in_brackets(monkeypatch, capfd) -> None:
    asked = []
    monkeypatch.setattr(demo, "_answers", lambda url, service: asked.append(url))
    assert demo.main(["--agent", "nobody", "--host", "::1", "--no-browser"]) == 2
    assert asked == ["http://[::1]:8000"]
