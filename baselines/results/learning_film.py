"""Film of learning: a run's checkpoints, from the first to the last, fly one seed side by side."""

from __future__ import annotations

from pathlib import Path

import cv2
import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from baselines.results.pretrained import Agent, load
from baselines.runs.trainer import MILESTONES, milestone
from lander_envs.flights.films import Frames, gif

_WIDTH, _HEIGHT = 300, 200  # of an agent's part: half of a frame
_COLUMNS = 3
_LONGEST = 500  # steps: ten seconds, in which an agent that hovers has shown that it does
_WHITE = (255, 255, 255)

Picture = NDArray[np.uint8]


def write_learning_film(run: Path, seed: int, path: Path) -> list[str]:
    """Write a GIF of what a run had learnt after 0, 10, 25, 50 and 100 % of its steps.

    Args:
        run: folder of a finished run.
        seed: of the episode, the same for all.
        path: of the GIF.

    Returns:
        A sentence an agent with the return of what is shown.
    """
    flights, told = [], []
    fps = 1.0
    kept = [(f"{percent} %", milestone(percent)) for percent in MILESTONES]
    for label, name in [*kept, ("100 %", "final")]:
        checkpoint = run / "checkpoints" / f"{name}.json"
        if not checkpoint.exists():  # of a version that kept none on the way
            continue
        frames, episodic_return, fps = _fly(load(checkpoint), seed)
        flights.append([_labelled(frame, label, episodic_return) for frame in frames])
        told.append(f"after {label} of the steps: return {episodic_return:.1f}")
    path.write_bytes(gif(side_by_side(flights), fps, scale=1.0))
    return told


def side_by_side(flights: list[Frames]) -> Frames:
    """Frames with all flights in rows of three; one that is over shows its last frame."""
    rows = -(-len(flights) // _COLUMNS)
    blank = np.zeros_like(flights[0][0])
    films = []
    for t in range(max(map(len, flights))):
        parts = [frames[min(t, len(frames) - 1)] for frames in flights]
        parts += [blank] * (rows * _COLUMNS - len(parts))
        lines = [np.hstack(parts[i : i + _COLUMNS]) for i in range(0, len(parts), _COLUMNS)]
        films.append(np.vstack(lines))
    return films


def _fly(agent: Agent, seed: int) -> tuple[Frames, float, float]:
    """Small frames of an episode, its return so far, and frames a second."""
    config = agent.config
    env = gym.make(config.env_id, **{**config.env_kwargs, "render_mode": "rgb_array"})
    obs, _ = env.reset(seed=seed)
    agent.policy.start()
    frames, total, ended = [_small(env)], 0.0, False
    while not ended and len(frames) < _LONGEST:
        obs, reward, terminated, truncated, _ = env.step(agent.policy.act(obs[None])[0])
        frames.append(_small(env))
        total += float(reward)
        ended = terminated or truncated
    fps = float(env.metadata["render_fps"])
    env.close()
    return frames, total, fps


def _small(env: gym.Env) -> Picture:
    frame = np.asarray(env.render())
    small = cv2.resize(frame, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def _labelled(frame: Picture, label: str, episodic_return: float) -> Picture:
    text = f"{label}: {episodic_return:.0f}"
    marked = np.ascontiguousarray(frame)
    cv2.putText(marked, text, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _WHITE, 1, cv2.LINE_AA)
    return marked
