"""Command ``list``: environments with their spaces, and agents with their scores."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
from rich.console import Console
from rich.table import Table

from lander_envs.agents import read_card, shipped
from lander_envs.agents.library import find_card
from lander_envs.registration import REGISTERED_IDS

_SHOWN = {
    "name": "name",
    "environment": "environment",
    "algorithm": "algorithm",
    "hand_made_feature": "feature",
    "mean_return": "return",
}
"""Columns of the table of agents with their headings: as many as 80 characters hold."""


@dataclass
class List:
    """List the environments and the agents of the package."""

    json: bool = False
    """Print one JSON object instead of tables."""

    def run(self) -> int:
        """Prints, and returns the exit status."""
        environments = [_environment(env_id) for env_id in REGISTERED_IDS]
        agents = [_agent(name) for name in shipped()]
        if self.json:
            print(json.dumps({"environments": environments, "agents": agents}, allow_nan=False))
            return 0
        console = Console()
        console.print(_table("Environments", environments))
        console.print()
        shown = [{title: agent[key] for key, title in _SHOWN.items()} for agent in agents]
        console.print(_table("Agents", shown))
        return 0


def _environment(env_id: str) -> dict[str, Any]:
    env = gym.make(env_id)
    env.close()
    spaces = env.observation_space, env.action_space
    return {
        "id": env_id,
        "observation": f"{spaces[0].dtype} {spaces[0].shape}",
        "action": _told(spaces[1]),
    }


def _told(space: gym.Space[Any]) -> str:
    return str(space) if isinstance(space, gym.spaces.Discrete) else f"{space.dtype} {space.shape}"


def _agent(name: str) -> dict[str, Any]:
    card = read_card(find_card(name))
    score = card.scores["native"]
    return {
        "name": name,
        "environment": card.env_id.rpartition("/")[2],
        "algorithm": card.algorithm,
        "hand_made_feature": card.hand_made_feature,
        "parameters": card.parameters,
        "mean_return": round(score["mean_return"], 1),
        "landing_rate": score["landing_rate"],
    }


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for key in rows[0]:
        table.add_column(key, no_wrap=True)
    for row in rows:
        table.add_row(*(str(value) or "-" for value in row.values()))
    return table
