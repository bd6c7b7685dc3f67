"""Search for a config's best settings with Optuna, on this machine, a Ray cluster, or SLURM.

python -m baselines.tune lander_ppo --trials 50
python -m baselines.tune lander_ppo --trials 50 --seeds 3 --prune --on ray --runs /shared/runs
python -m baselines.tune my.yaml --space my_space.yaml --storage postgresql://USER@HOST/studies

A trial is trained with seeds that no reported run has, and judged by its last evaluation. The
command can be repeated: trials that have ended are left alone, those that were lost go on from
their checkpoints, and more are added with a larger number of trials. At the end the best settings
are printed and written as a config.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from rich.console import Console

from baselines.runs.command import require_count, run_command
from baselines.runs.config import TrainConfig
from baselines.sweeps import executors, ranking
from baselines.sweeps.search_space import find_space, parse_space, require_fitting
from baselines.sweeps.study import Plan, Store
from baselines.sweeps.trials import jobs_of
from baselines.train import load_config
from lander_envs.commands.run import parsed

FIRST_SEED = 101
"""Training seeds from here on are no reported run's."""

_MOST_TRIALS = 10_000


def main(arguments: list[str] | None = None) -> int:
    """Go on with a study; returns the exit status."""
    options, overrides = parsed(lambda: _parse(arguments))
    return run_command(lambda: _tune(options, overrides))


def _tune(options: argparse.Namespace, overrides: list[str]) -> int:
    executors.check(options)
    require_count("trials", options.trials, _MOST_TRIALS)
    plan = make_plan(options, overrides)
    folder = options.runs / f"{plan.name}-study"
    store = Store(folder, options.storage)
    store.begin(plan)
    console = Console()
    jobs = jobs_of(folder, plan, options.storage, options.trials)
    waiting = [job for job in jobs if not job.is_finished()]
    console.print(f"{len(jobs)} trials, of which {len(jobs) - len(waiting)} have ended")
    succeeded = executors.finish(waiting, options, console)
    trials = store.study.get_trials()
    best = ranking.ranked(trials)
    if not best:
        raise ValueError(f"no trial of {len(jobs)} is complete; see {folder}/*/trial.json")
    ranking.write(folder, plan, trials)
    console.print(f"best: {best[0].value:.1f} with {best[0].params}")
    console.print(f"wrote {folder / ranking.BEST}, {ranking.TABLE} and {ranking.PICTURE}")
    return 0 if succeeded else 1


def make_plan(options: argparse.Namespace, overrides: list[str]) -> Plan:
    """Plan of the study that the options describe.

    Raises:
        ConfigError: for an unknown config or space, and settings that the config does not take.
    """
    first = options.first_seed
    config = load_config(options.config, [*overrides, "--seed", str(first)], options.runs)
    space = find_space(config.name if options.space is None else options.space)
    require_fitting(parse_space(space), config)
    plan = Plan(
        name=config.name if options.study is None else options.study,
        settings=_settings(config),
        space=space,
        seeds=list(range(first, first + options.seeds)),
        prune=options.prune,
    )
    for seed in plan.seeds:
        plan.config({}, seed)
    return plan


def _settings(config: TrainConfig) -> dict[str, Any]:
    """Settings of a config that are not the defaults, without the seed."""
    content = config.model_dump(mode="json", exclude_defaults=True, exclude={"seed"})
    return {**content, "algorithm": config.algorithm}


def _parse(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and the overrides of the config's settings, as ``train`` takes them."""
    parser = executors.make_parser("tune", __doc__, FIRST_SEED)
    parser.add_argument("config", metavar="CONFIG", help="name or YAML file")
    parser.add_argument("--space", help="search space: name or YAML file; else the config's")
    parser.add_argument("--trials", type=int, default=20, help="number of trials in all")
    parser.add_argument("--study", help="name of the study; else the config's")
    parser.add_argument("--storage", default="", help="URL of a database; else a file")
    parser.add_argument("--prune", action="store_true", help="stop trials under the median")
    return parser.parse_known_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
