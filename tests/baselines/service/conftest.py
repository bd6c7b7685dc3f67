"""Services under test: applications in this process, and a real server."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from baselines.service.agents import Agents
from baselines.service.app import Settings, create_app

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def agents():
    """Agents with lander_dqn as the served one."""
    return Agents("lander_dqn")


@contextlib.contextmanager
def client_of(agents, **settings):
    """Client of a service with these settings."""
    with TestClient(create_app(agents, Settings(**settings))) as client:
        yield client


@pytest.fixture(scope="module")
def service(agents):
    """Client of a service of lander_dqn."""
    with client_of(agents) as client:
        yield client


def free_port():
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Server(NamedTuple):
    """A real server."""

    process: subprocess.Popen
    url: str
    log: Path

    def stop(self, how=signal.SIGTERM):
        """Tell it to end, and wait for its exit status."""
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        return self.process.wait(timeout=60)

    def events(self):
        """Events of its log, each a line of JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextlib.contextmanager
def served(*arguments):
    """A real server on a free port."""
    command = [sys.executable, "-m", "baselines.serve", "--port", "0", *arguments]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("w") as file:
            process = subprocess.Popen(command, cwd=ROOT, stderr=file)
        try:
            while "\n" not in (text := log.read_text()):
                assert process.poll() is None, text
                time.sleep(0.05)
            server = Server(process, json.loads(text.splitlines()[0]).get("url"), log)
            yield server
            server.stop()
        finally:
            process.kill()
            process.wait()
