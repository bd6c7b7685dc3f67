"""Export trained agents for other programs: ONNX with a JSON card, or Stable-Baselines3's zip.

python -m baselines.export lander_ppo
python -m baselines.export runs/lander_ppo-seed1 --out exports --name my_lander
python -m baselines.export --all
python -m baselines.export lander_dqn --format sb3
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
from rich.console import Console
from rich.progress import track

from baselines.exports.onnx_file import to_onnx
from baselines.exports.sb3_zip import to_sb3
from baselines.exports.weights import Weights
from baselines.results import pretrained
from baselines.results.pretrained import Trained
from baselines.results.run_data import hand_made_feature
from baselines.runs.command import read_options, require_count, run_command
from baselines.runs.files import require_writable, require_writable_folder, write_atomically
from lander_envs.agents import Card, OnnxPolicy
from lander_envs.agents.card import require_name
from lander_envs.scoring.contender import MOST_EPISODES, Contender, score
from lander_envs.scoring.statistics import SCORED_EPISODES, summary


@dataclass
class Options:
    """Options of an export."""

    agent: Annotated[Path | None, tyro.conf.Positional] = None
    """A config's name, a run, or the JSON of one checkpoint."""
    all: bool = False
    """Instead: every committed agent."""
    out: Path = Path("exports")
    """Folder for the files."""
    name: str | None = None
    """Name of the files; by default that of the config."""
    format: Literal["onnx", "sb3"] = "onnx"
    """ONNX with a card, or a zip for ``PPO.load`` and ``DQN.load`` of Stable-Baselines3."""
    weights: Weights = "float32"
    """Type of the weights in an ONNX file, which computes in float32."""
    critic: bool = True
    """Keep the critic in an ONNX file, which then gives values."""
    episodes: int = SCORED_EPISODES
    """Episodes of the score in the card, which the exported file plays."""


def main(arguments: list[str] | None = None) -> int:
    """Exports, and returns the exit status."""
    options = read_options(Options, arguments, __doc__)
    return run_command(lambda: _export(options))


def _export(options: Options) -> int:
    if options.all == (options.agent is not None):
        raise ValueError("give exactly one of an agent and --all")
    if options.all and (options.name is not None or options.format == "sb3"):
        raise ValueError("--all takes neither --name nor --format sb3")
    if options.name is not None:
        require_name(options.name)
    if not options.critic and (options.all or options.format == "sb3"):
        raise ValueError("--no-critic takes neither --all nor --format sb3")
    if options.weights != "float32" and options.format == "sb3":
        raise ValueError(f"--format sb3 stores float32 weights, got --weights {options.weights}")
    if options.episodes != SCORED_EPISODES and options.format == "sb3":
        raise ValueError(f"--format sb3 has no score, got --episodes {options.episodes}")
    require_count("episodes", options.episodes, MOST_EPISODES)
    require_writable_folder(options.out)
    agents = pretrained.committed() if options.all else [options.agent]
    for agent in track(agents, "agents", console=Console(stderr=True), transient=True):
        assert agent is not None
        trained = pretrained.load_trained(agent)
        name = trained.config.name if options.name is None else options.name
        write = _write_sb3 if options.format == "sb3" else _write_onnx
        print(f"wrote {write(trained, name, options)}")
    return 0


def _write_sb3(trained: Trained, name: str, options: Options) -> Path:
    path = options.out / f"{name}.zip"
    require_writable(path)
    write_atomically(path, to_sb3(trained))
    return path


def _write_onnx(trained: Trained, name: str, options: Options) -> Path:
    config = trained.config
    path = options.out / f"{name}.onnx"
    described = path.with_suffix(".json")
    for file in (path, described):
        require_writable(file)
    model, parameters = to_onnx(trained, weights=options.weights, critic=options.critic)
    card = Card(
        name,
        config.env_id,
        config.env_kwargs,
        config.algorithm,
        parameters,
        options.weights,
        path.name,
        hashlib.sha256(model).hexdigest(),
        hand_made_feature=hand_made_feature(config.model_dump()) or "",
    )
    scored = card.with_scores(_scores(card, model, options.episodes))
    write_atomically(path, model)
    write_atomically(described, scored.to_json().encode())
    return path


def _scores(card: Card, model: bytes, episodes: int) -> dict[str, dict[str, Any]]:
    """Scores of the exported file itself."""
    policy = OnnxPolicy(card, model)
    contender = Contender(card.algorithm, card.env_id, dict(card.env_kwargs), policy)
    return {contender.described()["backend"]: summary(score(contender, episodes))}


if __name__ == "__main__":
    sys.exit(main())
