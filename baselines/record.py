"""Film an agent: one GIF or MP4 an episode, named by episode and return.

python -m baselines.record runs/lander_ppo-seed1
python -m baselines.record runs/lander_ppo-seed1 --until 200 --attempts 10
python -m baselines.record runs/lander_ppo-seed1 --best 4 --of 80
python -m baselines.record runs/lander_ppo-seed1 --human
python -m baselines.record --all --out docs/results/films
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.progress import track

import lander_envs
from baselines.results import pretrained
from baselines.results.films import (
    Film,
    film_best,
    film_episodes,
    film_landing,
    grid,
    write_small_gif,
)
from baselines.results.variants import short_id
from baselines.runs.command import read_options, require_count, require_return, run_command
from baselines.runs.files import require_writable_folder
from lander_envs.flights.films import require_writer, write_film
from lander_envs.scoring.contender import MOST_EPISODES
from lander_envs.transforms.pixels import opencv

_MOST_IN_GRID = 16
# Options that each kind of film takes beside its own.
_TAKEN = {
    "all": ("out", "attempts"),
    "best": ("agent", "of", "out", "format"),
    "until": ("agent", "attempts", "out", "format", "human"),
    "episodes": ("agent", "out", "format", "human"),
}


@dataclass
class Options:
    """Options of a film."""

    agent: Annotated[Path | None, tyro.conf.Positional] = None
    """A config's name, a run, or the JSON of one checkpoint."""
    all: bool = False
    """Instead: a landing of each committed agent, as a small GIF."""
    out: Path = Path("videos")
    """Folder for the files."""
    format: Literal["gif", "mp4"] = "gif"
    """File format."""
    until: float | None = None
    """Film attempts until one returns at least this, and keep that one only."""
    attempts: int = 10
    """Episodes at most, with --until and --all."""
    episodes: int = 1
    """Episodes to film, without --until and --best."""
    best: int | None = None
    """Film this many of the best episodes in one grid, 1 to 16."""
    of: int = 80
    """Episodes among which --best chooses."""
    human: bool = False
    """Show the agent in a window instead of writing files."""


def main(arguments: list[str] | None = None) -> int:
    """Films, and returns the exit status: 1 if no episode was good enough."""
    options = read_options(Options, arguments, __doc__)
    return run_command(lambda: _film(options))


def _film(options: Options) -> int:
    if options.all == (options.agent is not None):
        raise ValueError("give exactly one of an agent and --all")
    require_count("episodes", options.episodes)
    require_count("attempts", options.attempts)
    require_return("until", options.until)
    _refuse_untaken(options)
    if options.best is not None:
        require_count("of", options.of, MOST_EPISODES)
        require_count("best", options.best, min(options.of, _MOST_IN_GRID))
    if not options.human:
        require_writable_folder(options.out)
        require_writer(options.format)
    if options.best is not None:
        opencv()  # frames of a grid are reduced in either format
        return _film_best(options, options.best)
    return _film_all(options) if options.all else _film_one(options)


def _refuse_untaken(options: Options) -> None:
    """ValueError for an option that the film does not take; it would be dropped."""
    kind = next((key for key in ("all", "best", "until") if _is_given(options, key)), "episodes")
    for name in vars(options):
        if name not in (kind, *_TAKEN[kind]) and _is_given(options, name):
            taken = ", ".join(key if key == "agent" else f"--{key}" for key in _TAKEN[kind])
            raise ValueError(f"--{kind} goes with {taken} only, got --{name}")
    for name in ("out", "format"):
        if options.human and _is_given(options, name):
            given = getattr(options, name)
            raise ValueError(f"{name}: --human writes no files, got {given}")


def _is_given(options: Options, name: str) -> bool:
    return bool(getattr(options, name) != getattr(Options(), name))


def _film_one(options: Options) -> int:
    assert options.agent is not None
    agent = pretrained.load(options.agent)
    limit = options.episodes if options.until is None else options.attempts
    films = film_episodes(agent, limit, human=options.human)
    for film in track(films, "episodes", total=limit, transient=True):
        episodic_return = film.episode.episodic_return
        print(f"episode {film.number}: return {episodic_return:.1f}")
        if options.until is not None and episodic_return < options.until:
            continue
        if not options.human:
            _write(film, agent.config.env_id, options)
        if options.until is not None:
            return 0
    if options.until is None:
        return 0
    print(f"no episode of {options.attempts} returned {options.until:g}", file=sys.stderr)
    return 1


def _film_best(options: Options, best: int) -> int:
    assert options.agent is not None
    agent = pretrained.load(options.agent)
    films = film_best(agent, best, options.of)
    for film in films:
        print(f"episode {film.number}: return {film.episode.episodic_return:.1f}")
    name = f"{short_id(agent.config.env_id).lower()}_best-{best}-of-{options.of}"
    path = options.out / f"{name}.{options.format}"
    write_film(path, grid(films), films[0].fps, scale=1.0)
    print(f"wrote {path}")
    return 0


def _write(film: Film, env_id: str, options: Options) -> None:
    name = f"episode-{film.number}_return-{film.episode.episodic_return:.1f}"
    path = options.out / f"{short_id(env_id).lower()}_{name}.{options.format}"
    write_film(path, film.frames, film.fps)
    print(f"wrote {path}")


def _film_all(options: Options) -> int:
    for name in pretrained.committed():
        agent = pretrained.load(name)
        if agent.config.env_id not in lander_envs.REGISTERED_IDS:
            continue
        film = film_landing(agent, options.attempts)
        if film is None:
            print(f"{name}: no episode of {options.attempts} was solved", file=sys.stderr)
            return 1
        size = write_small_gif(options.out / f"{name}.gif", film.frames, film.fps)
        told = f"episode {film.number} of its score, return {film.episode.episodic_return:.1f}"
        print(f"{name}: {told}, {size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
