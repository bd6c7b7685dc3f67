"""Evaluation episodes: a fixed policy plays one episode for each seed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from lander_envs import Outcome
from lander_envs.backends import DEFAULT_BACKEND
from lander_envs.registration import REGISTERED_IDS
from lander_envs.scoring.policy import Policy

OWN_PHYSICS = "its own"
"""The backend of environments other than ours."""


class Episode(NamedTuple):
    """Seed, return, length and outcome of an episode; None for what was not measured."""

    seed: int
    episodic_return: float  # of the raw reward, shaped or not
    length: int  # decisions
    outcome: str  # "landed", "crashed", "out_of_bounds" or "timeout"
    on_pad: bool
    touchdown_speed: float | None = None  # metres a second; see :mod:`lander_envs.scoring.flight`
    fuel: float | None = None  # in units of the reward
    # Shares of the decisions in which an engine fires, 0 to 1; two may fire in one.
    main_engine: float | None = None
    left_engine: float | None = None
    right_engine: float | None = None


MEASURED = ("touchdown_speed", "fuel", "main_engine", "left_engine", "right_engine")
"""Fields that :mod:`lander_envs.scoring.flight` measures."""


class Step(NamedTuple):
    """One decision in each of n environments."""

    obs: NDArray[Any]  # (n, ...), before the actions
    actions: NDArray[Any]  # (n, ...)
    rewards: NDArray[np.float64]  # (n,), as the environment gives them
    raw_rewards: NDArray[np.float64]  # (n,), LunarLander-v3's where the environment shapes them
    running: NDArray[np.bool_]  # (n,), whether the step belongs to the episode of the seed
    ended: NDArray[np.bool_]  # (n,), whether it is that episode's last


OnStep = Callable[[Step], None]


def play(
    policy: Policy,
    env_id: str,
    env_kwargs: Mapping[str, Any],
    episodes: int,
    first_seed: int,
    on_step: OnStep = lambda step: None,
) -> list[Episode]:
    """Plays an episode for each of ``episodes`` seeds, all stepped together.

    Args:
        policy: chooses the actions.
        env_id: the environment's id.
        env_kwargs: its keyword arguments.
        episodes: number of seeds.
        first_seed: the first seed; the others follow it.
        on_step: called after each step, for a progress display, a sum or a record.
    """
    envs = make_envs(env_id, env_kwargs, episodes)
    try:
        return play_in(envs, policy, first_seed, on_step)
    finally:
        envs.close()


def play_in(
    envs: VectorEnv[Any, Any, Any],
    policy: Policy,
    first_seed: int,
    on_step: OnStep = lambda step: None,
) -> list[Episode]:
    """Plays an episode in each of ``envs``, which are seeded from ``first_seed`` on."""
    obs, _ = envs.reset(seed=first_seed)
    policy.start()
    returns, lengths = np.zeros(envs.num_envs), np.zeros(envs.num_envs, dtype=int)
    running = np.ones(envs.num_envs, dtype=bool)
    endings = [("", False)] * envs.num_envs
    while running.any():
        actions = policy.act(obs)
        following, rewards, terminated, truncated, infos = envs.step(actions)
        raw_rewards = infos.get("raw_reward", rewards)
        returns[running] += raw_rewards[running]
        lengths += running
        ended = running & (terminated | truncated)
        for i in np.flatnonzero(ended).tolist():
            endings[i] = _ending(infos, i, bool(terminated[i]))
        on_step(Step(obs, actions, rewards, raw_rewards, running, ended))
        obs = following
        running = running & ~ended
    results = zip(returns.tolist(), lengths.tolist(), endings, strict=True)
    return [Episode(first_seed + i, r, length, *end) for i, (r, length, end) in enumerate(results)]


def make_envs(
    env_id: str, env_kwargs: Mapping[str, Any], episodes: int
) -> VectorEnv[Any, Any, Any]:
    """Environments for one episode each: the native batch, or single ones that stop at its end."""
    is_batch = backend_of(env_id, env_kwargs) == "native" and "render_mode" not in env_kwargs
    if is_batch:
        return gym.make_vec(env_id, num_envs=episodes, **env_kwargs)
    return gym.make_vec(
        env_id,
        num_envs=episodes,
        vectorization_mode="sync",
        wrappers=[_SingleEpisode],
        **env_kwargs,
    )


def backend_of(env_id: str, env_kwargs: Mapping[str, Any]) -> str:
    """The physics of an environment: "native", "box2d", or "its own" for ids of others."""
    if env_id not in REGISTERED_IDS:
        return OWN_PHYSICS
    return str(env_kwargs.get("backend", DEFAULT_BACKEND))


class _SingleEpisode(gym.Wrapper[Any, Any, Any, Any]):
    """Plays the episode of a seeded reset, then repeats its last observation without a step.

    A vector environment resets without a seed what has ended; such a reset is ignored.
    """

    _obs: Any = None
    _is_over = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        if seed is None:
            return self._obs, {}
        self._obs, info = super().reset(seed=seed, options=options)
        self._is_over = False
        return self._obs, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        if self._is_over:
            return self._obs, 0.0, False, False, {}
        self._obs, reward, terminated, truncated, info = super().step(action)
        self._is_over = terminated or truncated
        return self._obs, reward, terminated, truncated, info


def _ending(infos: dict[str, Any], i: int, terminated: bool) -> tuple[str, bool]:
    """Outcome, as a word, and on_pad of environment ``i``; those of others give neither."""
    if not terminated:
        return "timeout", False
    if "outcome" not in infos:
        return "terminated", False
    return Outcome(infos["outcome"][i]).name.lower(), bool(infos["on_pad"][i])


# --- CSV ---------------------------------------------------------------------------------------


def write_rows(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()


def read_episodes(path: Path) -> list[Episode]:
    """Episodes in a CSV file, as ``baselines.evaluate --csv`` writes it.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it holds something else.
    """
    with path.open(newline="") as file:
        try:
            return [parse_episode(row) for row in csv.DictReader(file)]
        except KeyError as missing:
            raise ValueError(f"{path} has no column {missing}") from None


def parse_episode(row: Mapping[str, str]) -> Episode:
    """The episode in a row of such a file; files of older scores lack what was not measured."""
    return Episode(
        int(row["seed"]),
        float(row["episodic_return"]),
        int(row["length"]),
        row["outcome"],
        row["on_pad"] == "True",
        *(float(row[key]) if row.get(key) else None for key in MEASURED),
    )


def is_same(one: Episode, other: Episode) -> bool:
    """Whether two episodes agree in all that was measured of both."""
    pairs = zip(one, other, strict=True)
    return all(a == b for a, b in pairs if a is not None and b is not None)
