"""Hyperparameter search for Stable-Baselines3's DQN on Lander-v0: five runs, then an Optuna study.

python -m baselines.studies.tune_sb3_dqn five
python -m baselines.studies.tune_sb3_dqn rank --out docs/results/experiments.md
python -m baselines.studies.tune_sb3_dqn tune --trials 20
python -m baselines.studies.tune_sb3_dqn rank-study --out docs/results/tuning.md

The five runs differ from the default settings in one or two each, are trained for 200,000 steps,
scored over 1,000 episodes and ranked. The study draws from a grid with Optuna; it lies in a SQLite
file, so that it goes on where it was killed. Its trials are judged on the seeds for evaluations,
not on those for scores.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # files only, no window

import optuna
from matplotlib import pyplot as plt
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import SQLAlchemyError

from baselines.algorithms.launch import start
from baselines.algorithms.registry import build_config
from baselines.results.plots import draw_runs
from baselines.results.run_data import ConfigResult, provenance
from baselines.results.run_folder import EPISODES_FILE, read_rows, read_run
from baselines.results.scoring import trained
from baselines.results.store import ROOT, add_result, read_result
from baselines.results.tables import markdown, percent
from baselines.runs.command import require_count
from baselines.runs.config import TrainConfig
from baselines.runs.files import require_writable, write_atomically
from baselines.studies.command import Study, run
from lander_envs.scoring.contender import score
from lander_envs.scoring.episodes import Episode, write_rows
from lander_envs.scoring.statistics import SCORED_EPISODES

_STEPS = 200_000  # of a run and of a trial

FIVE: dict[str, dict[str, Any]] = {
    "learning_rate_1e-3": {"learning_rate": 1e-3},
    "learning_rate_5e-5": {"learning_rate": 5e-5},
    "gamma_0.999": {"gamma": 0.999},
    "longer_exploration": {"exploration_fraction": 0.3, "exploration_final_eps": 0.02},
    "larger_batch": {"batch_size": 128, "buffer_size": 100_000},
}
"""Changed settings of each of the five runs, by name."""

GRID: dict[str, list[float]] = {
    "learning_rate": [1e-3, 5e-4, 1e-4, 5e-5],
    "gamma": [0.99, 0.999, 0.95],
    "exploration_fraction": [0.1, 0.2, 0.3],
    "exploration_final_eps": [0.01, 0.05, 0.1],
    "batch_size": [32, 64, 128],
    "buffer_size": [50_000, 100_000, 500_000],
    "target_update_interval": [5_000, 10_000, 20_000],
}
"""Search space of the study: 2,916 combinations."""

_STUDY = "lander_dqn"
_SHOWN = 20  # trials in the table


def make_config(name: str, changes: dict[str, Any], steps: int, seed: int) -> TrainConfig:
    """Default settings of DQN with some changes."""
    rate = changes.get("learning_rate", 1e-4)
    content = {
        "algorithm": "sb3",
        "learner": "DQN",
        "name": name,
        "total_steps": steps,
        "num_envs": 1,
        "seed": seed,
        "learning_rate": rate,
        "settings": {key: value for key, value in changes.items() if key != "learning_rate"},
        "eval_interval": min(steps, 50_000),
        "eval_episodes": 50,
    }
    return build_config(content, name)


# --- Five runs ---------------------------------------------------------------------------------


def five(
    runs: Path = Path("runs"),
    steps: int = _STEPS,
    seed: int = 1,
    results: Path = ROOT / "experiments",
) -> None:
    """Train and score the five runs; those that are finished are left alone.

    Args:
        runs: where runs are kept.
        steps: length of each.
        seed: of training.
        results: folder for their results.
    """
    for name, changes in FIVE.items():
        folder = runs / f"{_name(name)}-seed{seed}"
        if not (folder / "checkpoints" / "final.json").exists():
            start(make_config(_name(name), changes, steps, seed), folder)
        if not (folder / EPISODES_FILE).exists():
            episodes = score(trained(folder), SCORED_EPISODES)
            write_atomically(folder / EPISODES_FILE, write_rows(Episode._fields, episodes).encode())
        add_result(results, read_run(folder))


def rank(results: Path = ROOT / "experiments", out: Path = ROOT / "experiments.md") -> None:
    """Write the table of the five runs, the best first, and their learning curves.

    Args:
        results: folder of their results.
        out: the page's path; its plot lies beside it, as PNG.
    """
    require_writable(out)
    require_writable(out.with_suffix(".png"))
    ranked = ranking(results)
    write_atomically(out, page(ranked).encode())
    draw_runs(list(ranked.values()), out.with_suffix(".png"))
    print(f"best: {next(iter(ranked))}\nwrote {out}")


def ranking(results: Path) -> dict[str, ConfigResult]:
    """The results of the five runs by name, the best first."""
    scored = {name: read_result(results, _name(name)) for name in FIVE}
    return dict(sorted(scored.items(), key=lambda item: -item[1].mean_return))


def page(ranked: dict[str, ConfigResult]) -> str:
    """A run a row, and where they were trained."""
    heading = [
        *("rank", "run", "changed", "mean return", "standard deviation", "above 200", "training"),
    ]
    rows = [
        [
            str(place),
            name,
            _said(FIVE[name]),
            f"{result.mean_return:.1f}",
            f"{result.over_seeds('std_return'):.1f}",
            percent(result.over_seeds("win_rate")),
            f"{result.seconds:.0f} s",
        ]
        for place, (name, result) in enumerate(ranked.items(), start=1)
    ]
    return "\n".join([*markdown(heading, rows), "", provenance(list(ranked.values())), ""])


def _name(name: str) -> str:
    return f"sb3_lander_dqn_{name}"


def _said(changes: dict[str, Any]) -> str:
    return ", ".join(f"`{key}` {value:g}" for key, value in changes.items())


# --- A study -----------------------------------------------------------------------------------


def tune(
    storage: Path = Path("runs") / "tuning.db", trials: int = 20, steps: int = _STEPS, seed: int = 1
) -> None:
    """Go on with the study until it has that many trials.

    Args:
        storage: the SQLite file that holds the study.
        trials: how many are wanted in all.
        steps: length of each.
        seed: of all trainings, and of the sampler.
    """
    require_count("trials", trials)
    require_count("steps", steps)
    study = open_study(storage, seed)
    finished = len(study.get_trials(states=[optuna.trial.TrialState.COMPLETE]))
    study.optimize(lambda trial: _objective(trial, steps, seed), max(0, trials - finished))


def open_study(storage: Path, seed: int) -> optuna.Study:
    """The study in that file, or a new one.

    Raises:
        OSError: if the file cannot be opened as a store.
    """
    require_writable(storage, "storage")
    try:
        return optuna.create_study(
            storage=f"sqlite:///{storage}",
            study_name=_STUDY,
            sampler=optuna.samplers.TPESampler(seed=seed),
            direction="maximize",
            load_if_exists=True,
        )
    except (SQLAlchemyError, StorageInternalError) as broken:
        raise OSError(f"{storage} cannot be opened as a study: {broken}") from None


def _objective(trial: optuna.Trial, steps: int, seed: int) -> float:
    """The last evaluation's mean return."""
    changes = {key: trial.suggest_categorical(key, values) for key, values in GRID.items()}
    with tempfile.TemporaryDirectory() as folder:
        start(make_config("trial", changes, steps, seed), Path(folder))
        return read_rows(Path(folder) / "evaluation.csv")[-1]["mean_return"]


def rank_study(
    storage: Path = Path("runs") / "tuning.db", out: Path = Path("runs") / "tuning.md"
) -> None:
    """Write the table of the best trials, and a picture with every trial's return by setting.

    Args:
        storage: the SQLite file that holds the study.
        out: the page's path; its picture lies beside it, as PNG.
    """
    require_writable(out)
    require_writable(out.with_suffix(".png"))
    study = open_study(storage, seed=0)
    finished = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    ranked = sorted(finished, key=lambda trial: -(trial.value or 0.0))
    rows = [
        [
            str(place),
            str(trial.number),
            f"{trial.value:.1f}",
            *(f"{trial.params[key]:g}" for key in GRID),
        ]
        for place, trial in enumerate(ranked[:_SHOWN], start=1)
    ]
    heading = ["rank", "trial", "mean return", *(f"`{key}`" for key in GRID)]
    write_atomically(out, ("\n".join(markdown(heading, rows)) + "\n").encode())
    _draw_study(finished, out.with_suffix(".png"))
    print(f"wrote {out}")


def _draw_study(trials: list[optuna.trial.FrozenTrial], out: Path) -> None:
    figure, panels = plt.subplots(
        1, len(GRID), figsize=(14, 3.5), sharey=True, layout="constrained"
    )
    for axes, (key, values) in zip(panels, GRID.items(), strict=True):
        places = [values.index(trial.params[key]) for trial in trials]
        axes.plot(places, [trial.value for trial in trials], "o", alpha=0.5)
        axes.set_xticks(range(len(values)), [f"{value:g}" for value in values])
        axes.set_xlabel(key)
    panels[0].set_ylabel("mean return of the last evaluation")
    figure.savefig(out, dpi=120)
    plt.close(figure)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one of the commands; returns the exit status."""
    commands: dict[str, Study] = {
        "five": five,
        "rank": rank,
        "tune": tune,
        "rank-study": rank_study,
    }
    return run(commands, __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
