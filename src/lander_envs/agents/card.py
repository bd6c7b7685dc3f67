"""Cards of agents: JSON files that say what an ONNX file is, where it flies and what it scores."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lander_envs.checks import shown
from lander_envs.registration import is_foreign

FORMAT = "lander_envs agent 1"
LARGEST_FILE = 256_000_000
"""Bytes of a model that is read at most."""

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"  # of an agent's files
_MODEL = re.compile(rf"{_NAME}\.onnx")
_ENV_ID = re.compile(r"[A-Za-z0-9_./-]+")  # not "module:id", which would import the module
_DIGEST = re.compile(r"[0-9a-f]{64}")


class AgentError(ValueError):
    """An agent that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Card:
    """Description of an exported agent.

    Args:
        name: of the agent.
        env_id: id of the environment that it was trained in.
        env_kwargs: keyword arguments of that environment.
        algorithm: that trained it.
        parameters: number of weights.
        weights: their type in the file, "float32", "float16", "int8" or "int4"; it computes in
            float32.
        model: file name of the ONNX model beside the card.
        sha256: of that file.
        scores: a score for each backend, see ``lander_envs.scoring.statistics.summary``.
        hand_made_feature: feature that the model computes from the observation by a rule made by
            hand, such as "differences" or "motion crop"; empty if there is none.
    """

    name: str
    env_id: str
    env_kwargs: Mapping[str, Any]
    algorithm: str
    parameters: int
    weights: str
    model: str
    sha256: str
    scores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    hand_made_feature: str = ""

    def with_scores(self, scores: Mapping[str, Mapping[str, Any]]) -> Card:
        """Card with other scores."""
        return replace(self, scores=scores)

    def to_json(self) -> str:
        """Text of the card's file."""
        content = {"format": FORMAT, **asdict(self)}
        return json.dumps(content, indent=2, allow_nan=False) + "\n"


_TYPES = {
    "name": str,
    "env_id": str,
    "env_kwargs": dict,
    "algorithm": str,
    "parameters": int,
    "weights": str,
    "model": str,
    "sha256": str,
    "scores": dict,
    "hand_made_feature": str,
}

_PATTERNS = {
    "env_id": (_ENV_ID, "the id of a registered environment"),
    "model": (_MODEL, "the name of an ONNX file beside it"),
    "sha256": (_DIGEST, "64 hexadecimal digits"),
}


def as_path(name: str, value: Any) -> Path:
    """Path of an argument; AgentError for what is neither a string nor a path."""
    if not isinstance(value, (str, os.PathLike)):
        raise AgentError(f"{name} must be a string or a path, got {shown(value)}")
    return Path(value)


def require_name(name: str) -> None:
    """ValueError unless a card can name the file of an agent ``name``."""
    if not re.fullmatch(_NAME, name):
        raise ValueError(
            "name must be letters from A to Z, digits, underscores, dots and hyphens, and begin "
            f"with none of the last two, got {shown(name)}"
        )


def read_card(path: Path | str) -> Card:
    """Card in a JSON file.

    Raises:
        AgentError: if there is none, or it holds something else.
    """
    path = as_path("path", path)
    try:
        content = json.loads(path.read_bytes())
    except OSError as missing:
        raise AgentError(
            f"{path}, the card of an ONNX file, cannot be read: {missing.strerror}"
        ) from None
    except (ValueError, RecursionError):
        raise AgentError(f"{path} is not a JSON file") from None
    found = content.get("format") if isinstance(content, dict) else content
    if found != FORMAT:
        raise AgentError(f"{path} must have format {FORMAT!r}, got {shown(found)}")
    for key, kind in _TYPES.items():
        if not isinstance(content.get(key), kind):
            got = shown(content.get(key))
            raise AgentError(f"{path}: {key} must be of type {kind.__name__}, got {got}")
    for key, (pattern, allowed) in _PATTERNS.items():
        if not pattern.fullmatch(content[key]):
            raise AgentError(f"{path}: {key} must be {allowed}, got {shown(content[key])}")
    if is_foreign(content["env_id"]):
        got = shown(content["env_id"])
        raise AgentError(f"{path}: env_id must not be of another library's registry, got {got}")
    return Card(**{key: content[key] for key in _TYPES})


def read_model(card: Card, path: Path) -> bytes:
    """ONNX file of a card that was read from ``path``.

    Raises:
        AgentError: if it is missing, too large, or not the one of the card.
    """
    model = path.with_name(card.model)
    try:
        size = model.stat().st_size
        content = model.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as missing:
        raise AgentError(f"{model} cannot be read: {missing.strerror}") from None
    if size > LARGEST_FILE:
        raise AgentError(f"{model} must have at most {LARGEST_FILE:,} bytes, got {size:,}")
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise AgentError(f"{model} is truncated or changed: its SHA-256 is not {path.name}'s")
    return content
