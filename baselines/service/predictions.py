"""Predictions: actions for observations out of requests."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from baselines.service.actions import names
from baselines.service.agents import Card, ServedAgent
from baselines.service.problems import invalid
from baselines.service.schemas import PredictAnswer, PredictRequest
from baselines.service.sessions import Sessions
from lander_envs.scoring.policy import Decision

# Pillow reads the chunks behind the picture without guards, and fails at short ones as Python does.
_PNG_ERRORS = (
    *(OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError),
    *(struct.error, LookupError, TypeError),
)


def predict(agent: ServedAgent, request: PredictRequest, sessions: Sessions) -> PredictAnswer:
    """Action for each observation of a request, in the session that it names.

    Raises:
        ProblemError: 404, 422 or 503; see the parts.
    """
    obs, is_single = observations(agent.card, request)
    session, policy = None, None
    if request.session is not None:
        session, policy = sessions.find(request.session, agent, len(obs))
    decision = (policy or agent.new_policy()).decide(obs)
    answer = _answer(decision, agent.card.name, is_single)
    if session is not None:
        answer.session, answer.expires_in = session, sessions.seconds
    return answer


def observations(card: Card, request: PredictRequest) -> tuple[NDArray[Any], bool]:
    """Observations (n, ...) of a request, and whether it has one instead of a list.

    Raises:
        ProblemError: 422 if they are not what the agent sees.
    """
    name = card.name
    if card.sees_pixels:
        if request.pixels is None or request.state is not None:
            raise invalid("body.pixels", f"{name} sees pixels: give pixels and no state")
        return _pictures(request.pixels, card.observation_space.shape), True
    if request.state is None or request.pixels is not None:
        raise invalid("body.state", f"{name} sees states: give state and no pixels")
    obs = np.array(request.state, np.float32)
    return np.atleast_2d(obs), obs.ndim == 1


def _pictures(encoded: str, shape: Sequence[int]) -> NDArray[np.uint8]:
    """Observation (1, channels, height, width) in a PNG in Base64."""
    channels, height, width = shape
    size = width, channels * height
    try:
        content = base64.b64decode(encoded, validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of sizes far beyond ours
            picture = Image.open(io.BytesIO(content), formats=["PNG"])
        if picture.mode != "L" or picture.size != size:
            raise invalid(
                "body.pixels",
                f"the PNG must be grey (8 bits), {size[0]} wide and {size[1]} high, "
                f"got mode {picture.mode}, {picture.size[0]} wide and {picture.size[1]} high",
            )
        return np.array(picture, np.uint8).reshape(1, *shape)
    except (binascii.Error, Warning, *_PNG_ERRORS):
        raise invalid("body.pixels", "it must be a PNG in Base64") from None


def _answer(decision: Decision, agent: str, is_single: bool) -> PredictAnswer:
    told = names(decision.actions)
    return PredictAnswer(
        action=_plain(decision.actions, is_single),
        action_name=told[0] if is_single else told,
        q_values=_plain(decision.q_values, is_single),
        probabilities=_plain(decision.probabilities, is_single),
        value=_plain(decision.values, is_single),
        agent=agent,
    )


def _plain(array: NDArray[Any] | None, is_single: bool) -> Any:
    """Lists and numbers of an array, or of its only row."""
    return None if array is None else (array[0] if is_single else array).tolist()
