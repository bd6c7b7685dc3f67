"""Checkpoints: tensors in a safetensors file, the rest in a JSON file that names it.

The JSON is replaced last and atomically, and holds the tensors' SHA-256 and one of itself; whatever
kills a save, the JSON that stands names a complete file. Loading parses both formats and runs no
code.
"""

from __future__ import annotations

import hashlib
import json
import re
import reprlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from baselines.runs.files import (
    locked,
    make_folder,
    read_json,
    remove_temporaries,
    to_json,
    write_atomically,
)

FORMAT = "lander_envs checkpoint 2"
_WITHOUT_CHECKSUM = "lander_envs checkpoint 1"  # still read
_WEIGHTS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.safetensors")
_WAIT = 60.0  # seconds for another save into the folder
_READS = 10  # of a checkpoint that is replaced while it is read


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message says which file and why."""


def save(directory: Path, name: str, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write ``name.json`` and the tensors it names into ``directory``, then drop older tensors.

    What a killed save left is removed before, and no file that any JSON of the folder names.
    """
    contiguous = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
    blob = safetensors.torch.save(contiguous)
    digest = hashlib.sha256(blob).hexdigest()
    weights = f"{name}-{digest[:12]}.safetensors"
    description = to_json(sealed({"weights": weights, "sha256": digest, **facts}))
    ours = rf"{re.escape(name)}-[0-9a-f]{{12}}\.safetensors"
    make_folder(directory)
    with locked(directory, _WAIT):
        remove_temporaries(directory, rf"{re.escape(name)}\.json|{ours}")
        write_atomically(directory / weights, blob)
        write_atomically(directory / f"{name}.json", description)
        named = set(_named_weights(directory))
        for path in directory.iterdir():
            if re.fullmatch(ours, path.name) and path.name not in named:
                path.unlink()


def sealed(facts: dict[str, Any]) -> dict[str, Any]:
    """Description of a checkpoint: ``facts`` with the format and their checksum."""
    content = {key: value for key, value in facts.items() if key not in ("format", "checksum")}
    return {"format": FORMAT, "checksum": _checksum(content), **content}


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and facts of the checkpoint with its JSON at ``path``; CheckpointError if broken."""
    facts = describe(path)
    for _ in range(_READS):
        try:
            return _load_tensors(path, facts), facts
        except CheckpointError:
            # A training that goes on may have replaced the JSON and removed what it named.
            before, facts = facts, describe(path)
            if facts == before:
                raise
    return _load_tensors(path, facts), facts


def describe(path: Path) -> dict[str, Any]:
    """Facts of the checkpoint with its JSON at ``path``; CheckpointError if these are broken."""
    try:
        facts = read_json(path)
    except FileNotFoundError:
        raise CheckpointError(f"there is no checkpoint at {path}") from None
    except (OSError, ValueError) as broken:
        raise CheckpointError(f"{path} cannot be read as JSON: {broken}") from None
    found = facts.get("format") if isinstance(facts, dict) else type(facts).__name__
    if found not in (FORMAT, _WITHOUT_CHECKSUM):
        raise CheckpointError(f"{path} must have format {FORMAT!r}, got {reprlib.repr(found)}")
    try:
        is_whole = found == _WITHOUT_CHECKSUM or facts == sealed(facts)
    except RecursionError:
        is_whole = False
    if not is_whole:
        raise CheckpointError(f"{path} is damaged or was changed: its checksum is another")
    return dict(facts)


def section(facts: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
    """Mapping of a checkpoint's facts, "config" or "progress"; CheckpointError if it has none."""
    found = facts.get(key)
    if not isinstance(found, dict):
        raise CheckpointError(
            f"{path} is damaged: {key} must be a mapping, got {reprlib.repr(found)}"
        )
    return found


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _named_weights(directory: Path) -> Iterator[str]:
    """Names of the files that the JSON files of a folder name."""
    for path in directory.glob("*.json"):
        try:
            facts = read_json(path)
        except (OSError, ValueError):
            continue
        if isinstance(facts, dict):
            yield str(facts.get("weights"))


def _load_tensors(path: Path, facts: dict[str, Any]) -> dict[str, Tensor]:
    name = facts.get("weights")
    if not isinstance(name, str) or not _WEIGHTS.fullmatch(name):
        raise CheckpointError(
            f"{path} must name a weights file beside it, got {reprlib.repr(name)}"
        )
    weights = path.with_name(name)
    if not weights.is_file():
        raise CheckpointError(f"{path} names weights that are not there: {weights}")
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
    wanted = network.state_dict()
    for name in sorted(weights.keys() ^ wanted.keys()):
        lacks = "they lack" if name in wanted else "they have"
        raise CheckpointError(f"the weights fit another network: {lacks} {prefix}{name}")
    for name, tensor in weights.items():
        require_like(f"{prefix}{name}", tensor, wanted[name])
    network.load_state_dict(weights)


def require_like(name: str, tensor: Tensor, wanted: Tensor) -> None:
    """CheckpointError unless a stored tensor has the wanted dtype and shape, and no NaN."""
    found, asked = (f"{t.dtype} {tuple(t.shape)}" for t in (tensor, wanted))
    if found != asked:
        raise CheckpointError(f"the weights fit another network: {name} is {found}, not {asked}")
    if not torch.isfinite(tensor).all():
        raise CheckpointError(f"{name} holds numbers that are not finite")
