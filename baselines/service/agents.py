"""Agents that the service can use: known by name, loaded when they are first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
from gymnasium import spaces

import lander_envs
from baselines.algorithms.registry import build_config
from baselines.networks.build import is_pictures
from baselines.results import pretrained
from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import ConfigError, TrainConfig
from baselines.runs.environments import make_env
from baselines.runs.names import COMMITTED, find_checkpoint
from baselines.service.problems import invalid, no_model, shown
from baselines.service.schemas import AgentDescription
from lander_envs.scoring.policy import Policy


class Card(NamedTuple):
    """Description of an agent, read without its weights."""

    name: str
    path: Path  # of its checkpoint
    config: TrainConfig
    observation_space: spaces.Box
    action_space: spaces.Space[Any]

    @property
    def relative_path(self) -> str:
        """Path of the checkpoint from the folder that holds the agents."""
        agent = self.path.parent
        folder = agent.parent if agent.name == "checkpoints" else agent
        return self.path.relative_to(folder.parent).as_posix()

    @property
    def sees_pixels(self) -> bool:
        """Whether observations are pictures (channels, height, width)."""
        return is_pictures(self.observation_space)

    @property
    def has_memory(self) -> bool:
        """Whether an action depends on earlier observations."""
        learner = getattr(self.config, "learner", self.config.algorithm)
        return (
            learner in ("recurrent_ppo", "RecurrentPPO") or getattr(self.config, "history", 1) > 1
        )

    @property
    def is_continuous(self) -> bool:
        """Whether actions are throttles."""
        return isinstance(self.action_space, spaces.Box)


class ServedAgent(NamedTuple):
    """A loaded agent."""

    card: Card
    new_policy: Callable[[], Policy]  # greedy, each with a memory of its own


class Agents:
    """The served agent, further ones, and all committed agents of this package's environments.

    Args:
        served: name, run or checkpoint of the agent for requests that name none; None: no agent.
        also: further runs and checkpoints.

    Raises:
        ConfigError, CheckpointError: if one of them cannot be served.
    """

    def __init__(self, served: str | None = None, also: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[str, ServedAgent] = {}
        self._cards: dict[str, Card] = {}
        for path in sorted(COMMITTED.glob("*/final.json")):
            if _env_id(path) in lander_envs.REGISTERED_IDS:
                self._add(path)
        self.served = None if served is None else self._add(find_checkpoint(served))
        for agent in also:
            self._add(find_checkpoint(agent))
        if self.served is not None:
            self.get(self.served)

    def get(self, name: str | None) -> ServedAgent:
        """Agent of a name, or the served one for None.

        Raises:
            ProblemError: 422 for an unknown name, 503 if the agent cannot be loaded.
        """
        name = name or self.served
        if name is None:
            raise no_model("no agent is served; name one of /agents, or start with --agent")
        if name not in self._cards:
            raise invalid("agent", f"there is no agent {shown(name)}; GET /agents lists them")
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = _load(self._cards[name])
            return self._loaded[name]

    def card(self) -> Card | None:
        """Description of the served agent."""
        return None if self.served is None else self._cards[self.served]

    def describe(self) -> list[AgentDescription]:
        """Descriptions of all agents, in order of their names."""
        return [
            AgentDescription(
                name=name,
                env_id=card.config.env_id,
                algorithm=card.config.algorithm,
                observation="pixels" if card.sees_pixels else "state",
                observation_shape=list(card.observation_space.shape),
                continuous=card.is_continuous,
                has_memory=card.has_memory,
                served=name == self.served,
                loaded=name in self._loaded,
            )
            for name, card in sorted(self._cards.items())
        ]

    def _add(self, path: Path) -> str:
        """Name of the agent whose checkpoint is at ``path``, which can be served from now on."""
        path = path.resolve()
        name = _name(path)
        known = self._cards.get(name)
        if known is not None and known.path != path:
            raise ConfigError(f"two agents have the name {name}: {known.path} and {path}")
        self._cards[name] = _read_card(name, path)
        return name


def _name(path: Path) -> str:
    """Name of a run or a committed agent; of another checkpoint of a run, with its own name."""
    if path.parent.name != "checkpoints":
        return path.parent.name
    run = path.parent.parent.name
    return run if path.stem == "final" else f"{run}-{path.stem}"


def _env_id(path: Path) -> Any:
    return checkpoints.section(checkpoints.describe(path), "config", path).get("env_id")


def _read_card(name: str, path: Path) -> Card:
    content = checkpoints.section(checkpoints.describe(path), "config", path)
    config = build_config({**content, "device": "cpu"}, str(path))
    if config.env_id not in lander_envs.REGISTERED_IDS:
        raise ConfigError(f"{path}: env_id: only this package's can be served, got {config.env_id}")
    env: gym.Env[Any, Any] = make_env(config.env_id, config.env_kwargs)
    env.close()
    assert isinstance(env.observation_space, spaces.Box)
    return Card(name, path, config, env.observation_space, env.action_space)


def _load(card: Card) -> ServedAgent:
    try:
        trained = pretrained.load_trained(card.path)
    except (OSError, ValueError) as broken:
        raise no_model(f"the agent {card.name} cannot be loaded: {broken}") from None
    return ServedAgent(card, trained.policy)
