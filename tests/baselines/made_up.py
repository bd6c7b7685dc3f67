"""Runs that were never trained, whose results can be worked out by hand."""

import csv
import json

from baselines.results.run_folder import read_run
from baselines.runs.checkpoint import sealed
from lander_envs.scoring.episodes import Episode, write_rows
from lander_envs.scoring.statistics import SCORING_SEED

MACHINE = {"processor": "abacus", "cores": 2, "system": "Linux"}
TINY = {
    "num_envs": 2,
    "num_steps": 16,
    "hidden": [4],
    "minibatch_size": 2,
    "update_epochs": 1,
    "eval_episodes": 2,
}
"""Settings of PPO, with a memory or without, that train in a blink."""
PLAYED = ((300.0, "landed"), (200.0, "landed"), (100.0, "timeout"), (-400.0, "crashed"))
"""Returns and outcomes: a mean of 50, a standard deviation of 269.3."""


def episodes(*played, measured=()):
    """Episodes of (return, outcome) each; landings are on the pad.

    ``measured`` are touchdown speed and fuel, the same for all.
    """
    return [
        Episode(
            *(SCORING_SEED + i, episodic_return, 100 * (i + 1), outcome, outcome == "landed"),
            *measured,
        )
        for i, (episodic_return, outcome) in enumerate(played)
    ]


def write_table(path, rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_run(
    folder,
    name="lander_ppo",
    seed=1,
    played=PLAYED,
    box2d=None,
    evaluations=((100, 150.0), (200, 250.0)),
    measured=(),
    **settings,
):
    """The folder of a scored run; a step took a tenth of a second, a training episode 50 steps."""
    run = folder / f"{name}-seed{seed}"
    run.mkdir(parents=True)
    config = {
        "algorithm": "ppo",
        "env_id": "lander_envs/Lander-v0",
        "env_kwargs": {},
        "eval_episodes": 100,
        "eval_interval": 100,
        **settings,
        "name": name,
        "seed": seed,
    }
    description = {"config": config, "machine": MACHINE, "versions": {"python": "3.11"}}
    (run / "run.json").write_text(json.dumps(description))
    steps = [{"steps": step, "seconds": step / 10} for step, _ in evaluations]
    means = [{"mean_return": mean_return} for _, mean_return in evaluations]
    training = [{**row, "episodic_return": 0.0, "episodes": row["steps"] // 50} for row in steps]
    write_table(run / "training.csv", training)
    write_table(
        run / "evaluation.csv", [{**row, **mean} for row, mean in zip(steps, means, strict=True)]
    )
    rows = episodes(*played, measured=measured)
    (run / "episodes.csv").write_text(write_rows(Episode._fields, rows))
    if box2d is not None:
        (run / "episodes_box2d.csv").write_text(write_rows(Episode._fields, episodes(*box2d)))
    return run


def result(folder, *arguments, **options):
    """The result of such a run."""
    return read_run(write_run(folder, *arguments, **options))


def change(description, **facts) -> None:
    """Change facts of a checkpoint, as someone would who knows its checksum."""
    changed = {**json.loads(description.read_text()), **facts}
    description.write_text(json.dumps(sealed(changed)))


def cells(page, key):
    """The cells after the first of the row that begins with ``key``."""
    line = next(line for line in page.splitlines() if line.startswith(f"| {key} |"))
    return [cell.strip() for cell in line.split("|")[2:-1]]
