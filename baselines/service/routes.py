"""Calls of the HTTP service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from baselines.service import flights
from baselines.service.agents import ServedAgent
from baselines.service.predictions import predict
from baselines.service.problems import ProblemError, failure, invalid, responses, shown, stopped
from baselines.service.resources import Resources, Shared
from baselines.service.schemas import (
    EPISODES,
    MAX_EPISODES,
    MAX_SEED,
    AgentName,
    AgentsAnswer,
    EvaluateAnswer,
    HealthAnswer,
    PlayAnswer,
    PlayRequest,
    PredictAnswer,
    PredictRequest,
)
from baselines.service.telemetry import log_failure
from baselines.service.workers import StoppedError, Task
from lander_envs.scoring.statistics import SCORING_SEED

_LINES = "application/x-ndjson"


def _check_query(request: Request) -> None:
    """Refuse parameters in the URL that the call does not have, or that are given twice.

    Raises:
        ProblemError: with status 422, if there is one.
    """
    known = [parameter.alias for parameter in request.scope["route"].dependant.query_params]
    for name in request.query_params:
        if name not in known:
            allowed = f"the call takes {', '.join(known)}" if known else "the call takes none"
            raise invalid("query", f"unknown parameter {shown(name)}: {allowed}")
        values = request.query_params.getlist(name)
        if len(values) > 1:
            raise invalid(f"query.{name}", f"it must be given once, got {shown(values)}")


router = APIRouter(dependencies=[Depends(_check_query)])


@router.get("/health", tags=["service"])
async def health(shared: Shared) -> HealthAnswer:
    """State of the service: is an agent loaded, and which."""
    card = shared.agents.card()
    return HealthAnswer(
        status="no model" if card is None else "healthy",
        model_loaded=card is not None,
        model_path=None if card is None else card.relative_path,
        agent=None if card is None else card.name,
        env_id=None if card is None else card.env_id,
        version=version("lander_envs"),
    )


@router.get("/agents", tags=["service"])
async def agents(shared: Shared) -> AgentsAnswer:
    """Agents that requests can name."""
    return AgentsAnswer(agents=shared.agents.describe())


@router.get(
    "/metrics",
    tags=["service"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(shared: Shared) -> Response:
    """Metrics for Prometheus."""
    content = generate_latest(shared.metrics.registry)
    return Response(content, media_type=CONTENT_TYPE_LATEST)


@router.post(
    "/predict",
    tags=["agents"],
    response_model_exclude_none=True,
    responses=responses(404, 408, 413, 422, 503),
)
async def predict_action(body: PredictRequest, shared: Shared) -> PredictAnswer:
    """Greedy action for an observation, or for each of a list."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(shared.predictor, _predict, shared, body)


@router.post(
    "/play",
    tags=["agents"],
    response_model_exclude_none=True,
    responses=responses(408, 413, 422, 503),
)
async def play(request: Request, shared: Shared, body: PlayRequest | None = None) -> PlayAnswer:
    """One episode, with all its steps; with a film if asked."""
    body = body or PlayRequest()
    agent = await _find(shared, body.agent)
    task = shared.workers.start(partial(flights.fly, agent, body.seed, body.gif))
    answer = await task.result(request.is_disconnected)
    shared.metrics.episodes.labels(answer.agent).inc()
    return answer


@router.get(
    "/evaluate",
    tags=["agents"],
    response_model=EvaluateAnswer,
    response_model_exclude_none=True,
    responses={
        200: {
            "description": "The statistics; or with progress=true lines of JSON: "
            '`{"done": 40, "n_episodes": 100}` from time to time, last `{"result": ...}` '
            'or `{"problem": ...}`.',
            "content": {_LINES: {"schema": {"type": "string"}}},
        },
        **responses(422, 503),
    },
)
async def evaluate(
    request: Request,
    shared: Shared,
    n_episodes: Annotated[int, Query(ge=1, le=MAX_EPISODES)] = EPISODES,
    seed: Annotated[
        int, Query(ge=0, le=MAX_SEED - MAX_EPISODES, description="of the first episode")
    ] = SCORING_SEED,
    agent: AgentName | None = None,
    details: Annotated[bool, Query(description="whether to list the episodes")] = False,
    progress: Annotated[bool, Query(description="whether to answer by lines of progress")] = False,
) -> EvaluateAnswer | Response:
    """Statistics over episodes; the work stops when the client leaves."""
    chosen = await _find(shared, agent)
    work = partial(flights.evaluate, chosen, n_episodes, seed, details)
    task = shared.workers.start(work)
    if progress:
        lines = _lines(request, shared, task, n_episodes)
        return StreamingResponse(lines, media_type=_LINES)
    return _counted(shared, await task.result(request.is_disconnected))


def _predict(shared: Resources, body: PredictRequest) -> PredictAnswer:
    agent = shared.agents.get(body.agent)
    answer = predict(agent, body, shared.sessions)
    count = len(answer.action_name) if isinstance(answer.action_name, list) else 1
    shared.metrics.actions.labels(answer.agent).inc(count)
    return answer


async def _find(shared: Resources, name: str | None) -> ServedAgent:
    """Agent of a name; loading it does not hold up other requests."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(shared.predictor, shared.agents.get, name)


async def _lines(
    request: Request, shared: Resources, task: Task[EvaluateAnswer], n_episodes: int
) -> AsyncIterator[str]:
    """Progress of an evaluation, and its result or problem, as lines of JSON."""
    told = -1
    try:
        async for done in task.follow():
            if await request.is_disconnected():
                return
            if done > told:
                told = done
                yield _line({"done": done, "n_episodes": n_episodes})
        answer = _counted(shared, task.finished())
        yield _line({"result": answer.model_dump(exclude_none=True)})
    except ProblemError as problem:
        yield _line({"problem": problem.answer(request.url.path).model_dump()})
    except StoppedError:
        yield _line({"problem": stopped().answer(request.url.path).model_dump()})
    except Exception as raised:  # the answer has begun: it is too late for a status
        log_failure(request.scope, raised)
        yield _line({"problem": failure().answer(request.url.path).model_dump()})
    finally:
        task.stop()


def _line(content: dict[str, object]) -> str:
    return json.dumps(content, allow_nan=False) + "\n"


def _counted(shared: Resources, answer: EvaluateAnswer) -> EvaluateAnswer:
    shared.metrics.episodes.labels(answer.agent).inc(answer.n_episodes)
    return answer
