"""Films of agents: episodes as GIF or MP4 in real time, and what a run learnt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray

from baselines.results.pretrained import Agent, load
from baselines.runs.trainer import MILESTONES, milestone
from lander_envs.flights.films import MOST_COLOURS, Frames, gif
from lander_envs.scoring.episodes import Episode, make_envs, play, play_in
from lander_envs.scoring.statistics import SCORING_SEED
from lander_envs.spaces import REWARD_THRESHOLD
from lander_envs.transforms.pixels import opencv

MAX_BYTES = 100_000
"""Size of a committed film at most."""

_GIF_COLOURS = (MOST_COLOURS, 32, 16)
_WIDTH, _HEIGHT = 300, 200  # of an agent's part: half of a frame
_COLUMNS = 3
_LONGEST = 500  # steps: ten seconds, in which an agent that hovers has shown that it does
_WHITE = (255, 255, 255)

Picture = NDArray[np.uint8]


class Film(NamedTuple):
    """A filmed episode."""

    number: int  # of the agent's score, counted from 0
    episode: Episode
    frames: Frames  # none where a window showed them
    fps: float  # at which they play in real time


def film_episodes(agent: Agent, episodes: int, *, human: bool = False) -> Iterator[Film]:
    """Greedy episodes on the seeds of scores, one after the other; in a window if ``human``."""
    return _film(agent, range(episodes), human)


def film_best(agent: Agent, best: int, of: int) -> list[Film]:
    """The ``best`` episodes among the first ``of`` of an agent's score, the best first."""
    config = agent.config
    played = play(agent.policy, config.env_id, config.env_kwargs, of, SCORING_SEED)
    numbers = sorted(range(of), key=lambda number: -played[number].episodic_return)[:best]
    return list(_film(agent, numbers, human=False))


def grid(films: Sequence[Film]) -> Frames:
    """Films side by side, each with its number and return, in as many columns as rows."""
    flights = [
        [
            _labelled(_small(frame), f"episode {film.number}", film.episode.episodic_return)
            for frame in film.frames
        ]
        for film in films
    ]
    return side_by_side(flights, math.ceil(math.sqrt(len(films))))


def _film(agent: Agent, numbers: Iterable[int], human: bool) -> Iterator[Film]:
    config = agent.config
    render_mode = "human" if human else "rgb_array_list"
    envs = make_envs(config.env_id, {**config.env_kwargs, "render_mode": render_mode}, 1)
    assert isinstance(envs, SyncVectorEnv)  # as everything with a render mode
    try:
        fps = float(envs.metadata["render_fps"])
        for number in numbers:
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


def side_by_side(flights: list[Frames], columns: int = _COLUMNS) -> Frames:
    """Frames with all flights in rows of ``columns``; one that is over shows its last frame."""
    rows = -(-len(flights) // columns)
    blank = np.zeros_like(flights[0][0])
    films = []
    for t in range(max(map(len, flights))):
        parts = [frames[min(t, len(frames) - 1)] for frames in flights]
        parts += [blank] * (rows * columns - len(parts))
        lines = [np.hstack(parts[i : i + columns]) for i in range(0, len(parts), columns)]
        films.append(np.vstack(lines))
    return films


def _fly(agent: Agent, seed: int) -> tuple[Frames, float, float]:
    """Small frames of an episode, its return so far, and frames a second."""
    config = agent.config
    env = gym.make(config.env_id, **{**config.env_kwargs, "render_mode": "rgb_array"})
    obs, _ = env.reset(seed=seed)
    agent.policy.start()
    frames, total, ended = [_small(np.asarray(env.render()))], 0.0, False
    while not ended and len(frames) < _LONGEST:
        obs, reward, terminated, truncated, info = env.step(agent.policy.act(obs[None])[0])
        frames.append(_small(np.asarray(env.render())))
        total += float(info.get("raw_reward", reward))
        ended = terminated or truncated
    fps = float(env.metadata["render_fps"])
    env.close()
    return frames, total, fps


def _small(frame: Picture) -> Picture:
    cv2 = opencv()
    small = cv2.resize(frame, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _labelled(frame: Picture, label: str, episodic_return: float) -> Picture:
    text = f"{label}: {episodic_return:.0f}"
    cv2, marked = opencv(), np.ascontiguousarray(frame)
    cv2.putText(marked, text, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _WHITE, 1, cv2.LINE_AA)
    return marked
