"""The tables and pictures of results, from finished and scored runs.

python -m baselines.report
python -m baselines.report runs/lander_ppo-seed* --out report.md

The first form rebuilds all that is generated of the results page, and the agents' cards, from the
committed runs. A run is scored by ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from baselines.results import pretrained as agents
from baselines.results.model_card import write_card
from baselines.results.plots import draw_learning_curves, draw_scores
from baselines.results.run_data import COMMITTED, Evidence, committed_runs, provenance
from baselines.results.tables import Agents, flight_table, learning_table, run_table, score_table
from baselines.runs.checkpoint import CheckpointError
from baselines.runs.files import write_atomically


@dataclass
class Options:
    """Which runs to report, and where to."""

    runs: Annotated[list[Path], tyro.conf.Positional] = field(default_factory=list)
    """Folders of runs; without any, all the committed ones."""
    out: Path = Path("report.md")
    """The page of the given runs; its picture lies beside it, as PNG."""
    committed: Path = COMMITTED
    """Folder of the committed runs; their pages go beside it."""


def main(arguments: list[str] | None = None) -> int:
    """Write the pages and their pictures; returns the exit status."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    try:
        if options.runs:
            _write_page([Evidence(folder) for folder in options.runs], options.out)
        else:
            _write_all(options.committed)
    except (CheckpointError, OSError, KeyError, ValueError) as problem:
        print(f"error: these runs cannot be reported: {problem}", file=sys.stderr)
        return 2
    return 0


def _write_all(committed: Path) -> None:
    """The page of each config, the tables over all of them, and the cards of the agents."""
    runs = committed_runs(committed)
    if not runs:
        raise ValueError(f"there is no run in {committed}")
    for name, seeds in runs.items():
        _write_page(seeds, committed.parent / f"{name}.md")
    out = committed.parent / "overview.md"
    write_atomically(out, overview(runs).encode())
    draw_scores(_landers(runs), out.with_suffix(".png"))
    print(f"wrote {out} and {out.with_suffix('.png')}")
    for name in agents.committed():
        print(f"wrote {write_card(agents.COMMITTED / name, committed)}")


def _write_page(runs: list[Evidence], out: Path) -> None:
    write_atomically(out, page(runs).encode())
    draw_learning_curves(runs, out.with_suffix(".png"))
    print(f"wrote {out} and {out.with_suffix('.png')}")


def page(runs: list[Evidence]) -> str:
    """A table with a column a run, the commands that train them, and where they were trained."""
    commands = [run.command for run in runs if run.command is not None]
    block = ["```", *commands, "```", ""] if commands else []
    return "\n".join([*run_table(runs), "", *block, provenance(runs), ""])


def overview(runs: Agents) -> str:
    """Tables of all agents: scores, how their flights end, how long they learn."""
    tables = score_table(runs), flight_table(_landers(runs)), learning_table(runs)
    return "\n\n".join("\n".join(table) for table in tables) + "\n"


def _landers(runs: Agents) -> Agents:
    return {name: seeds for name, seeds in runs.items() if seeds[0].lands}


if __name__ == "__main__":
    sys.exit(main())
