"""Telemetry: Prometheus metrics, and logs with one JSON object a line."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGGER = logging.getLogger("baselines.service")

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_OWN = ("time", "level", "event")
# The methods of HTTP that servers know; others are a client's choice.
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")


class Metrics:
    """Prometheus metrics of one service.

    Args:
        pending: gives the number of evaluations and episodes that run or wait.
        sessions: gives the number of sessions.
    """

    def __init__(self, pending: Callable[[], float], sessions: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "lander_requests",
            "Requests answered",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "lander_request_seconds",
            "Time to answer a request",
            ["route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.actions = Counter(
            "lander_predicted_actions", "Actions predicted", ["agent"], registry=self.registry
        )
        self.episodes = Counter(
            "lander_episodes", "Episodes flown to their end", ["agent"], registry=self.registry
        )
        work = Gauge("lander_pending_work", "Evaluations and episodes", registry=self.registry)
        work.set_function(pending)
        held = Gauge("lander_sessions", "Sessions of recurrent agents", registry=self.registry)
        held.set_function(sessions)


class Observed:
    """Counts, times and logs each request, and gives it an ``X-Request-ID``."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, request_id, status = time.perf_counter(), secrets.token_hex(8), 0
        scope.setdefault("state", {})["request_id"] = request_id

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            self._report(scope, status, time.perf_counter() - began)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        """Log a request; status 0 stands for a client that left before the answer."""
        route = getattr(scope.get("route"), "path", "unknown")  # not the path: a client's choice
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        facts = {
            **_request_facts(scope),
            "status": status,
            "milliseconds": round(1000 * seconds, 3),
        }
        LOGGER.info("request", extra={"facts": facts})


def log_failure(scope: Scope, raised: Exception) -> None:
    """Log an error of the service itself, with its traceback and the request's id."""
    LOGGER.error("failed", exc_info=raised, extra={"facts": _request_facts(scope)})


def _request_facts(scope: Scope) -> dict[str, object]:
    request_id = scope.get("state", {}).get("request_id")  # none without ``Observed``
    return {"request_id": request_id, "method": scope["method"], "path": scope["path"]}


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON: time, level, event, facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = getattr(record, "facts", {})
        told = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{key: value for key, value in facts.items() if key not in _OWN},
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told)


def log_as_json(level: str) -> None:
    """Write all logs of the process to standard error, one JSON object a line.

    Args:
        level: the least important level that is written, "info" say.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
