"""Command ``record``: films of a policy."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from lander_envs.checks import real, whole, writable_folder
from lander_envs.commands.policies import flier
from lander_envs.commands.progress import progress_bar
from lander_envs.flights.films import Frames, require_writer, write_film
from lander_envs.flights.flight import Flight, Result, pilot_of
from lander_envs.scoring.contender import Contender
from lander_envs.spaces import FPS


@dataclass
class Record:
    """Film a policy: one GIF or MP4 an episode, in real time."""

    policy: Annotated[str, tyro.conf.Positional] = "lander"
    """An agent's name, the path of an ONNX file, "random" or "heuristic"."""
    env_id: str | None = None
    """Environment, for "random" and "heuristic"; an agent brings its own."""
    continuous: bool = False
    """Throttles instead of four actions, for "random" and "heuristic"."""
    out: Path = Path("videos")
    """Folder for the files."""
    format: Literal["gif", "mp4"] = "gif"
    """File format."""
    seed: int = 0
    """Seed of the first episode; each further one takes the next."""
    episodes: int = 1
    """Number of episodes, at most that many with --until."""
    until: float | None = None
    """Keep only the first episode that scores at least this; exit with status 1 if none does."""
    json: bool = False
    """Print a JSON object a film instead of its path."""

    def run(self) -> int:
        """Films, and returns the exit status."""
        whole("seed", self.seed, 0)
        whole("episodes", self.episodes, 1)
        if self.until is not None:
            real("until", self.until)
        writable_folder("out", self.out)
        require_writer(self.format)
        filmed = flier(self.policy, self.env_id, self.continuous)
        with progress_bar("episodes", self.episodes) as advance:
            for seed in range(self.seed, self.seed + self.episodes):
                kept = self._film(filmed, seed)
                advance(1)
                if kept and self.until is not None:
                    return 0
        if self.until is None:
            return 0
        print(f"no episode of {self.episodes} scored {self.until:g}", file=sys.stderr)
        return 1

    def _film(self, filmed: Contender, seed: int) -> bool:
        """Film an episode, and write it unless its score is too low; returns whether it did."""
        frames, fps, result = fly_filmed(filmed, self.policy, seed)
        if self.until is not None and result.score < self.until:
            return False
        stem = Path(self.policy).stem
        path = self.out / f"{stem}_seed-{seed}_score-{result.score:.1f}.{self.format}"
        write_film(path, frames, fps)
        written = {"path": str(path), **result._asdict()}
        print(json.dumps(written) if self.json else f"wrote {path}", flush=True)
        return True


def fly_filmed(filmed: Contender, name: str, seed: int) -> tuple[Frames, float, Result]:
    """Frames of an episode, their number a second in real time, and its result."""
    pilot = pilot_of(filmed.policy, seed)
    flight = Flight(name, pilot, filmed.env_id, filmed.env_kwargs, seed)
    frames = [flight.frame()]
    while not flight.is_over:
        flight.step()
        frames.append(flight.frame())
    flight.close()
    return frames, FPS / flight.base_steps, flight.result
