"""A search for settings of Stable-Baselines3's DQN on Lander-v0: five runs by hand, then a study.

python -m baselines.studies.tune_sb3_dqn five
python -m baselines.studies.tune_sb3_dqn rank --out docs/results/experiments.md
python -m baselines.studies.tune_sb3_dqn tune --trials 20
python -m baselines.studies.tune_sb3_dqn rank-study --out docs/results/tuning.md

The five runs differ from the default settings in one or two each, are trained for 200,000 steps,
scored over 100 episodes and ranked. The study draws from a grid with Optuna; it lies in a SQLite
file, so that it goes on where it was killed. Its trials are judged on the seeds for evaluations,
not on those for scores.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # files only, no window

import optuna
import tyro
from matplotlib import pyplot as plt

from baselines import evaluate
from baselines.algorithms.sb3 import SB3Config, SB3Trainer
from baselines.results.plots import draw_learning_curves
from baselines.results.run_data import Evidence, provenance
from baselines.results.tables import mean_and_std
from baselines.runs.config import build
from baselines.runs.files import write_atomically
from baselines.runs.run import Run

_STEPS = 200_000  # of a run and of a trial

FIVE: dict[str, dict[str, Any]] = {
    "learning_rate_1e-3": {"learning_rate": 1e-3},
    "learning_rate_5e-5": {"learning_rate": 5e-5},
    "gamma_0.999": {"gamma": 0.999},
    "longer_exploration": {"exploration_fraction": 0.3, "exploration_final_eps": 0.02},
    "larger_batch": {"batch_size": 128, "buffer_size": 100_000},
}
"""What each of the five runs changes, by name."""

GRID: dict[str, list[float]] = {
    "learning_rate": [1e-3, 5e-4, 1e-4, 5e-5],
    "gamma": [0.99, 0.999, 0.95],
    "exploration_fraction": [0.1, 0.2, 0.3],
    "exploration_final_eps": [0.01, 0.05, 0.1],
    "batch_size": [32, 64, 128],
    "buffer_size": [50_000, 100_000, 500_000],
    "target_update_interval": [5_000, 10_000, 20_000],
}
"""What the study chooses from: 2,916 combinations."""

_STUDY = "lander_dqn"
_SHOWN = 20  # trials in the table


def make_config(name: str, changes: dict[str, Any], steps: int, seed: int) -> SB3Config:
    """Default settings of DQN with some changes."""
    rate = changes.get("learning_rate", 1e-4)
    content = {
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
    return build(SB3Config, content, "experiments")


# --- Five runs ---------------------------------------------------------------------------------


def five(runs: Path = Path("runs"), steps: int = _STEPS, seed: int = 1) -> None:
    """Train and score the five runs; those that are finished are left alone.

    Args:
        runs: where runs are kept.
        steps: length of each.
        seed: of training.
    """
    for name, changes in FIVE.items():
        directory = _directory(runs, name, seed)
        if not (directory / "checkpoints" / "final.json").exists():
            _train(make_config(_name(name), changes, steps, seed), directory)
        if not (directory / "episodes.csv").exists():
            evaluate.main([str(directory), "--csv", str(directory / "episodes.csv")])


def rank(
    runs: Path = Path("runs"), seed: int = 1, out: Path = Path("runs") / "experiments.md"
) -> None:
    """Write the table of the five runs, the best first, and their learning curves.

    Args:
        runs: where runs are kept.
        seed: of training.
        out: the page's path; its picture lies beside it, as PNG.
    """
    scored = {name: Evidence(_directory(runs, name, seed)) for name in FIVE}
    ranked = sorted(FIVE, key=lambda name: -scored[name].scores["mean_return"])
    lines = [
        "| rank | run | changed | mean return | interquartile mean (95 % interval) | above 200 "
        "| training |",
        "|" + "---|" * 7,
    ]
    for place, name in enumerate(ranked, start=1):
        score, last = scored[name].scores, scored[name].training[-1]
        lines.append(
            f"| {place} | {name} | {_said(FIVE[name])} "
            f"| {mean_and_std(score)} "
            f"| {score['iqm']:.1f} ({score['ci_low']:.1f} to {score['ci_high']:.1f}) "
            f"| {score['win_rate']:.0%} | {last['steps']:,.0f} steps, {last['seconds']:.0f} s |"
        )
    in_order = [scored[name] for name in ranked]
    write_atomically(out, "\n".join([*lines, "", provenance(in_order), ""]).encode())
    draw_learning_curves(in_order, out.with_suffix(".png"))
    print(f"best: {in_order[0].folder}\nwrote {out}")


def _name(name: str) -> str:
    return f"sb3_lander_dqn_{name}"


def _directory(runs: Path, name: str, seed: int) -> Path:
    return runs / f"{_name(name)}-seed{seed}"


def _train(config: SB3Config, directory: Path) -> SB3Trainer:
    trainer = SB3Trainer(config)
    run = Run(directory, config, 0, 0.0)
    try:
        trainer.train(run)
    finally:
        run.close()
    return trainer


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
    study = open_study(storage, seed)
    finished = len(study.get_trials(states=[optuna.trial.TrialState.COMPLETE]))
    study.optimize(lambda trial: _objective(trial, steps, seed), max(0, trials - finished))


def open_study(storage: Path, seed: int) -> optuna.Study:
    """The study in that file, or a new one."""
    storage.parent.mkdir(parents=True, exist_ok=True)
    return optuna.create_study(
        storage=f"sqlite:///{storage}",
        study_name=_STUDY,
        sampler=optuna.samplers.TPESampler(seed=seed),
        direction="maximize",
        load_if_exists=True,
    )


def _objective(trial: optuna.Trial, steps: int, seed: int) -> float:
    """The last evaluation's mean return."""
    changes = {key: trial.suggest_categorical(key, values) for key, values in GRID.items()}
    with tempfile.TemporaryDirectory() as folder:
        trainer = _train(make_config("trial", changes, steps, seed), Path(folder))
    return trainer.progress.evaluations[-1]


def rank_study(
    storage: Path = Path("runs") / "tuning.db", out: Path = Path("runs") / "tuning.md"
) -> None:
    """Write the table of the best trials, and a picture with every trial's return by setting.

    Args:
        storage: the SQLite file that holds the study.
        out: the page's path; its picture lies beside it, as PNG.
    """
    study = open_study(storage, seed=0)
    finished = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    ranked = sorted(finished, key=lambda trial: -(trial.value or 0.0))
    lines = [
        "| rank | trial | mean return | " + " | ".join(f"`{key}`" for key in GRID) + " |",
        "|" + "---|" * (3 + len(GRID)),
    ]
    for place, trial in enumerate(ranked[:_SHOWN], start=1):
        chosen = " | ".join(f"{trial.params[key]:g}" for key in GRID)
        lines.append(f"| {place} | {trial.number} | {trial.value:.1f} | {chosen} |")
    write_atomically(out, ("\n".join(lines) + "\n").encode())
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


def main(arguments: list[str] | None = None) -> int:
    """Run one of the commands."""
    commands: dict[str, Callable[..., Any]] = {
        "five": five,
        "rank": rank,
        "tune": tune,
        "rank-study": rank_study,
    }
    try:
        tyro.extras.subcommand_cli_from_dict(commands, args=arguments, description=__doc__)
    except OSError as missing:
        print(f"error: {missing}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
