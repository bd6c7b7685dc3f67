"""Hidden dynamics: does a memory help where each episode has dynamics of its own?

python -m baselines.studies.hidden_dynamics

PPO without and with memory is trained on fixed dynamics, LunarLander-v3's, and on random ones,
which are drawn at each reset and are not observed. Every run is scored on both. Runs that the data
beside the table lack are trained; one that was killed is continued.

A linear probe (see ``recurrent_state``) reads the dynamics out of the hidden states of half of the
scored episodes, and is judged on the other half. The control is the same probe on the observation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import gymnasium as gym
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.progress import track

from baselines.algorithms.launch import finish
from baselines.algorithms.registry import build_config
from baselines.networks.actor_critic import ActorCriticPolicy
from baselines.results.plots import spread_over_seeds
from baselines.results.run_data import Origin, origins
from baselines.results.run_folder import read_rows
from baselines.results.scoring import trained
from baselines.results.store import ROOT, compact_json
from baselines.results.tables import markdown, percent
from baselines.runs.command import require_count
from baselines.runs.config import CONFIGS, TrainConfig, read_yaml
from baselines.runs.files import read_json, require_writable, write_atomically
from baselines.runs.names import RUNS, run_folder
from baselines.studies.command import run
from baselines.studies.recurrent_state import r_squared
from lander_envs.scoring.contender import Contender
from lander_envs.scoring.episodes import Step, play
from lander_envs.scoring.statistics import (
    SCORED_EPISODES,
    SCORING_SEED,
    bootstrap_interval,
    returns_of,
)
from lander_envs.spaces import REWARD_THRESHOLD

Floats = NDArray[np.float64]
_Sample = tuple[NDArray[Any], ...]  # hidden states, observations, dynamics, (running, ...) each


class Kind(NamedTuple):
    """Memory of an agent, and the dynamics of its training."""

    memory: str
    trained_on: str


AGENTS = {
    "fixed_dynamics_ppo": Kind("none", "fixed"),
    "fixed_dynamics_lstm_ppo": Kind("LSTM", "fixed"),
    "random_dynamics_ppo": Kind("none", "random"),
    "random_dynamics_lstm_ppo": Kind("LSTM", "random"),
}
"""Configs that are compared."""

DYNAMICS = {"fixed": "fixed_dynamics_ppo", "random": "random_dynamics_ppo"}
"""Dynamics of the scores, by a config that has them."""

PROBED = ("gravity", "main_engine_power", "side_engine_power")
"""Dynamics that the probe reads; of the wind, infos have the power but not the direction."""

PROBE_INTERVAL = 10
"""Decisions between samples of the probe: the next ones would be much alike."""

_SEEDS = (1, 2, 3, 4, 5)


class Score(TypedDict):
    """Episodes of a run on one kind of dynamics, in the order of their seeds."""

    returns: list[int]  # rounded
    landing_rate: float


class Measured(TypedDict):
    """One training run."""

    seed: int
    origin: Origin
    steps: list[int]  # of the evaluations, which are on the dynamics of training
    evaluations: list[float]
    scores: dict[str, Score]  # by dynamics
    # Coefficients of determination by what is probed, of hidden state and observation; none
    # without a memory.
    probe: dict[str, tuple[float, float]]


Data = dict[str, list[Measured]]
"""Runs by name of the config, in the order of their seeds."""


def main(
    runs: Path = RUNS,
    seeds: tuple[int, ...] = _SEEDS,
    episodes: int = SCORED_EPISODES,
    out: Path = ROOT / "hidden_dynamics.md",
) -> None:
    """Train and score the runs that the data lack; write data, tables and plot.

    All three are written after each run, so that a killed study keeps what it has.

    Args:
        runs: where runs are kept.
        seeds: training seeds.
        episodes: episodes of each score.
        out: the tables' path; data and plot lie beside it, as JSON and PNG.
    """
    require_count("episodes", episodes, least=2)
    paths = [out, out.with_suffix(".json"), out.with_suffix(".png")]
    for path in paths:
        require_writable(path)
    data: Data = read_json(paths[1]) if paths[1].exists() else {}
    _require_same_score(data, episodes)
    missing = [
        (seed, name)
        for seed in seeds
        for name in AGENTS
        if seed not in [known["seed"] for known in data.get(name, [])]
    ]
    for seed, name in track(missing, "runs", transient=True):
        measured = measure(make_config(name, seed), run_folder(runs, name, seed), episodes)
        data[name] = sorted([*data.get(name, []), measured], key=lambda known: known["seed"])
        _write(data, out)
    _write(data, out)
    print(f"wrote {', '.join(map(str, paths))}")


def _require_same_score(data: Data, episodes: int) -> None:
    """ValueError if a run that is kept was scored over another number of episodes."""
    for one in _all_runs(data):
        known = len(one["scores"]["fixed"]["returns"])
        if known != episodes:
            raise ValueError(f"episodes must be {known}, as of the runs beside out, got {episodes}")


def _write(data: Data, out: Path) -> None:
    write_atomically(out.with_suffix(".json"), compact_json(data))
    write_atomically(out, page(data).encode())
    draw(data, out.with_suffix(".png"))


def make_config(name: str, seed: int) -> TrainConfig:
    """The shipped config ``name`` with a seed."""
    return build_config({**read_yaml(CONFIGS / f"{name}.yaml"), "seed": seed}, name)


def measure(config: TrainConfig, folder: Path, episodes: int) -> Measured:
    """Bring a run to its end, score it on all dynamics, and probe its memory."""
    finish(config, folder)
    contender = trained(folder)
    rows, description = read_rows(folder / "evaluation.csv"), read_json(folder / "run.json")
    probe = Probe(contender, episodes) if contender.algorithm == "recurrent_ppo" else None
    fixed = _score(contender, _env_kwargs("fixed"), episodes)
    random = _score(contender, _env_kwargs("random"), episodes, probe)
    return Measured(
        seed=config.seed,
        origin=Origin(machine=description["machine"], versions=description["versions"]),
        steps=[int(row["steps"]) for row in rows],
        evaluations=[round(row["mean_return"], 1) for row in rows],
        scores={"fixed": fixed, "random": random},
        probe=probe.judge() if probe else {},
    )


def _env_kwargs(dynamics: str) -> dict[str, Any]:
    return make_config(DYNAMICS[dynamics], 1).env_kwargs


def _score(
    contender: Contender, env_kwargs: Mapping[str, Any], episodes: int, probe: Probe | None = None
) -> Score:
    policy, env_id = contender.policy, contender.env_id
    add = probe.add if probe else _ignore
    played = play(policy, env_id, env_kwargs, episodes, SCORING_SEED, on_step=add)
    landed = np.mean([episode.outcome == "landed" for episode in played])
    returns = [round(episode_return) for episode_return in returns_of(played).tolist()]
    return Score(returns=returns, landing_rate=float(landed))


def _ignore(step: Step) -> None:
    """Collect nothing."""


class Probe:
    """Linear probe that reads the dynamics of episodes out of hidden states.

    Args:
        contender: an agent with memory, which plays on random dynamics.
        episodes: of its score. The probe learns from the first half and is judged on the other.

    Attributes:
        dynamics: what is probed, of each episode, (episodes, probed).
    """

    def __init__(self, contender: Contender, episodes: int) -> None:
        assert isinstance(contender.policy, ActorCriticPolicy)
        self._policy = contender.policy
        envs = gym.make_vec(contender.env_id, num_envs=episodes, **_env_kwargs("random"))
        _, infos = envs.reset(seed=SCORING_SEED)
        envs.close()
        self.dynamics = np.stack([infos[name] for name in PROBED], axis=1)
        self._decisions = 0
        self._samples: tuple[list[_Sample], list[_Sample]] = [], []

    def add(self, step: Step) -> None:
        """Keep hidden states, observations and dynamics of every few decisions."""
        self._decisions += 1
        if self._decisions % PROBE_INTERVAL:
            return
        learning = np.arange(len(step.running)) < len(step.running) // 2
        parts = self._policy.hidden_state, step.obs, self.dynamics
        for samples, half in zip(self._samples, (learning, ~learning), strict=True):
            samples.append(tuple(np.asarray(part)[half & step.running] for part in parts))

    def judge(self) -> dict[str, tuple[float, float]]:
        """Coefficients of determination by what is probed: of hidden state and observation."""
        seen, other = (
            [np.concatenate(parts, dtype=np.float64) for parts in zip(*samples, strict=True)]
            for samples in self._samples
        )
        hidden, control = (r_squared(seen[i], seen[2], other[i], other[2]) for i in range(2))
        pairs = zip(hidden.round(3).tolist(), control.round(3).tolist(), strict=True)
        return dict(zip(PROBED, pairs, strict=True))


# --- Tables --------------------------------------------------------------------------------------


def page(data: Data) -> str:
    """Scores, the gain of a memory, what it knows, and where the runs were trained."""
    sections = [scores_table(data), gain_table(data), probe_table(data)]
    lines = [line for section in sections for line in [*section, ""]]
    return "\n".join([*lines, origins([one["origin"] for one in _all_runs(data)]), ""])


def scores_table(data: Data) -> list[str]:
    """An agent a row: its scores on all dynamics."""
    heading = ["agent", "memory", "trained on", "seeds", "episodes"]
    for name in DYNAMICS:
        heading += [f"{name}: mean return", "95 % interval", "landed"]
    return markdown(heading, [_scores_row(name, data[name]) for name in AGENTS if name in data])


def _scores_row(name: str, runs: Sequence[Measured]) -> list[str]:
    episodes = len(returns_on(runs, "fixed")[0])
    cells = [f"`{name}`", *AGENTS[name], str(len(runs)), f"{episodes:,}"]
    for dynamics in DYNAMICS:
        returns = returns_on(runs, dynamics)
        landed = float(np.mean([one["scores"][dynamics]["landing_rate"] for one in runs]))
        cells += [f"{returns.mean():.1f}", _interval_cell(returns), percent(landed, 1)]
    return cells


def gain_table(data: Data) -> list[str]:
    """Mean return with memory minus that without, and whether the interval holds 0."""
    heading = ["trained on", "scored on", "LSTM minus none", "95 % interval", "with the LSTM"]
    rows = []
    for trained_on in DYNAMICS:
        without, having = (_runs_of(data, Kind(memory, trained_on)) for memory in ("none", "LSTM"))
        common = {one["seed"] for one in without} & {one["seed"] for one in having}
        for scored_on in DYNAMICS if common else ():
            pair = [[one for one in runs if one["seed"] in common] for runs in (having, without)]
            gain = returns_on(pair[0], scored_on) - returns_on(pair[1], scored_on)
            cells = f"{gain.mean():+.1f}", _interval_cell(gain), verdict(gain)
            rows.append([trained_on, scored_on, *cells])
    return markdown(heading, rows)


def probe_table(data: Data) -> list[str]:
    """Coefficients of determination, means over seeds, an agent with memory a row."""
    heading = [
        "agent",
        *(f"`{name}`" for name in PROBED),
        *(f"`{name}`, control" for name in PROBED),
    ]
    rows = []
    for name, kind in AGENTS.items():
        if kind.memory == "none" or name not in data:
            continue
        found = np.array([[one["probe"][key] for key in PROBED] for one in data[name]])
        rows.append([f"`{name}`", *(f"{value:.2f}" for value in found.mean(axis=0).T.flatten())])
    return markdown(heading, rows)


def returns_on(runs: Iterable[Measured], dynamics: str) -> Floats:
    """Returns of runs on one kind of dynamics, (seeds, episodes)."""
    return np.array([one["scores"][dynamics]["returns"] for one in runs], np.float64)


def verdict(gain: Floats) -> str:
    """Whether scores are higher with a memory: a difference counts if its 95 % interval excludes 0.

    Args:
        gain: returns with memory minus those without, (seeds, episodes).
    """
    low, high = bootstrap_interval(gain)
    return "higher" if low > 0 else "lower" if high < 0 else "no clear difference"


def _interval_cell(returns: Floats) -> str:
    low, high = bootstrap_interval(returns)
    return f"{low:.1f} to {high:.1f}"


def _runs_of(data: Data, kind: Kind) -> list[Measured]:
    return next((data[name] for name in AGENTS if AGENTS[name] == kind and name in data), [])


def _all_runs(data: Data) -> list[Measured]:
    return [one for runs in data.values() for one in runs]


# --- Plot ----------------------------------------------------------------------------------------


def draw(data: Data, out: Path) -> None:
    """Scores on each kind of dynamics, and evaluations while training on random ones."""
    figure = Figure(figsize=(12, 3.5), layout="constrained")
    *scored, curves = figure.subplots(1, len(DYNAMICS) + 1)
    names = [name for name in AGENTS if name in data]
    for axes, dynamics in zip(scored, DYNAMICS, strict=True):
        for row, name in enumerate(names):
            _draw_score(axes, row, returns_on(data[name], dynamics))
        axes.set(title=f"scored on {dynamics} dynamics", xlabel="return", yticks=[])
        axes.axvline(REWARD_THRESHOLD, color="grey", linestyle="--", linewidth=1)
        axes.invert_yaxis()
    labels = [f"{AGENTS[name].memory}, {AGENTS[name].trained_on}" for name in names]
    scored[0].set_yticks(range(len(names)), labels)
    scored[0].set_ylabel("memory, trained on")
    _draw_curves(curves, data)
    figure.savefig(out, dpi=100)


def _draw_score(axes: Axes, row: int, returns: Floats) -> None:
    axes.plot(bootstrap_interval(returns), [row, row], color=f"C{row}", linewidth=6, alpha=0.35)
    axes.plot(returns.mean(), row, "o", color=f"C{row}")
    axes.plot(returns.mean(axis=1), [row] * len(returns), "|", color="black", markersize=9)


def _draw_curves(axes: Axes, data: Data) -> None:
    for number, (name, kind) in enumerate(AGENTS.items()):
        if kind.trained_on == "random" and name in data:
            points = [
                (np.array(one["steps"], float), np.array(one["evaluations"])) for one in data[name]
            ]
            steps, middle, low, high = spread_over_seeds(points)
            axes.plot(steps, middle, color=f"C{number}", label=kind.memory)
            axes.fill_between(steps, low, high, color=f"C{number}", alpha=0.12, linewidth=0)
    axes.set(title="trained on random dynamics", xlabel="million environment steps")
    axes.set_ylabel("return of evaluations")
    axes.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1e6:g}")
    if axes.lines:
        axes.legend(title="memory")


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
