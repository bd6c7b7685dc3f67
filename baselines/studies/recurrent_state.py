"""Use of memory: scores with the hidden state wiped, and velocities read out of hidden states.

python -m baselines.studies.recurrent_state

A recurrent agent plays the episodes of its score twice, the second time with its hidden state set
to zeros before each decision. A linear probe (ridge regression) then reads the velocities, which
the agent never observes, out of the hidden states of some episodes, and is judged on others by the
coefficient of determination. The control is the same probe on the observation alone. Source of the
method: Alain and Bengio, "Understanding intermediate layers using linear classifier probes", 2017.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from baselines.networks.actor_critic import ActorCriticPolicy
from baselines.results import pretrained
from baselines.results.pretrained import Agent
from baselines.results.store import ROOT, compact_json
from baselines.results.tables import markdown
from baselines.runs.files import read_json, require_writable, write_atomically
from baselines.studies.command import run
from lander_envs.scoring.episodes import Step, play
from lander_envs.scoring.flight import LANDER, frame_skip, lander_arguments
from lander_envs.scoring.policy import Policy
from lander_envs.scoring.statistics import SCORED_EPISODES, SCORING_SEED, summary
from lander_envs.spaces import ANGULAR_VELOCITY, VX, VY

_VELOCITIES = [VX, VY, ANGULAR_VELOCITY]
_FLAT = 2  # dimensions of a batch of observations that are no pictures
_RIDGE = 100.0  # on standardised inputs: else rarely used units decide on new episodes
_HEADING = [
    *("agent", "episodes", "score", "score, state wiped", "v_x", "v_y", "spin"),
    *("v_x, control", "v_y, control", "spin, control"),
]

Floats = NDArray[np.float64]


class Forgetful(Policy):
    """A policy whose memory is cleared before each decision."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...), as at the start of an episode."""
        self._policy.start()
        return self._policy.act(obs)


class Flights(NamedTuple):
    """Decisions of some episodes."""

    hidden_states: Floats  # (decisions, width), after the observation
    obs: Floats  # (decisions, numbers in an observation); (decisions, 0) for pictures
    velocities: Floats  # (decisions, 3)


def main(
    agents: tuple[str, ...] = (),
    episodes: int = SCORED_EPISODES,
    probe_episodes: int = 100,
    out: Path = ROOT / "recurrent_state.md",
) -> None:
    """Wipe and probe the committed recurrent agents, and write a table of them.

    The table is written after each agent, so that a killed study keeps what it has.

    Args:
        agents: names of committed agents, all recurrent ones by default; the rows of others stay.
        episodes: episodes of each of both scores.
        probe_episodes: episodes that the probe learns from, and as many that judge it.
        out: the table's path; its rows lie beside it, as JSON.
    """
    path = out.with_suffix(".json")
    require_writable(out)
    require_writable(path)
    rows: dict[str, list[str]] = read_json(path) if path.exists() else {}
    recurrent = [name for name in pretrained.committed() if is_recurrent(pretrained.load(name))]
    unknown = sorted(set(agents) - set(recurrent))
    if unknown:
        raise ValueError(f"agents must be of {', '.join(recurrent)}, got {', '.join(unknown)}")
    for name in track(agents or recurrent, "agents", transient=True):
        rows[name] = row(name, episodes, probe_episodes)
        rows = dict(sorted(rows.items()))
        write_atomically(path, compact_json(rows))
        write_atomically(out, table(rows).encode())
    print(f"wrote {path} and {out}")


def table(rows: Mapping[str, list[str]]) -> str:
    """An agent a row."""
    return "\n".join(markdown(_HEADING, rows.values())) + "\n"


def is_recurrent(agent: Agent) -> bool:
    """Whether the agent has a memory."""
    return agent.config.algorithm == "recurrent_ppo"


def row(name: str, episodes: int, probe_episodes: int) -> list[str]:
    """The cells of one agent."""
    agent = pretrained.load(name)
    seen, other = (fly(agent, probe_episodes, SCORING_SEED + k * probe_episodes) for k in range(2))
    probed = r_squared(seen.hidden_states, seen.velocities, other.hidden_states, other.velocities)
    cells = [f"`{name}`", f"{episodes:,}", f"{mean_return(agent, agent.policy, episodes):.1f}"]
    cells += [f"{mean_return(agent, Forgetful(agent.policy), episodes):.1f}"]
    cells += [f"{value:.2f}" for value in probed]
    if seen.obs.shape[1] == 0:
        return [*cells, *["-"] * len(_VELOCITIES)]
    control = r_squared(seen.obs, seen.velocities, other.obs, other.velocities)
    return cells + [f"{value:.2f}" for value in control]


def mean_return(agent: Agent, policy: Policy, episodes: int) -> float:
    """Mean return of a policy in the environment of an agent, on the seeds of scores."""
    config = agent.config
    played = play(policy, config.env_id, config.env_kwargs, episodes, SCORING_SEED)
    return float(summary(played)["mean_return"])


def fly(agent: Agent, episodes: int, first_seed: int) -> Flights:
    """Hidden states, observations and velocities of an agent's episodes.

    A batch of Lander-v0 takes the same seeds and actions, and gives the whole state.
    """
    config, policy = agent.config, agent.policy
    assert isinstance(policy, ActorCriticPolicy)
    arguments = lander_arguments(config.env_id, config.env_kwargs)
    twin = gym.make_vec(LANDER, num_envs=episodes, **arguments)
    state, _ = twin.reset(seed=first_seed)
    skip = frame_skip(config.env_id, config.env_kwargs)
    samples: list[tuple[Floats, ...]] = []

    def keep(step: Step) -> None:
        nonlocal state
        running = step.running
        seen = step.obs[running] if step.obs.ndim == _FLAT else np.empty((running.sum(), 0))
        rows = policy.hidden_state[running], seen, state[running][:, _VELOCITIES]
        samples.append(tuple(np.asarray(part, dtype=np.float64) for part in rows))
        for _ in range(skip):
            state, *_ = twin.step(step.actions)

    play(policy, config.env_id, config.env_kwargs, episodes, first_seed, on_step=keep)
    twin.close()
    return Flights(*(np.concatenate(parts) for parts in zip(*samples, strict=True)))


def r_squared(inputs: Floats, targets: Floats, new_inputs: Floats, new_targets: Floats) -> Floats:
    """Coefficients of determination of a ridge regression on new samples, (targets,).

    Args:
        inputs: (samples, features) to learn from.
        targets: (samples, targets).
        new_inputs: (new samples, features) to judge by.
        new_targets: (new samples, targets).
    """
    centre, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-8  # constant features stay 0
    x, offset = (inputs - centre) / scale, targets.mean(axis=0)
    gram = x.T @ x + _RIDGE * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, x.T @ (targets - offset))
    predicted = (new_inputs - centre) / scale @ weights + offset
    residual = ((new_targets - predicted) ** 2).mean(axis=0)
    explained: Floats = 1 - residual / new_targets.var(axis=0)
    return explained


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
