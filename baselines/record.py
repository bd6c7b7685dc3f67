"""Film an agent: one GIF or MP4 an episode, named by episode and return.

python -m baselines.record runs/lander_ppo-seed1
python -m baselines.record runs/lander_ppo-seed1 --until 200 --attempts 10
python -m baselines.record runs/lander_ppo-seed1 --human
python -m baselines.record --all --out docs/results/films
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import cv2
import gymnasium as gym
import imageio.v3 as iio
import numpy as np
import tyro
from numpy.typing import NDArray
from PIL import Image
from rich.progress import track

import lander_envs
from baselines.evaluation.episodes import SCORING_SEED
from baselines.results import pretrained as agents
from baselines.results.pretrained import Agent
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.config import ConfigError
from baselines.runs.files import write_atomically

# A GIF shows every second frame at half size: a tenth of the bytes, and motion stays smooth. One
# palette serves all frames: with one each, colours would flicker and still parts be stored again.
_GIF_STRIDE = 2
_GIF_SCALE = 0.5
_GIF_COLOURS = 64


@dataclass
class Options:
    """What to film, and how."""

    agent: Annotated[Path | None, tyro.conf.Positional] = None
    """A committed agent's name, a run's folder, or the JSON of one checkpoint."""
    all: bool = False
    """Instead: a landing of each committed agent, as GIF, and a page of them an environment."""
    out: Path = Path("videos")
    """Folder for the files."""
    format: Literal["gif", "mp4"] = "gif"
    """File format."""
    until: float | None = None
    """Film attempts until one returns at least this, and keep that one only."""
    attempts: int = 10
    """Episodes at most, with --until."""
    episodes: int = 1
    """Episodes to film, without --until."""
    human: bool = False
    """Show the agent in a window instead of writing files."""


def main(arguments: list[str] | None = None) -> int:
    """Film, and return the exit status: 1 if --until was not reached."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    try:
        if options.all == (options.agent is not None):
            raise ValueError("give exactly one of an agent and --all")
        return _film_committed(options) if options.all else _film(options)
    except (CheckpointError, ConfigError, OSError, ValueError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2


def _film(options: Options) -> int:
    """The episodes of one agent that are wanted; status 1 if --until was not reached."""
    assert options.agent is not None
    agent = agents.load(options.agent)
    limit = options.episodes if options.until is None else options.attempts
    for flight in fly(agent, limit, "human" if options.human else "rgb_array"):
        print(f"episode {flight.episode}: return {flight.episodic_return:.1f}")
        if options.until is not None and flight.episodic_return < options.until:
            continue
        if not options.human:
            name = f"episode-{flight.episode}_return-{flight.episodic_return:.1f}"
            path = options.out / f"{env_slug(agent.config.env_id)}_{name}.{options.format}"
            write_film(path, flight.frames, flight.fps)
            print(f"wrote {path}")
        if options.until is not None:
            return 0
    if options.until is None:
        return 0
    print(f"no episode of {options.attempts} returned {options.until:g}", file=sys.stderr)
    return 1


def _film_committed(options: Options) -> int:
    """A landing of each committed lander's, and a page of them for each environment.

    It is the first episode of the agent's score at or above its floor.
    """
    pages: defaultdict[str, list[str]] = defaultdict(list)
    for name in agents.committed():
        agent = agents.load(name)
        env_id, seed = agent.config.env_id, agent.config.seed
        if env_id not in lander_envs.ENV_IDS:
            continue
        floor = agents.floor(env_id)
        flights = fly(agent, options.attempts, "rgb_array")
        flight = next((flight for flight in flights if flight.episodic_return >= floor), None)
        if flight is None:
            print(f"{name}: no episode of {options.attempts} returned {floor:g}", file=sys.stderr)
            return 1
        write_film(options.out / f"{name}.gif", flight.frames, flight.fps)
        told = f"episode {flight.episode} of its score, return {flight.episodic_return:.1f}"
        pages[env_slug(env_id)] += [
            f"![The agent {name} lands.]({name}.gif)\n",
            f"`{name}`, training seed {seed}: {told}.\n",
        ]
        print(f"{name}: {told}")
    for slug, lines in pages.items():
        write_atomically(options.out / f"{slug}.md", "\n".join(lines).encode())
    return 0


class Flight(NamedTuple):
    """An episode on film."""

    episode: int  # of the agent's score, counted from 0
    episodic_return: float  # raw
    frames: list[NDArray[np.uint8]]  # (H, W, 3), none where a window showed them
    fps: float  # at which they play in real time


def fly(agent: Agent, episodes: int, render_mode: str) -> Iterator[Flight]:
    """Greedy episodes on the seeds of scores, one after the other."""
    config = agent.config
    env = gym.make(config.env_id, render_mode=render_mode, **config.env_kwargs)
    try:
        for episode in track(range(episodes), "episodes", transient=True):
            played = play_once(env, agent, SCORING_SEED + episode)
            yield Flight(episode, *played, base_fps(env))
    finally:
        env.close()


def play_once(
    env: gym.Env[Any, Any], agent: Agent, seed: int
) -> tuple[float, list[NDArray[np.uint8]]]:
    """One greedy episode: its raw return and, unless a window shows them, its frames."""
    obs, _ = env.reset(seed=seed)
    agent.policy.start()
    frames, episodic_return, ended = [env.render()], 0.0, False
    while not ended:
        obs, reward, terminated, truncated, info = env.step(agent.policy.act(obs[None])[0])
        episodic_return += float(info.get("raw_reward", reward))
        frames.append(env.render())
        ended = terminated or truncated
    return episodic_return, [np.asarray(frame) for frame in frames if frame is not None]


def write_film(path: Path, frames: list[NDArray[np.uint8]], fps: float) -> None:
    """Write ``frames`` (H, W, 3) so that they play in real time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".mp4":
        # Sides must be whole macro blocks; 8 divides 600 and 400, the usual 16 does not.
        iio.imwrite(path, np.stack(frames), fps=fps, macro_block_size=8)
        return
    _write_gif(path, frames[::_GIF_STRIDE], fps / _GIF_STRIDE)


def _write_gif(path: Path, frames: list[NDArray[np.uint8]], fps: float) -> None:
    small = [
        cv2.resize(frame, None, fx=_GIF_SCALE, fy=_GIF_SCALE, interpolation=cv2.INTER_AREA)
        for frame in frames
    ]
    some = np.concatenate(small[:: max(1, len(small) // 8)])
    palette = Image.fromarray(some).quantize(_GIF_COLOURS)
    first, *rest = (
        Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in small
    )
    # Durations are in milliseconds; loop=0 is for ever.
    first.save(path, save_all=True, append_images=rest, duration=1000 / fps, loop=0)


def base_fps(env: gym.Env[Any, Any]) -> float:
    """Frames a second at which one frame a decision plays in real time."""
    return float(env.metadata["render_fps"]) / getattr(env.unwrapped, "frame_skip", 1)


def env_slug(env_id: str) -> str:
    """The id without its namespace, in lower case: "lander-v0"."""
    return env_id.rsplit("/", 1)[-1].lower()


if __name__ == "__main__":
    sys.exit(main())
