"""Episodes of served agents: one with all its steps, or many with their statistics."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import numpy as np

from baselines.service.actions import NAMES, fired
from baselines.service.agents import ServedAgent
from baselines.service.schemas import EpisodeRow, EvaluateAnswer, PlayAnswer
from baselines.service.workers import Progress
from lander_envs.flights.films import gif
from lander_envs.scoring.episodes import Episode, Step, make_envs, play_in
from lander_envs.scoring.flight import FlightMeter, frame_skip
from lander_envs.scoring.statistics import EVALUATION_SEED, summary
from lander_envs.spaces import FPS, REWARD_THRESHOLD

_SAME = ("std", "min", "max")
_RATES = ("win", "landing", "pad", "crash", "out_of_bounds", "timeout")


def fly(agent: ServedAgent, seed: int | None, with_film: bool, progress: Progress) -> PlayAnswer:
    """Plays one episode; a random one if ``seed`` is None."""
    if seed is None:
        seed = secrets.randbelow(EVALUATION_SEED)  # never one of an evaluation or a score
    card = agent.card
    env_id, env_kwargs = card.env_id, card.env_kwargs
    meter = FlightMeter(env_id, env_kwargs, 1, seed)
    actions, rewards, states = [], [], [meter.states[0].tolist()]

    def follow(step: Step) -> None:
        progress.advance()
        meter.add(step)
        actions.append(step.actions[0].tolist())
        rewards.append(float(step.raw_rewards[0]))
        states.append(meter.states[0].tolist())

    render = {"render_mode": "rgb_array_list"} if with_film else {}
    envs = make_envs(env_id, {**env_kwargs, **render}, 1)
    try:
        episode = meter.measured(play_in(envs, agent.new_policy(), seed, follow))[0]
        film = None
        if with_film:
            frames = envs.render()
            assert frames is not None  # one list of frames
            content = gif([np.asarray(frame) for frame in frames[0]], _fps(envs.metadata))
            film = base64.b64encode(content).decode()
    finally:
        envs.close()
        meter.close()
    return PlayAnswer(
        actions_taken=actions,
        rewards_per_step=rewards,
        states_visited=states,
        steps_per_second=FPS / frame_skip(env_id, env_kwargs),
        agent=card.name,
        env_id=env_id,
        gif=film,
        **_row(episode).model_dump(exclude={"on_pad"}),
    )


def evaluate(
    agent: ServedAgent, episodes: int, seed: int, with_details: bool, progress: Progress
) -> EvaluateAnswer:
    """Plays an episode for each of ``episodes`` seeds from ``seed`` on, all stepped together."""
    card = agent.card
    env_id, env_kwargs = card.env_id, card.env_kwargs
    counts = np.zeros(len(NAMES), np.int64)
    envs = make_envs(env_id, env_kwargs, episodes)
    meter = FlightMeter(env_id, env_kwargs, episodes, seed)

    def follow(step: Step) -> None:
        meter.add(step)
        counts[:] += fired(step.actions[step.running]).sum(axis=0)
        progress.advance(int(step.ended.sum()))

    try:
        played = meter.measured(play_in(envs, agent.new_policy(), seed, follow))
    finally:
        envs.close()
        meter.close()
    decisions = sum(episode.length for episode in played)
    shares = 100 * counts / decisions
    rows = [_row(episode) for episode in played]
    return EvaluateAnswer(
        **_statistics(played),
        action_shares=dict(zip(NAMES, shares.tolist(), strict=True)),
        seed=seed,
        agent=card.name,
        env_id=env_id,
        episodes=rows if with_details else None,
    )


def _statistics(played: list[Episode]) -> dict[str, Any]:
    """Summary of a score under the names and in the units of the service."""
    found = summary(played)
    return {
        "n_episodes": found["episodes"],
        "mean_reward": found["mean_return"],
        **{f"{key}_reward": found[f"{key}_return"] for key in _SAME},
        **{f"{key}_rate": 100 * found[f"{key}_rate"] for key in _RATES},
        **{key: found[key] for key in ("ci_low", "ci_high", "mean_touchdown_speed", "mean_fuel")},
        "avg_steps": found["mean_length"],
    }


def _row(episode: Episode) -> EpisodeRow:
    assert episode.touchdown_speed is not None
    assert episode.fuel is not None
    return EpisodeRow(
        seed=episode.seed,
        total_reward=episode.episodic_return,
        steps=episode.length,
        success=episode.episodic_return > REWARD_THRESHOLD,
        outcome=episode.outcome,
        on_pad=episode.on_pad,
        touchdown_speed=episode.touchdown_speed,
        fuel=episode.fuel,
    )


def _fps(metadata: dict[str, object]) -> float:
    return float(str(metadata["render_fps"]))
