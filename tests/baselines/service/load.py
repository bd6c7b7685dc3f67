"""The service under load: many clients on one machine, each with one request after the other.

python -m tests.baselines.service.load --out docs/results/service_load.md
"""

import argparse
import asyncio
import os
import platform
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np

from tests.baselines.service.conftest import served

STATE = [0.0, 1.4, 0.0, -0.5, 0.0, 0.0, 0.0, 0.0]
REQUESTS = {
    "/health": ("GET", "/health", None),
    "/predict, 1 state": ("POST", "/predict", {"state": STATE}),
    "/predict, 64 states": ("POST", "/predict", {"state": [STATE] * 64}),
}


class Load(NamedTuple):
    """Requests of all clients."""

    name: str
    clients: int
    answers: int
    errors: int
    per_second: float
    p50: float  # milliseconds
    p99: float


async def press(url: str, name: str, clients: int, seconds: float) -> Load:
    """Let clients send one request after the other for so long."""
    method, path, body = REQUESTS[name]
    times, statuses = [], Counter()
    # A client each: the pool of one client looks through all its connections at each request.
    async with AsyncExitStack() as stack:
        own = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=url, verify=False, timeout=30)
            )
            for _ in range(clients)
        ]
        await asyncio.gather(*(client.get("/health") for client in own))  # connects
        began = time.perf_counter()

        async def send(client: httpx.AsyncClient) -> None:
            while (sent := time.perf_counter()) - began < seconds:
                try:
                    status = (await client.request(method, path, json=body)).status_code
                except httpx.HTTPError as failed:
                    status = type(failed).__name__
                times.append(time.perf_counter() - sent)
                statuses[status] += 1

        await asyncio.gather(*(send(client) for client in own))
        took = time.perf_counter() - began
    p50, p99 = 1000 * np.percentile(times, [50, 99])
    errors = len(times) - statuses[200]
    return Load(name, clients, len(times), errors, len(times) / took, p50, p99)


def table(loads: list[Load], busy: float) -> str:
    """The page's table, with the machine that it was measured on and what else that did."""
    lines = [
        f"*{os.cpu_count()} cores of {platform.machine()}, Python {platform.python_version()}; "
        "clients and service share them. Load average of the machine before the "
        f"measurement: {busy:.1f}. Written by `tox run -e serve-load`.*",
        "",
        "| request | clients | answers | errors | answers per second | p50 | p99 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for load in loads:
        lines.append(
            f"| `{load.name.split(',')[0]}`{load.name[len(load.name.split(',')[0]) :]} "
            f"| {load.clients} | {load.answers:,} | {load.errors} | {load.per_second:,.0f} "
            f"| {load.p50:.1f} ms | {load.p99:.1f} ms |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Measures, writes the table, and returns 1 if a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    busy = os.getloadavg()[0]
    crowds = sorted({1, options.clients})
    with served("--agent", "lander_dqn") as server:
        loads = [
            asyncio.run(press(server.url, name, clients, options.seconds))
            for name in REQUESTS
            for clients in crowds
        ]
    print(table(loads, busy))
    if options.out is not None:
        options.out.write_text(table(loads, busy))
    return int(any(load.errors for load in loads))


if __name__ == "__main__":
    raise SystemExit(main())
