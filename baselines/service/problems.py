"""Problem details: the errors of the service as RFC 9457 has them."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baselines.service.telemetry import log_failure

MEDIA_TYPE = "application/problem+json"

_UNPARSABLE = 400  # FastAPI's status for a body that is no JSON; the same as any other bad input


class FieldProblem(BaseModel):
    """Part of a request that was refused."""

    location: str = Field(description="where it stands", examples=["body.state.0"])
    message: str = Field(examples=["Input should be a valid number, got 'high'"])


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="kind of the problem", examples=["/problems/invalid-request"])
    title: str = Field(description="the kind in words", examples=["Invalid request"])
    status: int = Field(description="HTTP status", examples=[422])
    detail: str = Field(description="what to change", examples=["body.state: Field required"])
    instance: str = Field(description="path of the request", examples=["/predict"])
    errors: list[FieldProblem] = Field(
        default=[], description="the refused parts of an invalid request"
    )


class ProblemError(Exception):
    """A request that gets problem details as its answer.

    Args:
        status: HTTP status.
        kind: last part of the problem's type.
        title: the kind in words.
        detail: the sentence for the client.
        retry_after: seconds after which the same request may succeed.
    """

    def __init__(
        self, status: int, kind: str, title: str, detail: str, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.title, self.detail = status, kind, title, detail
        self.retry_after = retry_after
        self.errors: list[FieldProblem] = []

    def answer(self, instance: str) -> Problem:
        """Problem details for a request of the path ``instance``."""
        return Problem(
            type=f"/problems/{self.kind}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.errors,
        )

    def response(self, instance: str) -> JSONResponse:
        """The answer as a response."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        content = self.answer(instance).model_dump(exclude_defaults=True)
        return JSONResponse(content, self.status, headers, MEDIA_TYPE)


def invalid(location: str, message: str) -> ProblemError:
    """Invalid request: status 422 for one of its parts."""
    return _invalid([FieldProblem(location=location, message=message)])


def no_model(detail: str) -> ProblemError:
    """No agent to answer with: status 503."""
    return ProblemError(503, "no-model", "No model", detail)


def busy(detail: str) -> ProblemError:
    """Too much work: status 503, with the advice to try again."""
    return ProblemError(503, "busy", "Busy", detail, retry_after=1)


def timed_out(seconds: float) -> ProblemError:
    """Work that took too long: status 503."""
    detail = f"the work took more than {seconds:g} seconds and was stopped; ask for less"
    return ProblemError(503, "timeout", "Timed out", detail)


def stopped() -> ProblemError:
    """Work that was stopped before its end, since the service ends: status 503."""
    return ProblemError(503, "stopped", "Stopped", "the service ends; the work was stopped")


def no_session(session: str) -> ProblemError:
    """Unknown or expired session: status 404."""
    detail = f"session {shown(session)} is unknown or has expired; begin one with session 'new'"
    return ProblemError(404, "no-session", "No session", detail)


def too_large(limit: int) -> ProblemError:
    """Body of a request over the limit: status 413."""
    return ProblemError(
        413, "too-large", "Body too large", f"a body must have at most {limit:,} bytes"
    )


def body_late(seconds: float) -> ProblemError:
    """Body of a request that does not come: status 408."""
    detail = f"the body did not arrive within {seconds:g} seconds"
    return ProblemError(408, "body-late", "Body late", detail)


def failure() -> ProblemError:
    """Error of the service itself: status 500, without its cause."""
    return ProblemError(500, "failure", "Failure", "the service failed; its log says why")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problem details with these statuses."""
    described = {
        404: "No session: it is unknown or has expired.",
        408: "The body came too slowly.",
        413: "The body is too large.",
        422: "A field, its value and what is allowed.",
        503: "No model is loaded, or the service is busy, or the work took too long.",
    }
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["FieldProblem"]
    return {
        status: {"description": described[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Let every error of ``app`` be answered by problem details."""

    @app.exception_handler(ProblemError)
    async def _(request: Request, problem: ProblemError) -> JSONResponse:
        return problem.response(request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, refused: RequestValidationError) -> JSONResponse:
        errors = [_field_problem(error) for error in refused.errors()]
        return _invalid(errors).response(request.url.path)

    @app.exception_handler(HTTPException)
    async def _(request: Request, raised: HTTPException) -> JSONResponse:
        if raised.status_code == _UNPARSABLE:
            return invalid("body", "it cannot be read as JSON").response(request.url.path)
        kind = str(raised.detail).lower().replace(" ", "-")
        problem = ProblemError(raised.status_code, kind, str(raised.detail), str(raised.detail))
        response = problem.response(request.url.path)
        response.headers.update(raised.headers or {})
        return response

    app.add_middleware(_Failures)


class _Failures:
    """Answers what no other handler does, inside the middleware of the application.

    Starlette's own handler of exceptions stands outside of it: its answers lack all headers that
    middleware adds.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as raised:
            if has_begun or scope["type"] != "http":
                raise
            log_failure(scope, raised)
            await failure().response(scope["path"])(scope, receive, send)


def shown(value: object) -> str:
    """Short form of a client's value for a message."""
    return reprlib.repr(value)


def _invalid(errors: Sequence[FieldProblem]) -> ProblemError:
    told = "; ".join(f"{error.location}: {error.message}" for error in errors[:3])
    problem = ProblemError(422, "invalid-request", "Invalid request", told)
    problem.errors = list(errors)
    return problem


def _field_problem(error: dict[str, Any]) -> FieldProblem:
    parts = (str(part) for part in error["loc"])
    location = ".".join(part for part in parts if not part.startswith("("))  # no tag of a union
    message = str(error["msg"])
    if error["type"] not in ("missing", "json_invalid"):
        message = f"{message}, got {shown(error['input'])}"
    return FieldProblem(location=location, message=message)
