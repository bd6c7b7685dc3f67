"""Checkpoints: tensors in a safetensors file, the rest in a JSON file that names it.

The JSON is replaced last and atomically, and holds the tensors' SHA-256; whatever kills a save,
the JSON that stands names a complete file. Loading parses both formats and runs no code.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

FORMAT = "lander_envs checkpoint 1"


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message says which file and why."""


def save(directory: Path, name: str, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write ``name.json`` and the tensors it names into ``directory``, then drop older tensors."""
    directory.mkdir(parents=True, exist_ok=True)
    contiguous = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    blob = safetensors.torch.save(contiguous)
    digest = hashlib.sha256(blob).hexdigest()
    weights = f"{name}-{digest[:12]}.safetensors"
    description = to_json({"format": FORMAT, "weights": weights, "sha256": digest, **facts})
    write_atomically(directory / weights, blob)
    write_atomically(directory / f"{name}.json", description)
    for old in directory.glob(f"{name}-*.safetensors"):
        if old.name != weights:
            old.unlink()


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read the checkpoint whose JSON is at ``path``; CheckpointError if anything is amiss."""
    try:
        facts = read_json(path)
    except FileNotFoundError:
        raise CheckpointError(f"there is no checkpoint at {path}") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as broken:
        raise CheckpointError(f"{path} cannot be read as JSON: {broken}") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        found = facts.get("format") if isinstance(facts, dict) else type(facts).__name__
        raise CheckpointError(f"{path} must have format {FORMAT!r}, got {found!r}")
    return _load_tensors(path, facts), facts


def _load_tensors(path: Path, facts: dict[str, Any]) -> dict[str, Tensor]:
    name = facts.get("weights")
    if not isinstance(name, str) or Path(name).name != name:
        raise CheckpointError(f"{path} must name a weights file beside it, got {name!r}")
    weights = path.with_name(name)
    try:
        blob = weights.read_bytes()
    except OSError as missing:
        raise CheckpointError(f"{path} names weights that cannot be read: {missing}") from None
    if hashlib.sha256(blob).hexdigest() != facts.get("sha256"):
        raise CheckpointError(
            f"{weights} is truncated or changed: its SHA-256 is not {path.name}'s"
        )
    return parse(blob, weights)


def parse(blob: bytes, path: Path) -> dict[str, Tensor]:
    """The tensors in what was read from ``path``; CheckpointError if it is no safetensors file."""
    try:
        return safetensors.torch.load(blob)
    except (safetensors.SafetensorError, KeyError, ValueError) as broken:
        raise CheckpointError(f"{path} is not a safetensors file: {broken}") from None


def to_json(content: Any) -> bytes:
    """Strict JSON, for every reader; ValueError for a number that is not finite."""
    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()


def read_json(path: Path) -> Any:
    """What a JSON file holds; a number that is not finite, as older files have it, becomes None."""
    return json.loads(path.read_text(), parse_constant=lambda constant: None)


def write_atomically(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a reader, or a crash, sees the old file or the new."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)  # mkstemp's 0600 would hide the file from other users
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
