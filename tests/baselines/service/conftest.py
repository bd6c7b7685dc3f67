"""Services that the tests ask: applications in this process, and a real server."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

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


@contextlib.contextmanager
def served(*arguments):
    """A real server on a free port: its process and its address."""
    command = [sys.executable, "-m", "baselines.serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        first = process.stderr.readline()
        assert "listening" in first, first + process.stderr.read()
        yield process, json.loads(first)["url"]
    finally:
        stop(process)


def stop(process, how=signal.SIGTERM):
    """Log and exit status of a server that is told to end."""
    if process.poll() is None:
        os.kill(process.pid, how)
    with contextlib.suppress(ValueError):  # it was read before
        return process.communicate(timeout=60)[1], process.returncode
    return "", process.returncode
