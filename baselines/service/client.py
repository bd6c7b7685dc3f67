"""Client of the HTTP service: needs neither PyTorch nor an environment."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

_SECONDS = 120.0  # for an answer; the service has a limit of its own


def url_of(host: str, port: int) -> str:
    """Address of a service; that of IPv6 stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class ServiceError(Exception):
    """A request that the service refused; the message is its problem's detail."""


class ServiceDownError(Exception):
    """A service that does not answer."""


class Flight(NamedTuple):
    """One episode."""

    answer: dict[str, Any]  # of /play, without the film
    gif: bytes | None


class ServiceClient:
    """Calls of a service.

    Args:
        url: its address, ``http://127.0.0.1:8000`` say.
        transport: how requests are sent, if not over the network.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=_SECONDS, transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def health(self) -> dict[str, Any]:
        """State of the service.

        Raises:
            ServiceDownError, ServiceError: as every call here.
        """
        return self._ask("GET", "/health", "model_loaded")

    def agents(self) -> list[dict[str, Any]]:
        """Descriptions of the agents that can be asked."""
        found: list[dict[str, Any]] = self._ask("GET", "/agents", "agents")["agents"]
        return found

    def play(self, agent: str, seed: int, *, film: bool = False) -> Flight:
        """Episode of a seed."""
        body: dict[str, object] = {"agent": agent, "seed": seed, "gif": film}
        answer = self._ask("POST", "/play", "total_reward", body)
        encoded = answer.pop("gif", None)
        return Flight(answer, None if encoded is None else base64.b64decode(encoded))

    def evaluate(
        self,
        agent: str,
        episodes: int,
        seed: int,
        on_progress: Callable[[int], object] = lambda done: None,
    ) -> dict[str, Any]:
        """Statistics over episodes, with a row for each.

        Args:
            agent: name of the agent.
            episodes: their number.
            seed: of the first episode; the others follow it.
            on_progress: called with the number of episodes that have ended. If it raises, the
                service stops the work.
        """
        query: dict[str, str | int] = {"agent": agent, "n_episodes": episodes, "seed": seed}
        last: dict[str, Any] = {}
        with self._translated():
            params = {**query, "details": True, "progress": True}
            with self._client.stream("GET", "/evaluate", params=params) as answer:
                if answer.is_error:
                    answer.read()
                _raise_for_problem(answer)
                for line in answer.iter_lines():
                    last = _read(line, "done", "result", "problem")
                    if "done" in last:
                        on_progress(last["done"])
                if "problem" in last:
                    raise _problem(last["problem"])
        if "result" not in last:
            raise ServiceError("the answer broke off")
        result: dict[str, Any] = last["result"]
        return result

    def _ask(
        self, method: str, path: str, field: str, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        """Answer of a call, which has ``field``."""
        with self._translated():
            answer = self._client.request(method, path, json=body)
            _raise_for_problem(answer)
            return _read(answer.content, field)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of connections and foreign answers as ServiceDownError."""
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as lost:
            raise ServiceDownError(f"{self.url} does not answer: {lost}") from None
        except (_ForeignError, httpx.DecodingError):
            raise ServiceDownError(f"what answers at {self.url} is another service") from None


class _ForeignError(Exception):
    """An answer that our service does not give."""


def _raise_for_problem(answer: httpx.Response) -> None:
    if answer.is_error:
        raise _problem(_read(answer.content, "type"))


def _problem(details: object) -> ServiceError:
    """Error of problem details (RFC 9457)."""
    if not isinstance(details, dict) or not isinstance(details.get("detail"), str):
        raise _ForeignError
    return ServiceError(details["detail"])


def _read(text: str | bytes, *fields: str) -> dict[str, Any]:
    """Object in JSON that has one of these fields."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _ForeignError from None
    if not isinstance(found, dict) or not any(field in found for field in fields):
        raise _ForeignError
    return found
