"""Checkpoints: tensors in a safetensors file, the rest in a JSON file that names it.

The JSON is replaced last and atomically, and holds the tensors' SHA-256; whatever kills a save,
the JSON that stands names a complete file. Loading parses both formats and runs no code.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor, nn

from baselines.runs.files import read_json, to_json, write_atomically

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
    """Tensors and facts of the checkpoint with its JSON at ``path``; CheckpointError if broken."""
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
    """Tensors of a safetensors file read from ``path``; CheckpointError if it is none."""
    try:
        return safetensors.torch.load(blob)
    except (safetensors.SafetensorError, KeyError, ValueError) as broken:
        raise CheckpointError(f"{path} is not a safetensors file: {broken}") from None


def load_weights(network: nn.Module, tensors: dict[str, Tensor], prefix: str = "agent.") -> None:
    """Put a checkpoint's weights into ``network``; CheckpointError if they do not fit."""
    weights = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    try:
        network.load_state_dict(weights)
    except RuntimeError as mismatch:
        raise CheckpointError(f"the weights fit another network: {mismatch}") from None
