"""Committed results: a JSON file a config, and a compressed CSV file of its scored episodes."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from baselines.results.run_data import ConfigResult, Episodes, SeedResult
from baselines.runs.config import ConfigError, differing
from baselines.runs.files import read_json, to_json, write_atomically
from lander_envs.scoring.episodes import Episode, parse_episode, write_rows

ROOT = Path("docs/results")
"""Folder of all that is generated of results."""
COMMITTED = ROOT / "runs"

_COLUMNS = ("training_seed", "backend", *Episode._fields)
_DECIMALS = 2  # of the numbers kept: a thousand episodes a seed shall stay small
_LIST_OF_NUMBERS = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")


def read_result(folder: Path, name: str) -> ConfigResult:
    """The committed result of a config.

    Raises:
        OSError: if a file is missing.
        ValueError: if one holds something else.
    """
    path = folder / f"{name}.json"
    content = read_json(path)
    try:
        seeds = [SeedResult.model_validate(record) for record in content["seeds"]]
        settings = content["settings"]
    except (KeyError, TypeError, ValidationError) as other:
        raise ValueError(f"{path} is no result of a config: {other}") from None
    table = episodes_file(folder, name)
    try:
        episodes = _read_episodes(table)
    except (KeyError, ValueError, EOFError, zlib.error, csv.Error) as other:
        raise ValueError(f"{table} holds no episodes of scores: {other}") from None
    if (scored := sorted(episodes)) != (told := sorted(record.seed for record in seeds)):
        raise ValueError(f"{table} must hold the seeds of {path.name}, {told}, got {scored}")
    return ConfigResult(settings, seeds, episodes)


def read_all(folder: Path) -> dict[str, ConfigResult]:
    """All committed results by name, in the order of the alphabet; ValueError if there are none."""
    names = sorted(path.stem for path in folder.glob("*.json"))
    if not names:
        raise ValueError(f"there is no result in {folder}")
    return {name: read_result(folder, name) for name in names}


def write_result(folder: Path, result: ConfigResult) -> Path:
    """Writes both files of a config; returns the path of the JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [record.model_dump(mode="json") for record in result.seeds]
    path = folder / f"{result.name}.json"
    write_atomically(path, compact_json({"settings": result.settings, "seeds": records}))
    table = write_rows(_COLUMNS, _rows(result.episodes))
    # A time of 0 instead of now, so that equal episodes give equal bytes.
    write_atomically(episodes_file(folder, result.name), gzip.compress(table.encode(), mtime=0))
    return path


def add_result(folder: Path, new: ConfigResult) -> Path:
    """Adds the seeds of a config to its files, in the place of seeds of the same number.

    Raises:
        ConfigError: if the other seeds were trained with other settings.
    """
    if not (folder / f"{new.name}.json").exists():
        return write_result(folder, new)
    old = read_result(folder, new.name)
    replaced = {record.seed for record in new.seeds}
    kept = [record for record in old.seeds if record.seed not in replaced]
    other = differing(old.settings, new.settings)
    # A training does not depend on them, but the steps to 200 are read off its evaluations.
    if old.settings["eval_episodes"] != new.settings["eval_episodes"]:
        other = sorted({*other, "eval_episodes"})
    if kept and other:
        raise ConfigError(
            f"the seeds in {folder / new.name}.json were trained with another {', '.join(other)}"
        )
    episodes = {**{record.seed: old.episodes[record.seed] for record in kept}, **new.episodes}
    return write_result(folder, ConfigResult(new.settings, [*kept, *new.seeds], episodes))


def episodes_file(folder: Path, name: str) -> Path:
    """Path of a config's compressed episodes."""
    return folder / f"{name}.csv.gz"


def compact_json(content: Any) -> bytes:
    """Strict, indented JSON with each list of numbers on one line."""
    text = to_json(content).decode()
    return _LIST_OF_NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text).encode()


def _rows(episodes: Episodes) -> Iterator[tuple[object, ...]]:
    for seed, backends in sorted(episodes.items()):
        for backend, scored in backends.items():
            for episode in scored:
                yield (seed, backend, *map(_rounded, episode))


def _rounded(value: object) -> object:
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _read_episodes(path: Path) -> Episodes:
    text = gzip.decompress(path.read_bytes()).decode()
    episodes: Episodes = {}
    for row in csv.DictReader(io.StringIO(text)):
        backends = episodes.setdefault(int(row["training_seed"]), {})
        backends.setdefault(row["backend"], []).append(parse_episode(row))
    return episodes
