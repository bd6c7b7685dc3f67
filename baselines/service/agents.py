"""Agents that the service can use: known by name, loaded when they are first asked for."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
from gymnasium import spaces

import lander_envs
from baselines.algorithms.registry import build_config
from baselines.networks.observations import is_pictures
from baselines.results import pretrained
from baselines.results.run_data import hand_made_feature
from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import ConfigError, TrainConfig
from baselines.runs.environments import make_env
from baselines.runs.names import COMMITTED, find_checkpoint
from baselines.service.problems import invalid, no_model, shown
from baselines.service.schemas import AGENT_NAME, AgentDescription
from lander_envs import agents as onnx_agents
from lander_envs.agents.library import find_card
from lander_envs.scoring.policy import Policy


class Card(NamedTuple):
    """Description of an agent, read without its weights."""

    name: str
    path: Path  # of its checkpoint or ONNX file
    algorithm: str
    env_id: str
    env_kwargs: Mapping[str, Any]
    observation_space: spaces.Box
    action_space: spaces.Space[Any]
    has_memory: bool  # whether an action depends on earlier observations
    hand_made_feature: str  # empty if there is none

    @property
    def relative_path(self) -> str:
        """Path of the file from the folder that holds the agents."""
        agent = self.path.parent
        folder = agent.parent if agent.name == "checkpoints" else agent
        return self.path.relative_to(folder.parent).as_posix()

    @property
    def sees_pixels(self) -> bool:
        """Whether observations are pictures (channels, height, width)."""
        return is_pictures(self.observation_space)

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
        served: name, run, checkpoint or ONNX file of the agent for requests that name none; None:
            no agent.
        also: further runs, checkpoints and ONNX files.

    Raises:
        ConfigError, CheckpointError, AgentError: if one of them cannot be served.
    """

    def __init__(self, served: str | None = None, also: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[str, ServedAgent] = {}
        self._cards: dict[str, Card] = {}
        for path in sorted(COMMITTED.glob("*/final.json")):
            if _env_id(path) in lander_envs.REGISTERED_IDS:
                self._add(path)
        self.served = None if served is None else self._add(_find(served))
        for agent in also:
            self._add(_find(agent))
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
                env_id=card.env_id,
                algorithm=card.algorithm,
                observation="pixels" if card.sees_pixels else "state",
                observation_shape=list(card.observation_space.shape),
                continuous=card.is_continuous,
                has_memory=card.has_memory,
                hand_made_feature=card.hand_made_feature,
                served=name == self.served,
                loaded=name in self._loaded,
            )
            for name, card in sorted(self._cards.items())
        ]

    def _add(self, path: Path) -> str:
        """Name of the agent whose file is at ``path``, which can be served from now on."""
        path = path.resolve()
        name = _name(path)
        if re.fullmatch(AGENT_NAME, name) is None:
            raise ConfigError(
                f"{path}: requests can name no agent {shown(name)}: a name must have 1 to 100 "
                "ASCII letters, digits, _, . and -; rename its folder or file"
            )
        known = self._cards.get(name)
        if known is not None and known.path != path:
            raise ConfigError(f"two agents have the name {name}: {known.path} and {path}")
        self._cards[name] = _read_card(name, path)
        return name


def _find(agent: str) -> Path:
    """Checkpoint or ONNX file of an agent."""
    if Path(agent).suffix == ".onnx" or agent in onnx_agents.shipped():
        return find_card(agent).with_suffix(".onnx")
    return find_checkpoint(agent)


def _name(path: Path) -> str:
    """Name of a run or a committed agent; of another file, with that file's own name."""
    if path.suffix == ".onnx":
        return path.stem
    if path.parent.name != "checkpoints":
        return path.parent.name
    run = path.parent.parent.name
    return run if path.stem == "final" else f"{run}-{path.stem}"


def _env_id(path: Path) -> Any:
    return checkpoints.section(checkpoints.describe(path), "config", path).get("env_id")


def _read_card(name: str, path: Path) -> Card:
    policy = None
    if path.suffix == ".onnx":
        policy = onnx_agents.load(path)
        found = policy.card
        settings = found.algorithm, found.env_id, found.env_kwargs
        has_memory, feature = policy.has_memory, found.hand_made_feature
    else:
        content = checkpoints.section(checkpoints.describe(path), "config", path)
        config = build_config({**content, "device": "cpu"}, str(path))
        settings = config.algorithm, config.env_id, config.env_kwargs
        has_memory, feature = _has_memory(config), hand_made_feature(config.model_dump()) or ""
    _, env_id, env_kwargs = settings
    if env_id not in lander_envs.REGISTERED_IDS:  # the others are not even made
        raise ConfigError(f"{path}: env_id: only this package's can be served, got {env_id}")
    if policy is not None:
        policy.require_environment()
    if env_kwargs.get("channels_last"):  # a PNG of a request holds one frame below the other
        raise ConfigError(
            f"{path}: env_kwargs: pixels with channels_last cannot be served, got True"
        )
    env: gym.Env[Any, Any] = make_env(env_id, env_kwargs)
    env.close()
    seen = env.observation_space
    if not isinstance(seen, spaces.Box) or not (is_pictures(seen) or len(seen.shape) == 1):
        raise ConfigError(f"{path}: only states and pixels of uint8 can be served, got {seen}")
    found_spaces = seen, env.action_space
    return Card(name, path, *settings, *found_spaces, has_memory, feature)


def _has_memory(config: TrainConfig) -> bool:
    learner = getattr(config, "learner", config.algorithm)
    history: int = getattr(config, "history", 1)
    return learner in ("recurrent_ppo", "RecurrentPPO") or history > 1


def _load(card: Card) -> ServedAgent:
    try:
        loaded = ServedAgent(card, _new_policy(card.path))
        is_same = _read_card(card.name, card.path) == card
    except (OSError, ValueError) as broken:
        raise no_model(f"the agent {card.name} cannot be loaded: {broken}") from None
    if not is_same:
        raise no_model(f"the agent {card.name} has changed since the service began; restart it")
    return loaded


def _new_policy(path: Path) -> Callable[[], Policy]:
    if path.suffix == ".onnx":
        return partial(_fresh, onnx_agents.load(path))
    return pretrained.load_trained(path).policy


def _fresh(policy: Policy) -> Policy:
    """The same model with a memory of its own."""
    other = copy.copy(policy)
    other.start()
    return other
