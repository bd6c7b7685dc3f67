"""Limits of a body: its bytes and the time that it takes."""

import asyncio
import json

import pytest

from baselines.service.limits import BodyLimit


async def echo(scope, receive, send):
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


def answer(*messages, seconds=5.0):
    """Status and body for a request that sends these messages, and then nothing."""
    left, sent = list(messages), []

    async def receive():
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    async def send(message):
        sent.append(message)

    limit = BodyLimit(echo, most=10, seconds=seconds)
    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": []}
    asyncio.run(limit(scope, receive, send))
    return (sent[0]["status"], sent[1]["body"]) if sent else None


def part(body, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_of_the_limit_passes_whole() -> None:
    assert answer(part(b"12345", more=True), part(b"67890")) == (200, b"1234567890")


@pytest.mark.parametrize("parts", [[part(b"12345678901")], [part(b"123456", True)] * 2])
def test_a_larger_body_is_refused_before_it_has_come(parts) -> None:
    status, body = answer(*parts)
    assert status == 413
    assert json.loads(body)["detail"] == "a body must have at most 10 bytes"


def test_a_body_that_does_not_come_is_refused() -> None:
    status, body = answer(part(b"1", more=True), seconds=0.05)
    assert status == 408
    assert json.loads(body)["type"] == "/problems/body-late"


def test_a_client_that_leaves_gets_no_answer() -> None:
    assert answer(part(b"1", more=True), {"type": "http.disconnect"}) is None
