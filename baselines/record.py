"""Film an agent: one GIF or MP4 an episode, named by episode and return.

python -m baselines.record runs/lander_ppo-seed1
python -m baselines.record runs/lander_ppo-seed1 --until 200 --attempts 10
python -m baselines.record runs/lander_ppo-seed1 --human
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import cv2
import gymnasium as gym
import imageio.v3 as iio
import numpy as np
import tyro
from numpy.typing import NDArray
from rich.progress import track

from baselines import agents
from baselines.agents import Agent
from baselines.checkpoints import CheckpointError
from baselines.config import ConfigError
from baselines.episodes import SCORING_SEED

# A GIF shows every second frame at half size: a tenth of the bytes, and motion stays smooth.
_GIF_STRIDE = 2
_GIF_SCALE = 0.5


@dataclass
class Options:
    """What to film, and how."""

    agent: Annotated[Path, tyro.conf.Positional]
    """A committed agent's name, a run's folder, or the JSON of one checkpoint."""
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
        agent = agents.load(options.agent)
        reached = _film(agent, options)
    except (CheckpointError, ConfigError, OSError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    if not reached:
        print(f"no episode of {options.attempts} returned {options.until:g}", file=sys.stderr)
    return 0 if reached else 1


def _film(agent: Agent, options: Options) -> bool:
    config = agent.config
    mode = "human" if options.human else "rgb_array"
    env = gym.make(config.env_id, render_mode=mode, **config.env_kwargs)
    limit = options.episodes if options.until is None else options.attempts
    reached = options.until is None
    for episode in track(range(limit), "episodes", transient=True):
        episodic_return, frames = play_once(env, agent, SCORING_SEED + episode)
        good = options.until is None or episodic_return >= options.until
        name = f"{env_slug(config.env_id)}_episode-{episode}_return-{episodic_return:.1f}"
        print(f"episode {episode}: return {episodic_return:.1f}")
        if good and not options.human:
            path = options.out / f"{name}.{options.format}"
            write_film(path, frames, base_fps(env))
            print(f"wrote {path}")
        if good and options.until is not None:
            reached = True
            break
    env.close()
    return reached


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
    small = [
        cv2.resize(frame, None, fx=_GIF_SCALE, fy=_GIF_SCALE, interpolation=cv2.INTER_AREA)
        for frame in frames[::_GIF_STRIDE]
    ]
    # GIF counts in hundredths of a second, imageio in milliseconds; 0 loops for ever.
    iio.imwrite(path, np.stack(small), duration=1000 * _GIF_STRIDE / fps, loop=0)


def base_fps(env: gym.Env[Any, Any]) -> float:
    """Frames a second at which one frame a decision plays in real time."""
    return float(env.metadata["render_fps"]) / getattr(env.unwrapped, "frame_skip", 1)


def env_slug(env_id: str) -> str:
    """The id without its namespace, in lower case: "lander-v0"."""
    return env_id.rsplit("/", 1)[-1].lower()


if __name__ == "__main__":
    sys.exit(main())
