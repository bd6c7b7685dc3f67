"""Failure modes: episodes of the committed agents' scores that did not land, played again.

python -m baselines.studies.failure_modes

An agent plays the seeds on which it did not land in ``docs/results/runs/``. A Lander-v0 then takes
the same actions and gives the whole state, whatever the agent sees.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from baselines.results import pretrained
from baselines.results.pretrained import Agent
from baselines.results.store import COMMITTED, ROOT, read_result
from baselines.results.tables import markdown
from baselines.runs.config import TrainConfig
from baselines.runs.files import require_writable, write_atomically
from baselines.studies.command import run
from lander_envs.scoring.episodes import Episode, Step, play
from lander_envs.scoring.flight import LANDER, frame_skip, lander_arguments
from lander_envs.spaces import ANGLE, LEG_1, LEG_2, VY, X, Y

# LunarLander-v3's units: the screen is 400 pixels high, 30 pixels a world unit, 50 steps a second.
_WIDTH = 600 / 30 / 2  # world units of 1 at index X
_HEIGHT = 400 / 30 / 2  # and at index Y
_SPEED = 50 / _HEIGHT  # world units a second of 1 at index VY
_LAST = 100  # steps before the time limit, that a timeout is judged by
_HEADING = [
    *("agent", "ended", "episodes", "median return", "from the centre", "height", "falling at"),
    *("tilted by", "both legs down", "engine on"),
]


class Failure(NamedTuple):
    """An episode that did not land, with its last states and actions."""

    episode: Episode
    states: NDArray[np.float32]  # (steps, 8)
    fires: NDArray[np.bool_]  # (steps,): whether an engine was on


def main(committed: Path = COMMITTED, out: Path = ROOT / "failures.md") -> None:
    """Play again what failed, and write a table of it.

    Args:
        committed: folder of the committed results.
        out: the table's path.
    """
    require_writable(out)
    names = track(pretrained.committed(), "agents", transient=True)
    rows = [row for name in names for row in agent_rows(name, committed)]
    write_atomically(out, ("\n".join(markdown(_HEADING, rows)) + "\n").encode())
    print(f"wrote {out}")


def agent_rows(name: str, committed: Path) -> list[list[str]]:
    """The rows of one committed agent; none if it always lands or is no lander."""
    result = read_result(committed, name)
    if not result.is_lander:
        return []
    agent = pretrained.load(name)
    episodes = result.scored(agent.config.seed)
    failed = [episode for episode in episodes if episode.outcome != "landed"]
    failures = [Failure(episode, *replay(agent, episode.seed)) for episode in failed]
    return rows_of(name, failures, len(episodes))


def replay(agent: Agent, seed: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """States (steps, 8) before an episode's last actions, and whether these fired an engine."""
    config = agent.config
    actions: list[Any] = []

    def keep(step: Step) -> None:
        actions.append(step.actions[0])

    play(agent.policy, config.env_id, config.env_kwargs, 1, seed, on_step=keep)
    states = _states(config, seed, actions)
    return states[-_LAST:], np.array([fires(action) for action in actions[-_LAST:]])


def _states(config: TrainConfig, seed: int, actions: Sequence[Any]) -> NDArray[np.float32]:
    """States (steps, 8) of a Lander-v0 before each of the decisions."""
    skip = frame_skip(config.env_id, config.env_kwargs)
    env = gym.make(LANDER, **lander_arguments(config.env_id, config.env_kwargs))
    state, _ = env.reset(seed=seed)
    states = []
    for action in actions:
        states.append(state)
        state = _repeat(env, action, skip)
    env.close()
    return np.array(states)


def fires(action: Any) -> bool:
    """Whether an action turns an engine on, as LunarLander-v3 reads it."""
    if np.ndim(action) == 0:
        return bool(action != 0)
    main, side = action
    return bool(main > 0 or abs(side) > 0.5)


def _repeat(env: gym.Env[Any, Any], action: Any, times: int) -> NDArray[np.float32]:
    """The state after so many steps, or fewer where the episode ends."""
    for _ in range(times):
        state, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            break
    return np.asarray(state)


def rows_of(name: str, failures: list[Failure], flown: int) -> list[list[str]]:
    """A row for each way in which episodes of an agent failed."""
    by_outcome: defaultdict[str, list[Failure]] = defaultdict(list)
    for failure in failures:
        by_outcome[failure.episode.outcome].append(failure)
    return [
        [
            f"`{name}`",
            outcome.replace("_", " "),
            f"{len(alike)} of {flown}",
            f"{np.median([failure.episode.episodic_return for failure in alike]):.0f}",
            *described(outcome, alike),
        ]
        for outcome, alike in sorted(by_outcome.items())
    ]


def described(outcome: str, failures: list[Failure]) -> list[str]:
    """Medians of the state before the end, and how often both legs stood and an engine was on.

    A timeout has no moment of its own: it is described by the means of its last steps.
    """
    steps = _LAST if outcome == "timeout" else 1
    ends = np.array([failure.states[-steps:].mean(axis=0) for failure in failures])
    standing = [_standing(failure.states[-steps:]) for failure in failures]
    firing = [failure.fires[-steps:].mean() for failure in failures]
    return [
        _number(np.median(np.abs(ends[:, X])) * _WIDTH),
        _number(np.median(ends[:, Y]) * _HEIGHT),
        _number(np.median(-ends[:, VY]) * _SPEED),
        f"{np.degrees(np.median(np.abs(ends[:, ANGLE]))):.0f}°",
        f"{100 * np.mean(standing):.0f} %",
        f"{100 * np.mean(firing):.0f} %",
    ]


def _number(value: Any) -> str:
    """A number with one decimal, and no minus before a zero."""
    return f"{round(float(value), 1) + 0.0:.1f}"


def _standing(states: NDArray[np.float32]) -> float:
    """The share of states in which both legs touch the ground."""
    return float(((states[:, LEG_1] > 0) & (states[:, LEG_2] > 0)).mean())


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
