"""The kill lane: trainings that are killed at random moments, and resumed to the end.

    python -m tests.baselines.kill --moments 25

Each training runs in a process of its own, which SIGKILL ends. What it left is resumed twice, from
two copies. Prints a row an algorithm, and fails on the first run that is not whole.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from torch import nn

from baselines import train
from baselines.optim.flat_adam import FlatAdam
from baselines.runs import checkpoint as checkpoints
from tests.baselines.resumption import Ending, ending_of, require_whole

_SHARED = "total_steps: 4096, num_envs: 4, hidden: [8], eval_interval: 512, eval_episodes: 2"
# A checkpoint an iteration, so that many of the moments are within a save.
CONFIGS = {
    "ppo": "num_steps: 32, minibatch_size: 64, update_epochs: 1, checkpoint_interval: 128",
    "recurrent_ppo": "num_steps: 32, memory_size: 8, update_epochs: 1, checkpoint_interval: 128",
    "dqn": "log_interval: 128, learning_starts: 256, buffer_size: 1024, batch_size: 16, "
    "target_interval: 256, checkpoint_interval: 128",
}
_EVALUATIONS = 4096 // 512


class Lane:
    """Trainings of one algorithm, in processes of their own."""

    def __init__(self, algorithm: str, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "killed.yaml"
        settings = f"algorithm: {algorithm}, name: killed, {_SHARED}, {CONFIGS[algorithm]}"
        self.config.write_text(f"{{{settings}}}")

    def start(self, runs: Path) -> int:
        """Process id of a training that begins, or goes on from its checkpoint."""
        run = runs / "killed-seed1"
        is_begun = (run / "checkpoints" / "latest.json").exists()
        command = ["--resume", str(run)] if is_begun else [str(self.config), "--runs", str(runs)]
        child = os.fork()
        if child:
            return child
        with (self.folder / "output.txt").open("ab") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        status = 70
        try:
            status = train.main(command)
        finally:
            os._exit(status)

    def finish(self, runs: Path) -> Ending:
        """End of a training that is not disturbed; AssertionError if it is not whole."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.start(runs), 0)[1])
        assert status == 0, f"status {status}: {(self.folder / 'output.txt').read_text()[-2000:]}"
        run = runs / "killed-seed1"
        require_whole(run, 4096, _EVALUATIONS)
        return ending_of(run)

    def kill(self, runs: Path, seconds: float) -> Counter[str]:
        """Kill a training after so long; counts what it left."""
        child = self.start(runs)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        run = runs / "killed-seed1"
        latest = run / "checkpoints" / "latest.json"
        found: Counter[str] = Counter(killed=int(status == -signal.SIGKILL))
        found["within a save"] = int(any(run.rglob("*.tmp")))
        found["before a checkpoint"] = int(not latest.exists())
        if latest.exists():
            checkpoints.load(latest)
        return found


def attack(algorithm: str, moments: int, rng: random.Random) -> Counter[str]:
    """Counts of what ``moments`` killed trainings left; AssertionError if one does not go on."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        lane = Lane(algorithm, Path(name))
        began = time.perf_counter()
        lane.finish(lane.folder / "whole")
        length = time.perf_counter() - began
        while counts["killed"] < moments:  # a draw that comes after the end does not count
            moment = counts["killed"]
            first, second = (lane.folder / f"{moment}{copy}" for copy in "ab")
            first.mkdir()
            counts += lane.kill(first, rng.uniform(0, length))
            shutil.copytree(first, second)
            ends = [lane.finish(runs) for runs in (first, second)]
            assert ends[0] == ends[1], f"{algorithm}, moment {moment}: {ends}"
            counts["resumed twice alike"] += 1
            for runs in (first, second):
                shutil.rmtree(runs)
    return counts


def main(arguments: list[str] | None = None) -> int:
    """Runs the lane; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=25, help="kills of each algorithm")
    parser.add_argument("--algorithms", nargs="+", choices=CONFIGS, default=list(CONFIGS))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options: Any = parser.parse_args(arguments)
    torch.set_num_threads(1)  # a fork keeps no thread but its own
    FlatAdam([([nn.Parameter(torch.zeros(1))], 1e-3)])  # imports for seconds, once for all forks
    print(f"seed {options.seed}", flush=True)
    for algorithm in options.algorithms:
        rng = random.Random(f"{algorithm} {options.seed}")
        counts = attack(algorithm, options.moments, rng)
        print(algorithm, dict(counts), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
