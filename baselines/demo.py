"""Service and dashboard in one command.

python -m baselines.demo
python -m baselines.demo --agent runs/lander_ppo-seed1
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import tyro

from baselines.runs.command import terminated_as_interrupted
from baselines.service.client import ServiceClient, ServiceDownError, ServiceError, url_of
from lander_envs.checks import address
from lander_envs.commands.run import parsed, run_command

_START_SECONDS = 60.0
_END_SECONDS = 15.0
_FAILED = 2


@dataclass
class Options:
    """Options of the demo."""

    agent: str = "lander_dqn"
    """Served agent: a config's name, a run, or the JSON of a checkpoint."""
    host: str = "127.0.0.1"
    """Address that both listen on; the default is reached from this machine only."""
    service_port: int = 8000
    """Port of the service."""
    port: int = 8501
    """Port of the dashboard."""
    browser: bool = True
    """Whether to open the dashboard in a browser."""


def main(arguments: list[str] | None = None) -> int:
    """Runs both until one of them ends or the demo is interrupted; returns the exit status."""
    options = parsed(lambda: tyro.cli(Options, args=arguments, description=__doc__))
    with terminated_as_interrupted():
        return run_command(lambda: _run(options))


def _run(options: Options) -> int:
    url = url_of(options.host, options.service_port)
    address("host, service_port", url)
    try:
        with _running("serve", *_service(options)) as service:
            if not _answers(url, service):
                print("error: the service did not start; its log is above", file=sys.stderr)
                return _FAILED
            with _running("dashboard", *_dashboard(options, url)) as dashboard:
                while service.poll() is None and dashboard.poll() is None:
                    time.sleep(0.2)
                return service.poll() or dashboard.poll() or 0
    except KeyboardInterrupt:
        return 0


def _service(options: Options) -> list[str]:
    listen = ["--host", options.host, "--port", str(options.service_port)]
    return ["--agent", options.agent, *listen, "--log", "warning"]


def _dashboard(options: Options, url: str) -> list[str]:
    listen = ["--host", options.host, "--port", str(options.port)]
    return ["--service", url, *listen, "--browser" if options.browser else "--no-browser"]


@contextmanager
def _running(command: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Command of this package in a process that ends with the block."""
    process = subprocess.Popen([sys.executable, "-m", f"baselines.{command}", *arguments])
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str, service: subprocess.Popen[bytes]) -> bool:
    """Whether the service answers before it ends and within a minute."""
    client, began = ServiceClient(url), time.monotonic()
    while service.poll() is None and time.monotonic() - began < _START_SECONDS:
        try:
            client.health()
        except (ServiceDownError, ServiceError):  # of another that has the port, too
            time.sleep(0.2)
        else:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
