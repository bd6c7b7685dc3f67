"""Draw what an agent sees of each variant, all in the same state of the same episode.

python -m docs.draw_observations
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gymnasium as gym
import matplotlib

matplotlib.use("Agg")  # files only, no window

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray

import lander_envs  # noqa: F401  # registers the ids

SEED = 3
ACTIONS = [0] * 8 + [3] * 4 + [0] * 8 + [2] * 8 + [0] * 4 + [2] * 20  # falling, turned, braking
DECISION = 4  # base steps that PixelLander-v0 repeats an action for
NAMES = ["x", "y", "vx", "vy", "angle", "spin", "leg, right", "leg, left"]
HIDDEN = (2, 3, 5)
GREY, BLUE, RED = "#999999", "#1f77b4", "#d62728"


def fly(env_id: str) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The last observation of the flight and its picture."""
    env = gym.make(env_id, render_mode="rgb_array")
    obs, _ = env.reset(seed=SEED)
    for action in ACTIONS:
        obs = env.step(action)[0]
    picture = env.render()
    env.close()
    return obs, picture


def fly_pixels() -> NDArray[np.uint8]:
    """The stack (4, 84, 84) that PixelLander-v0 shows of the same flight."""
    env = gym.make("lander_envs/PixelLander-v0")
    obs, _ = env.reset(seed=SEED)
    for action in ACTIONS[::DECISION]:
        obs = env.step(action)[0]
    env.close()
    return obs


def draw_numbers(axes: Axes, obs: NDArray[np.float32], title: str) -> None:
    """The eight numbers as bars, the hidden ones of a masked observation in red."""
    hidden = [index in HIDDEN and obs[index] == 0 for index in range(8)]
    axes.barh(range(8), obs, color=BLUE)
    for index, value in enumerate(obs):
        text, colour = ("0, hidden", RED) if hidden[index] else (f"{value:.2f}", "black")
        side, place = ("left", 4) if value >= 0 else ("right", -4)
        axes.annotate(
            text,
            (value, index),
            xytext=(place, 0),
            textcoords="offset points",
            va="center",
            ha=side,
            color=colour,
            fontsize="small",
        )
    axes.set_yticks(range(8), [f"{index}  {name}" for index, name in enumerate(NAMES)])
    axes.invert_yaxis()
    axes.axvline(0, color=GREY, linewidth=0.8)
    limit = 1.45 * max(1.0, float(np.abs(obs).max()))
    axes.set_xlim(-limit, limit)
    axes.set_title(title, fontsize="medium")


def draw_state(env_ids: list[str], out: Path) -> None:
    """The screen, and beside it the observation of each id."""
    columns = 1 + len(env_ids)
    widths = [1.4] + [1.0] * len(env_ids)
    figure, axes = plt.subplots(
        1, columns, figsize=(3.2 * columns, 2.6), width_ratios=widths, layout="constrained"
    )
    _, picture = fly(env_ids[0])
    axes[0].imshow(picture)
    axes[0].axis("off")
    axes[0].set_title("on the screen", fontsize="medium")
    for beside, env_id in zip(axes[1:], env_ids, strict=True):
        draw_numbers(beside, fly(env_id)[0], f"obs of {env_id.removeprefix('lander_envs/')}")
    save(figure, out)


def draw_pixels(out: Path) -> None:
    """The four frames of an observation, oldest first."""
    figure, axes = plt.subplots(1, 4, figsize=(8, 2.3), layout="constrained")
    for index, (beside, frame) in enumerate(zip(axes, fly_pixels(), strict=True)):
        beside.imshow(frame, cmap="gray", vmin=0, vmax=255)
        beside.set_xticks([0, 83])
        beside.set_yticks([0, 83])
        note = {0: ", oldest", 3: ", newest"}.get(index, "")
        beside.set_title(f"obs[{index}]{note}", fontsize="medium")
    save(figure, out)


def save(figure: plt.Figure, out: Path) -> None:
    """Write a PNG file without the versions of its maker."""
    figure.savefig(out, dpi=130, metadata={"Software": None})
    plt.close(figure)
    print(f"wrote {out}")


def main() -> None:
    """Draw a picture a variant; ShapedLander-v0 looks like Lander-v0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "_static")
    out = parser.parse_args().out
    plain = "lander_envs/Lander-v0"
    draw_state([plain], out / "observation-lander.png")
    for variant in ("masked_velocity_lander", "normalized_lander"):
        env_id = f"lander_envs/{variant.title().replace('_', '')}-v0"
        draw_state([plain, env_id], out / f"observation-{variant}.png")
    draw_pixels(out / "observation-pixel_lander.png")


if __name__ == "__main__":
    main()
