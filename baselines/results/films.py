"""Films of agents: episodes as GIF or MP4, in real time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from gymnasium.vector import SyncVectorEnv

from baselines.results.pretrained import Agent
from lander_envs.flights.films import MOST_COLOURS, Frames, gif
from lander_envs.scoring.episodes import Episode, make_envs, play_in
from lander_envs.scoring.statistics import SCORING_SEED
from lander_envs.spaces import REWARD_THRESHOLD

MAX_BYTES = 100_000
"""Size of a committed film at most."""

_GIF_COLOURS = (MOST_COLOURS, 32, 16)


class Film(NamedTuple):
    """A filmed episode."""

    number: int  # of the agent's score, counted from 0
    episode: Episode
    frames: Frames  # none where a window showed them
    fps: float  # at which they play in real time


def film_episodes(agent: Agent, episodes: int, *, human: bool = False) -> Iterator[Film]:
    """Greedy episodes on the seeds of scores, one after the other; in a window if ``human``."""
    config = agent.config
    render_mode = "human" if human else "rgb_array_list"
    envs = make_envs(config.env_id, {**config.env_kwargs, "render_mode": render_mode}, 1)
    assert isinstance(envs, SyncVectorEnv)  # as everything with a render mode
    try:
        fps = float(envs.metadata["render_fps"])
        for number in range(episodes):
            episode = play_in(envs, agent.policy, SCORING_SEED + number)[0]
            yield Film(number, episode, [] if human else _rendered(envs), fps)
    finally:
        envs.close()


def film_landing(agent: Agent, attempts: int) -> Film | None:
    """The first episode of the score that reaches the reward threshold, among ``attempts``."""
    films = film_episodes(agent, attempts)
    return next((film for film in films if is_shown(film.episode)), None)


def is_shown(episode: Episode) -> bool:
    """Whether an episode is good enough for the film of a committed agent."""
    return episode.episodic_return >= REWARD_THRESHOLD


def write_small_gif(path: Path, frames: Frames, fps: float) -> int:
    """Writes a GIF of at most ``MAX_BYTES``, with as many colours as fit; returns its size.

    Raises:
        ValueError: if it is larger even with the fewest colours.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for colours in _GIF_COLOURS:
        content = gif(frames, fps, colours)
        if len(content) <= MAX_BYTES:
            return path.write_bytes(content)
    raise ValueError(
        f"{path} has {len(content):,} bytes with {colours} colours, more than {MAX_BYTES:,}"
    )


def _rendered(envs: SyncVectorEnv) -> Frames:
    """The frames of the only environment since its reset."""
    rendered = envs.render()
    assert rendered is not None  # a list of frames an environment
    return [np.asarray(frame) for frame in rendered[0]]
