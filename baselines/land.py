"""The main job: learn to land, and show it.

Trains PPO on ``lander_envs/Lander-v0``, scores the final checkpoint over 1,000 episodes on seeds
that training never saw, draws the learning curve, and films a landing and the learning: what the
run's checkpoints do on one seed. Exits with a status other than 0 if the mean return is under 200.
A run that was killed is resumed; one that is finished is only scored again.

python -m baselines.land --seed 1
"""

from __future__ import annotations

import sys
from pathlib import Path

import tyro

from baselines import evaluate, record, train
from baselines.results.films import write_learning_film
from baselines.results.plots import draw_health, draw_runs
from baselines.results.run_folder import read_health, read_run
from baselines.runs.command import require_return, run_command
from baselines.runs.config import CONFIGS
from baselines.runs.names import RUNS, run_folder
from lander_envs.commands.run import parsed
from lander_envs.scoring.statistics import SCORING_SEED
from lander_envs.spaces import REWARD_THRESHOLD

_CONFIG = CONFIGS / "lander_ppo.yaml"


def main(
    seed: int = 1, runs: Path = RUNS, require: float = REWARD_THRESHOLD, device: str = "cpu"
) -> int:
    """Trains, scores, plots and films; returns the exit status.

    Args:
        seed: of training, 0 to 199.
        runs: where runs are kept.
        require: the mean return under which the exit status is 1.
        device: of training: "cpu", "cuda" or "cuda:N". A run that is resumed stays on its own.
    """
    return run_command(lambda: _land(run_folder(runs, "lander_ppo", seed), seed, require, device))


def _land(run: Path, seed: int, require: float, device: str) -> int:
    require_return("require", require)
    status = _train(run, seed, device)
    if status != 0:
        return status
    scored = [str(run), "--csv", str(run / "episodes.csv"), "--require", str(require)]
    status = evaluate.main(scored)
    if status > 1:  # an error; 1 is a score that was not enough, and is shown
        return status
    _draw_learning(run)
    _film_learning(run)
    filmed = record.main([str(run), "--out", str(run), "--until", str(require)])
    return status or filmed


def _draw_learning(run: Path) -> None:
    draw_runs([read_run(run)], run / "learning_curve.png")
    print(f"wrote {run / 'learning_curve.png'}")
    health = read_health(run)
    if health is not None:
        draw_health([health], run / "health.png")
        print(f"wrote {run / 'health.png'}")


def _film_learning(run: Path) -> None:
    path = run / "learning_to_land.gif"
    for sentence in write_learning_film(run, SCORING_SEED, path):
        print(sentence)
    print(f"wrote {path}")


def _train(run: Path, seed: int, device: str) -> int:
    checkpoints = run / "checkpoints"
    if (checkpoints / "final.json").exists():
        print(f"{run} is trained already; delete it to train again")
        return 0
    if (checkpoints / "latest.json").exists():
        return train.main(["--resume", str(run)])
    settings = ["--runs", str(run.parent), "--seed", str(seed), "--device", device]
    return train.main([str(_CONFIG), *settings])


if __name__ == "__main__":
    sys.exit(parsed(lambda: tyro.cli(main, description=__doc__)))
