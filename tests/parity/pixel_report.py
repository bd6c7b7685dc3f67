"""Whole flights seen through Gymnasium's pipeline of wrappers and by PixelLander-v0, compared.

    python -m tests.parity.pixel_report --episodes 3 --picture docs/_static/pixel-parity.png

prints a table of differences, and another of the scores of one pilot on both backends; the picture
shows both sides and their difference. Every episode has a terrain of its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import gymnasium as gym
import numpy as np

import lander_envs
from tests.parity.policies import POLICIES
from tests.parity.test_pixels import gymnasiums_pipeline

SIZE = 84
LONGEST = 400  # frames of an episode, 8 seconds
SHOWN = 75  # the frame of each flight that the picture shows, or the last before it
ENLARGED = 3

# Policy and arguments of each flight, by its name.
FLIGHTS: dict[str, tuple[str, dict[str, Any]]] = {
    "random": ("random", {}),
    "heuristic": ("landing", {}),
    "out at the top": ("full_throttle", {}),
    "flames on the ground": ("bouncing", {"gravity": -2.0}),
    "tumbling in wind": ("tumbling", {"enable_wind": True}),
}


@dataclass
class Differences:
    frames: int = 0
    pixels: int = 0
    identical: int = 0
    error: int = 0  # grey levels, summed over pixels
    worst: float = 0.0  # mean error of a frame
    shown: list[np.ndarray] = field(default_factory=list)

    def add(self, expected: np.ndarray, got: np.ndarray) -> None:
        error = cv2.absdiff(expected, got)
        self.frames += 1
        self.pixels += error.size
        self.identical += int((error == 0).sum())
        self.error += int(error.sum())
        self.worst = max(self.worst, float(error.mean()))
        if self.frames <= SHOWN:
            self.shown = [expected, got, error]

    def row(self, name: str) -> str:
        return (
            f"| {name} | {self.frames:,} | {self.error / self.pixels:g} | "
            f"{self.identical / self.pixels:.4%} | {self.worst:g} |"
        )


def fly(policy: str, arguments: dict[str, Any], seed: int) -> Iterator[tuple[np.ndarray, ...]]:
    """The newest frame of each observation of both sides, for one episode."""
    reference = gymnasiums_pipeline((SIZE, SIZE), **arguments)
    ours = gym.make("lander_envs/PixelLander-v0", frame_skip=1, obs="both", **arguments)
    act, rng = POLICIES[policy], np.random.default_rng(seed)
    expected, _ = reference.reset(seed=seed)
    got, _ = ours.reset(seed=seed)
    for t in range(LONGEST):
        yield expected[-1], got["pixels"][-1]
        action = act(reference.unwrapped, got["state"], t, rng)
        expected, _, terminated, _, _ = reference.step(action)
        got = ours.step(action)[0]
        if terminated:
            yield expected[-1], got["pixels"][-1]
            return


def compare(episodes: int) -> dict[str, Differences]:
    results = {}
    for name, (policy, arguments) in FLIGHTS.items():
        results[name] = Differences()
        for seed in range(episodes):
            for expected, got in fly(policy, arguments, seed):
                results[name].add(expected, got)
    return results


def score(backend: str, seed: int) -> float:
    """The return of the heuristic, which sees the state beside the pixels."""
    env = gym.make("lander_envs/PixelLander-v0", obs="both", backend=backend)
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        action = POLICIES["landing"](env, obs["state"], 0, None)
        obs, reward, terminated, truncated, _ = env.step(action)
        total, over = total + reward, terminated or truncated
    return total


def draw(results: dict[str, Differences], path: Path) -> None:
    """Columns are flights; rows are Gymnasium, this package and their difference."""
    gap = ((0, 2), (0, 2))
    columns = [
        np.vstack([np.pad(cell, gap, constant_values=128) for cell in result.shown])
        for result in results.values()
    ]
    picture = np.hstack(columns).repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)
    cv2.imwrite(str(path), picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=3, help="of each flight")
    parser.add_argument("--picture", type=Path, help="a PNG file to write")
    options = parser.parse_args()
    results = compare(options.episodes)
    print("| flight | frames | mean absolute error | identical pixels | worst frame's error |")
    print("|---|---:|---:|---:|---:|")
    for name, result in results.items():
        print(result.row(name))
    print("\n| backend | score of the heuristic, an episode after the other |\n|---|---|")
    for backend in lander_envs.BACKENDS:
        scores = [f"{score(backend, seed):.6f}" for seed in range(options.episodes)]
        print(f"| {backend} | {', '.join(scores)} |")
    if options.picture is not None:
        draw(results, options.picture)


if __name__ == "__main__":
    main()
