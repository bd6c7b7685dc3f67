"""A page of results, table and learning curves, from finished and scored runs.

python -m baselines.report runs/lander_ppo-seed* --out docs/results/lander_ppo.md

A run is scored by ``python -m baselines.evaluate RUN --csv RUN/episodes.csv``.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import matplotlib

matplotlib.use("Agg")  # files only, no window

import tyro
from matplotlib import pyplot as plt

from baselines.checkpoints import read_json, write_atomically
from baselines.episodes import WIN, Episode, summary


@dataclass
class Options:
    """Which runs to report, and where to."""

    runs: Annotated[list[Path], tyro.conf.Positional]
    """Folders of runs of one config, a seed each."""
    out: Path = Path("report.md")
    """The page's path; its picture lies beside it, as PNG."""


def main(arguments: list[str] | None = None) -> int:
    """Write the page and its picture; returns the exit status."""
    options = tyro.cli(Options, args=arguments, description=__doc__)
    picture = options.out.with_suffix(".png")
    try:
        page = "\n".join([*table(options.runs), "", provenance(options.runs), ""])
        draw_learning_curves(options.runs, picture)
    except (OSError, KeyError, ValueError) as problem:
        print(f"error: these runs cannot be reported: {problem}", file=sys.stderr)
        return 2
    write_atomically(options.out, page.encode())
    print(f"wrote {options.out} and {picture}")
    return 0


def table(runs: list[Path]) -> list[str]:
    """The lines of a Markdown table, a column a run."""
    columns = [_column(run) for run in runs]
    lines = ["| | " + " | ".join(run.name for run in runs) + " |", "|" + "---|" * (len(runs) + 1)]
    for key in columns[0]:
        lines.append(f"| {key} | " + " | ".join(column[key] for column in columns) + " |")
    return lines


def _column(run: Path) -> dict[str, str]:
    """What the table says of a run."""
    scores = summary(read_episodes(run / "episodes.csv"))
    evaluations = read_rows(run / "evaluation.csv")
    solved = [row["seconds"] for row in evaluations if row["mean_return"] >= WIN]
    last = read_rows(run / "training.csv")[-1]
    rates = {
        "above 200": "win_rate",
        "landed": "landing_rate",
        "landed on the pad": "pad_rate",
        "crashed": "crash_rate",
        "timeout": "timeout_rate",
    }
    return {
        "mean return": f"{scores['mean_return']:.1f} ± {scores['std_return']:.1f}",
        "interquartile mean": f"{scores['iqm']:.1f}",
        "95 % interval of it": f"{scores['ci_low']:.1f} to {scores['ci_high']:.1f}",
        **{label: f"{100 * scores[key]:.0f} %" for label, key in rates.items()},
        "episode length": f"{scores['mean_length']:.0f}",
        "training steps": f"{last['steps']:,.0f}",
        "training time": f"{last['seconds']:.0f} s",
        "time to 200": f"{solved[0]:.0f} s" if solved else "never",
    }


def provenance(runs: list[Path]) -> str:
    """A sentence with the machine and the versions of the runs."""
    described = {json.dumps(_origin(run), sort_keys=True) for run in runs}
    sentences = []
    for origin in map(json.loads, sorted(described)):
        machine = origin["machine"]
        packages = ", ".join(f"{name} {number}" for name, number in origin["versions"].items())
        sentences.append(
            f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['system']}. "
            f"Versions: {packages}."
        )
    return " ".join(sentences)


def _origin(run: Path) -> dict[str, Any]:
    description = read_json(run / "run.json")
    return {"machine": description["machine"], "versions": description["versions"]}


def draw_learning_curves(runs: list[Path], out: Path) -> None:
    """Training and evaluation returns over steps, a colour a run, with the line of 200."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for number, run in enumerate(runs):
        colour = f"C{number}"
        training, evaluation = read_rows(run / "training.csv"), read_rows(run / "evaluation.csv")
        axes.plot(*_curve(training, "episodic_return"), color=colour, alpha=0.3, linewidth=1)
        axes.plot(*_curve(evaluation, "mean_return"), color=colour, marker=".", label=run.name)
    axes.axhline(WIN, color="grey", linestyle="--", linewidth=1)
    axes.set(xlabel="environment steps", ylabel="episodic return")
    lowest, highest = axes.get_ylim()
    axes.set_ylim(max(lowest, -400), max(highest, 320))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend(loc="best", title="greedy evaluation (pale: while training)")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)
    plt.close(figure)


def _curve(rows: list[dict[str, float]], name: str) -> tuple[list[float], list[float]]:
    return [row["steps"] for row in rows], [row[name] for row in rows]


def read_rows(path: Path) -> list[dict[str, float]]:
    """The rows of a run's table, numbers all."""
    with path.open(newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def read_episodes(path: Path) -> list[Episode]:
    """The episodes that ``evaluate --csv`` wrote."""
    with path.open(newline="") as file:
        return [
            Episode(
                int(row["seed"]),
                float(row["episodic_return"]),
                int(row["length"]),
                row["outcome"],
                row["on_pad"] == "True",
            )
            for row in csv.DictReader(file)
        ]


if __name__ == "__main__":
    sys.exit(main())
