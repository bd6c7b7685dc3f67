"""Serve trained agents over HTTP.

python -m baselines.serve --agent lander_dqn
python -m baselines.serve --agent runs/lander_ppo-seed1 --also runs/lander_ppo-seed2 --port 8080
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import Annotated, Literal

import tyro
import uvicorn

from baselines.runs.command import read_options, require_count, run_command
from baselines.service.agents import Agents
from baselines.service.app import Settings, create_app
from baselines.service.client import url_of
from baselines.service.telemetry import LOGGER, log_as_json
from lander_envs.checks import listening, origin

_MAX_CONNECTIONS = 1000
_IDLE_SECONDS = 5  # until an unused connection is closed
_SHUTDOWN_SECONDS = 10  # for the requests that are being answered
_MAX_PORT = 65_535
_DAY = 86_400.0  # seconds


@dataclass
class Options:
    """Options of the service."""

    agent: str | None = None
    """A config's name, a run, a checkpoint's JSON, or an ONNX file; if none, requests name one."""
    also: tuple[str, ...] = ()
    """Further runs, checkpoints and ONNX files that requests can name."""
    host: str = "127.0.0.1"
    """Address to listen on; the default is reached from this machine only."""
    port: int = 8000
    """Port to listen on; 0 for a free one, which the log tells."""
    log: Literal["debug", "info", "warning", "error"] = "info"
    """Least important level in the log."""
    limits: Annotated[Settings, tyro.conf.OmitArgPrefixes] = field(default_factory=Settings)


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is interrupted or terminated, and returns the exit status."""
    options = read_options(Options, arguments, __doc__)
    return run_command(lambda: _serve(options))


def _serve(options: Options) -> int:
    require_count("port", options.port, _MAX_PORT, least=0)
    _check(options.limits)
    log_as_json(options.log)
    agents = Agents(options.agent, options.also)
    app = create_app(agents, options.limits)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    with _listen(options.host, options.port) as listener:
        host, port = listener.getsockname()[:2]
        facts = {"url": url_of(host, port), "agent": agents.served}
        LOGGER.info("listening", extra={"facts": facts})
        # uvicorn ends in order at SIGTERM, then raises the signal again for whoever waits for it.
        signal.signal(signal.SIGTERM, lambda *_: None)
        uvicorn.Server(config).run(sockets=[listener])
    LOGGER.info("ended")
    logging.shutdown()
    return 0


def _listen(host: str, port: int) -> socket.socket:
    listener = listening(host, port, _MAX_CONNECTIONS)
    # Connections inherit it. Without it a body waits 40 ms for the acknowledgement of its headers:
    # asyncio sets it for sockets that name their protocol only.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _check(limits: Settings) -> None:
    """ValueError for a limit that nothing could keep to."""
    require_count("threads", limits.threads, 64)
    require_count("waiting", limits.waiting, 1000, least=0)
    require_count("body_bytes", limits.body_bytes, 100_000_000)
    for name in ("timeout", "body_seconds", "session_seconds"):
        value = getattr(limits, name)
        if not 0 < value <= _DAY:
            raise ValueError(f"{name}: must be seconds over 0, {_DAY:,} at most, got {value}")
    for allowed in limits.cors_origins:
        origin("cors_origins", allowed)


if __name__ == "__main__":
    sys.exit(main())
