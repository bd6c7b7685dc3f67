"""Agents by name: those in the package, and files."""

from __future__ import annotations

from pathlib import Path

from lander_envs.agents.card import AgentError, as_path, read_card, read_model
from lander_envs.agents.policy import OnnxPolicy
from lander_envs.checks import nearest

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the agents in the package."""


def load(agent: Path | str) -> OnnxPolicy:
    """Policy of an exported agent. Loading parses two files and runs no code of theirs.

    Args:
        agent: the name of an agent in the package, or the path of an ONNX file or of its card.

    Raises:
        AgentError: for an unknown name, what is neither a name nor a path, and files that are
            missing, damaged or something else.
        gymnasium.error.DependencyNotInstalled: without onnxruntime.
    """
    path = find_card(agent)
    card = read_card(path)
    return OnnxPolicy(card, read_model(card, path))


def shipped() -> list[str]:
    """Names of the agents in the package, in order of the alphabet."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def find_card(agent: Path | str) -> Path:
    """Card of an agent, by name or path; AgentError if there is none."""
    path = as_path("agent", agent)
    if path.suffix in (".json", ".onnx"):
        return path.with_suffix(".json")
    if str(agent) in shipped():
        return SHIPPED / f"{agent}.json"
    names = ", ".join(shipped())
    raise AgentError(
        f"agent must be one of {names}, or the path of an ONNX file, got {str(agent)!r}"
        f"{nearest(agent, shipped())}"
    )
