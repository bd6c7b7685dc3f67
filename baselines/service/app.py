"""The HTTP service: an application of FastAPI around agents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from fastapi import FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware

from baselines.service import problems, routes
from baselines.service.agents import Agents
from baselines.service.limits import BodyLimit
from baselines.service.resources import Resources
from baselines.service.sessions import Sessions
from baselines.service.telemetry import Metrics, Observed
from baselines.service.workers import StoppedError, Workers

_CLIENT_LEFT = 499  # status for the log and the metrics; nobody reads it

_DESCRIPTION = """
Trained agents of the Lunar Lander benchmark suite: their actions for observations, episodes that
they fly, and statistics over many episodes. The same seed gives the same answer.
Errors are problem details (RFC 9457).
"""


@dataclass(frozen=True)
class Settings:
    """Limits of the service."""

    threads: int = 2
    """Episodes and evaluations that run at the same time."""
    waiting: int = 8
    """Further ones that may wait."""
    timeout: float = 60.0
    """Seconds that one may take, with its wait."""
    body_bytes: int = 1_000_000
    """Bytes of a request's body at most."""
    body_seconds: float = 10.0
    """Seconds in which a body must arrive."""
    session_seconds: float = 300.0
    """Seconds after which an unused session expires."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the service from a browser; none unless told."""


def create_app(agents: Agents, settings: Settings | None = None) -> FastAPI:
    """Application that serves ``agents``."""
    settings = settings or Settings()
    workers = Workers(settings.threads, settings.waiting, settings.timeout)
    sessions = Sessions(settings.session_seconds)
    metrics = Metrics(lambda: workers.pending, lambda: len(sessions))
    resources = Resources(agents, workers, sessions, metrics)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        resources.close()

    app = FastAPI(
        title="lander_envs",
        summary="Agents that land",
        description=_DESCRIPTION,
        version=version("lander_envs"),
        lifespan=lifespan,
    )
    app.state.resources = resources
    app.include_router(routes.router)
    problems.install(app)
    app.add_exception_handler(StoppedError, _answer_stopped)
    # The last one added is the first to see a request.
    app.add_middleware(BodyLimit, most=settings.body_bytes, seconds=settings.body_seconds)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_headers=["Content-Type"]
        )
    app.add_middleware(Observed, metrics=metrics)
    return app


async def _answer_stopped(request: Request, raised: Exception) -> Response:
    if await request.is_disconnected():
        return Response(status_code=_CLIENT_LEFT)
    return problems.stopped().response(request.url.path)
