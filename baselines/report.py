"""Write the tables, plots, facts and model cards of the committed results, or report on some runs.

python -m baselines.report
python -m baselines.report runs/lander_ppo-seed* --out report.md

The first form rebuilds everything that is generated in docs/results, README.md and the agents'
cards. A run is scored by ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from baselines.results.pages import Repository, Results, by_variant, ours, texts
from baselines.results.plots import draw_agents, draw_health, draw_runs, draw_scores
from baselines.results.run_data import ConfigResult, provenance
from baselines.results.run_folder import read_health, read_run
from baselines.results.store import read_all
from baselines.results.tables import run_table
from baselines.runs.command import read_options, run_command
from baselines.runs.files import require_writable, write_atomically
from baselines.runs.names import find_run


@dataclass
class Options:
    """Options of a report."""

    runs: Annotated[list[Path], tyro.conf.Positional] = field(default_factory=list)
    """Runs; without any, all the committed results."""
    out: Path = Path("report.md")
    """The page of the given runs; its plots lie beside it, as PNG."""
    root: Path = Path()
    """Folder of the checkout whose generated files are rebuilt."""


def main(arguments: list[str] | None = None) -> int:
    """Writes the pages and their plots; returns the exit status."""
    options = read_options(Options, arguments, __doc__)
    return run_command(lambda: _report(options), "the results cannot be reported")


def _report(options: Options) -> int:
    name, beside = ("root", "runs") if options.runs else ("out", "the committed results")
    if (given := getattr(options, name)) != getattr(Options(), name):
        raise ValueError(f"{name} does not go with {beside}, got {given}")
    if options.runs:
        _report_runs([find_run(name) for name in options.runs], options.out)
    else:
        _rebuild(Repository(options.root))
    return 0


def _report_runs(folders: list[Path], out: Path) -> None:
    runs = [read_run(folder) for folder in folders]
    pictures = [out.with_suffix(".png")]
    if pictures[0] == out:
        raise ValueError(f"out: the page cannot lie where its plot goes, got {out}")
    logs = [log for folder in folders if (log := read_health(folder)) is not None]
    if logs:
        pictures.append(out.with_name(f"{out.stem}_health.png"))
    for path in (out, *pictures):
        require_writable(path)
    shown = [f"![]({picture.name})\n" for picture in pictures]
    write_atomically(out, "\n".join([page(runs), *shown]).encode())
    draw_runs(runs, pictures[0])
    if logs:
        draw_health(logs, pictures[1])
    print(f"wrote {out} and {', '.join(map(str, pictures))}")


def page(runs: list[ConfigResult]) -> str:
    """A table with a column a run, the commands that train them, and where they were trained."""
    commands = [command for run in runs if (command := run.command(run.seeds[0].seed)) is not None]
    block = ["```", *commands, "```", ""] if commands else []
    return "\n".join([*run_table(runs), "", *block, provenance(runs), ""])


def _rebuild(repository: Repository) -> None:
    results = read_all(repository.runs)
    written = texts(repository, results)
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())
    plots = _draw(repository, results)
    print(f"wrote {len(written)} texts and {plots} plots of {len(results)} configs")


def _draw(repository: Repository, results: Results) -> int:
    landers = [result for result in ours(results) if result.is_lander]
    if landers:
        draw_scores(landers, repository.pages / "overview.png")
    variants = by_variant(results)
    for slug, alike in variants.items():
        draw_agents(alike, repository.pages / "variants" / f"{slug}.png")
    return len(variants) + bool(landers)


if __name__ == "__main__":
    sys.exit(main())
