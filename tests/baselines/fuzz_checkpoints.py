"""The fuzz lane: checkpoints damaged in any way, resumed and scored.

    python -m tests.baselines.fuzz_checkpoints --cases 1000

Each case is made from its number alone. A command on it must end with status 0, or with 2 and a
sentence; anything else is printed, and then belongs into the damages of ``test_train.py``.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from baselines import evaluate, train
from baselines.runs import checkpoint as checkpoints
from tests.baselines import made_up

CONFIGS = {
    "ppo": "num_steps: 16, minibatch_size: 32, update_epochs: 1",
    "recurrent_ppo": "num_steps: 16, memory_size: 4, update_epochs: 1, "
    "env_id: lander_envs/MaskedVelocityLander-v0",
    "dqn": "log_interval: 64, learning_starts: 64, buffer_size: 256, batch_size: 8",
}
_SHARED = (
    "name: fuzzed, total_steps: 128, num_envs: 2, hidden: [4], eval_interval: 64, eval_episodes: 1"
)

# Values that are of another type, out of range, at the edge of it, or too many.
_VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**63, 10**30, 0.0, -0.5, 1e308, 1e-320),
    *("", "x", "cpu", "cuda", "cuda:9", "mlflow", "os:X-v0", "lander_envs/Lander-v0", "é\x00"),
    *([], [0], [1] * 9, [[]], {}, {"a": 1}, {"gravity": -5.0}, {"": {}}),
    *("CartPole-v1", "Pendulum-v1", "FrozenLake-v1", "Blackjack-v1", "CarRacing-v3"),
    *("lander_envs/PixelLander-v0", "LunarLander-v2", "ppo", "dqn", "recurrent_ppo", "sb3"),
]
_MOST_STEPS = 4096  # a case that asks for more is not resumed, as it would only take long


def prepare(folder: Path) -> dict[str, Path]:
    """A finished run of each algorithm, half of whose steps are still to go."""
    runs = {}
    for algorithm, settings in CONFIGS.items():
        path = folder / f"{algorithm}.yaml"
        path.write_text(f"{{algorithm: {algorithm}, {_SHARED}, {settings}}}")
        with contextlib.redirect_stdout(io.StringIO()):
            status = train.main([str(path), "--runs", str(folder / algorithm)])
        assert status == 0
        runs[algorithm] = run = folder / algorithm / "fuzzed-seed1"
        latest = run / "checkpoints" / "latest.json"
        config = checkpoints.describe(latest)["config"]
        made_up.change(latest, config={**config, "total_steps": 256})
    return runs


def damage(run: Path, rng: random.Random) -> None:
    """Damage a run's folder: its facts and tensors as one who knows the checksums, or bytes."""
    folder = run / "checkpoints"
    kind = rng.choice(["facts", "facts", "facts", "tensors", "tensors", "bytes", "files", "tables"])
    if kind in ("facts", "tensors"):
        tensors, facts = checkpoints.load(folder / "latest.json")
        facts = {key: facts[key] for key in ("config", "progress")}
        for _ in range(rng.randint(1, 3)):
            change_facts(facts, rng) if kind == "facts" else change_tensors(tensors, rng)
        for name in ("latest", "final"):
            checkpoints.save(folder, name, tensors, facts)
        return
    paths = sorted(run.glob("*.csv")) if kind == "tables" else sorted(folder.glob("[!.]*"))
    path = rng.choice([*paths, run / "run.json"])
    if kind == "files":
        path.unlink()
        if rng.random() < 0.5:
            path.mkdir()
        return
    content = bytearray(path.read_bytes())
    change_bytes(content, rng)
    path.write_bytes(content)


def change_facts(facts: dict[str, Any], rng: random.Random) -> None:
    """Drop, replace or add a key of config or progress, or one of them."""
    part = facts.get(rng.choice(["config", "config", "progress"]))
    target = part if isinstance(part, dict) and part and rng.random() < 0.9 else facts
    if not target:
        return
    key = rng.choice(sorted(target))
    how = rng.random()
    if how < 0.2:
        del target[key]
    elif how < 0.9:
        target[key] = copy.deepcopy(rng.choice(_VALUES))
    else:
        target[rng.choice(["x", "settings", "learner", "cell", "window", "n_step"])] = nested(rng)


def nested(rng: random.Random) -> Any:
    """A value some levels deep."""
    value = copy.deepcopy(rng.choice(_VALUES))
    for _ in range(rng.choice([0, 1, 5, 200])):
        value = [value]
    return value


def change_tensors(tensors: dict[str, Tensor], rng: random.Random) -> None:
    """Drop, rename, cast, cut, fill or add a tensor."""
    if not tensors:
        return
    key = rng.choice(sorted(tensors))
    tensor = tensors[key]
    changes: list[Callable[[], object]] = [
        lambda: tensors.pop(key),
        lambda: tensors.update({f"{key}x": tensors.pop(key)}),
        lambda: tensors.update({key: tensor.to(rng.choice([torch.int8, torch.float64]))}),
        lambda: tensors.update({key: tensor.to(torch.bfloat16)}),
        lambda: tensors.update({key: tensor.flatten()[:-1].clone()}),
        lambda: tensors.update({key: tensor[None].clone()}),
        lambda: tensors.update({key: torch.full_like(tensor, rng.choice([0, 1, 100]))}),
        lambda: tensors.update({key: torch.full(tensor.shape, rng.choice([-3.4e38, 3.4e38]))}),
        lambda: tensors.update({key: torch.full(tensor.shape, torch.nan)}),
        lambda: tensors.update({f"optimizer.{rng.randint(0, 9)}.x": torch.zeros(2)}),
        lambda: tensors.update({f"agent.{rng.random()}": torch.zeros(2)}),
    ]
    rng.choice(changes)()


def change_bytes(content: bytearray, rng: random.Random) -> None:
    """Cut, flip, insert or repeat bytes."""
    place = rng.randrange(len(content) + 1)
    how = rng.randrange(4)
    if how == 0:
        del content[place:]
    elif how == 1 and place < len(content):
        content[place] ^= 1 << rng.randrange(8)
    elif how == 2:
        content[place:place] = rng.choice([b"\0", b"{", b"[" * 10_000, b"\xff", b",", b"9" * 5000])
    else:
        content += content[place:]


def is_long(run: Path) -> bool:
    """Whether resuming would only take long: its settings are right, and ask for much."""
    try:
        config = checkpoints.describe(run / "checkpoints" / "latest.json")["config"]
    except (checkpoints.CheckpointError, KeyError, OSError):
        return False
    if not isinstance(config, dict):
        return False
    sizes = (
        "total_steps",
        "num_envs",
        "num_steps",
        "eval_episodes",
        "update_epochs",
        "log_interval",
    )
    numbers = [config.get(key) for key in (*sizes, "torch_threads", "num_envs")]
    return any(isinstance(n, (int, float)) and n > _MOST_STEPS for n in numbers)


def outcome(command: Callable[[list[str]], int], arguments: list[str]) -> str:
    """ "0", "2" with a sentence, or what else a command ended with."""
    errors = io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
            status = command(arguments)
    except BaseException:
        return traceback.format_exc()
    told = errors.getvalue()
    if status == 0:
        return "0"
    is_sentence = told.startswith("error: ") and len(told) < 2000 and "Traceback" not in told
    return "2" if status == 2 and is_sentence else f"status {status}: {told}"


def outcomes(number: int, runs: dict[str, Path], folder: Path) -> dict[str, str]:
    """Outcomes of the commands on a case, by command."""
    rng = random.Random(number)
    run = folder / f"case{number}"
    shutil.copytree(runs[rng.choice(list(CONFIGS))], run)
    damage(run, rng)
    ended = {"evaluate": outcome(evaluate.main, [str(run), "--episodes", "1", "--json"])}
    if not is_long(run):
        ended["train"] = outcome(train.main, ["--resume", str(run)])
    shutil.rmtree(run)
    return ended


def main(arguments: list[str] | None = None) -> int:
    """Runs the lane; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000, help="number of damaged checkpoints")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = prepare(folder)
        for number in range(options.first, options.first + options.cases):
            for command, ended in outcomes(number, runs, folder).items():
                counts[f"{command}: {ended if ended in '02' else 'other'}"] += 1
                if ended not in "02":
                    failed += 1
                    print(f"case {number}, {command}: {ended}", flush=True)
    print(json.dumps(counts))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
