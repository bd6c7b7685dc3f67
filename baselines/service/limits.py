"""Limits of requests: bytes of a body, the time that it takes to come."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baselines.service.problems import ProblemError, body_late, too_large


class BodyLimit:
    """Refuses a body that is too large or too slow; it is read before the application runs.

    Args:
        app: the application behind.
        most: bytes of a body.
        seconds: from the first byte of the request to the last of its body.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float) -> None:
        self._app, self._most, self._seconds = app, most, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(self._read(receive), self._seconds)
        except (ProblemError, TimeoutError, asyncio.TimeoutError) as refused:
            problem = refused if isinstance(refused, ProblemError) else body_late(self._seconds)
            response = problem.response(scope["path"])
            response.headers["Connection"] = "close"
            await response(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replayed(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Body of a request, or None if the client has left."""
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size > self._most:
                raise too_large(self._most)
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Receiver of a body that was read, and of what comes after it."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
