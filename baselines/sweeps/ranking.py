"""Ranking of a study's trials: a table, a picture, and the best settings as a config."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml
from matplotlib.figure import Figure
from optuna.trial import FrozenTrial, TrialState

from baselines.results.tables import markdown
from baselines.runs.files import write_atomically
from baselines.sweeps.search_space import with_values
from baselines.sweeps.study import Plan
from baselines.sweeps.trials import RUN

TABLE, PICTURE, BEST = "study.md", "study.png", "best.yaml"
"""Files in a study's folder."""

_SHOWN = 20  # trials in the table
_PANELS_A_ROW = 4
_OWN = ("algorithm", "name")  # settings that a config's file begins with


def ranked(trials: list[FrozenTrial]) -> list[FrozenTrial]:
    """Complete trials, that with the highest value first."""
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    return sorted(complete, key=lambda trial: -(trial.value or 0.0))


def write(folder: Path, plan: Plan, trials: list[FrozenTrial]) -> None:
    """Write table, picture and best settings of a study with complete trials."""
    best = ranked(trials)
    write_atomically(folder / TABLE, page(plan, trials).encode())
    write_atomically(folder / BEST, best_config(plan, best[0], len(best)).encode())
    draw(plan, best, folder / PICTURE)


def page(plan: Plan, trials: list[FrozenTrial]) -> str:
    """A trial a row, the best first, and how many trials ended in which way."""
    rows = [
        [
            *(str(place), str(trial.user_attrs[RUN]), f"{trial.value:.1f}"),
            *(_cell(trial.params[key]) for key in plan.space),
        ]
        for place, trial in enumerate(ranked(trials)[:_SHOWN], start=1)
    ]
    heading = ["rank", "run", "mean return", *(f"`{key}`" for key in plan.space)]
    counts = Counter(trial.state.name.lower() for trial in trials if RUN in trial.user_attrs)
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    seeds = ", ".join(map(str, plan.seeds))
    said = f"Trials: {told}. A value is the last evaluation's, mean over the seeds {seeds}."
    return "\n".join([*markdown(heading, rows), "", said, ""])


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def best_config(plan: Plan, trial: FrozenTrial, complete: int) -> str:
    """Settings of a trial as a config's YAML, which ``baselines.train`` takes."""
    config = plan.config(trial.params, plan.seeds[0])
    settings = with_values(plan.settings, trial.params)
    content = {key: getattr(config, key) for key in _OWN}
    content |= {key: value for key, value in settings.items() if key not in _OWN}
    heading = f"# Best of {complete} trials of the study {plan.name}: return {trial.value:.1f}.\n"
    return heading + yaml.safe_dump(content, sort_keys=False)


def draw(plan: Plan, trials: list[FrozenTrial], out: Path) -> None:
    """Value of each complete trial by each setting."""
    rows = -(-len(plan.space) // _PANELS_A_ROW)
    columns = min(len(plan.space), _PANELS_A_ROW)
    figure = Figure(figsize=(3.5 * columns, 3 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes in panels.flat[len(plan.space) :]:
        axes.remove()
    for axes, (key, values) in zip(panels.flat, plan.space.items(), strict=False):
        drawn = [trial.params[key] for trial in trials]
        if isinstance(values, list):
            axes.set_xticks(range(len(values)), [_cell(value) for value in values])
            drawn = [values.index(value) for value in drawn]
        elif values.get("log"):
            axes.set_xscale("log")
        axes.plot(drawn, [trial.value for trial in trials], "o", alpha=0.5)
        axes.set_xlabel(key)
    for row in panels:
        row[0].set_ylabel("mean return")
    figure.savefig(out, dpi=120)
