"""Film what PixelLander-v0 shows of a landing, beside the screen.

The pilot is a trained agent that sees the state. The same seed and actions give the same flight in
both environments, so the pixels are those of the landing on the screen.

python -m docs.film_pixels runs/lander_ppo-seed1 docs/_static/pixellander-v0.gif
"""

from pathlib import Path
from typing import Annotated

import cv2
import gymnasium as gym
import numpy as np
import tyro

from baselines.evaluation.episodes import SCORING_SEED
from baselines.record import write_film
from baselines.results import pretrained as agents

_DECISION = 4  # base steps: PixelLander-v0's default frame_skip


def main(
    run: Annotated[Path, tyro.conf.Positional], out: Annotated[Path, tyro.conf.Positional]
) -> None:
    """Fly one episode and write it to ``out``, half the screen's size, in real time."""
    agent = agents.load(run)
    screen = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    pixels = gym.make("lander_envs/PixelLander-v0", frame_skip=1)
    state, _ = screen.reset(seed=SCORING_SEED)
    stack, _ = pixels.reset(seed=SCORING_SEED)
    film, ended, step = [], False, 0
    while not ended:
        if step % _DECISION == 0:
            seen = stack[-1]  # the newest frame, as it stands until the next decision
        film.append(side_by_side(screen.render(), seen))
        action = agent.policy.act(state[None])[0]
        state, _, terminated, truncated, _ = screen.step(action)
        stack = pixels.step(action)[0]
        ended, step = terminated or truncated, step + 1
    write_film(out, film, fps=screen.metadata["render_fps"])
    print(f"wrote {out}, {step} steps")


def side_by_side(frame: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The screen, a grey gap and the agent's frame enlarged to the screen's height."""
    height = len(frame)
    large = cv2.resize(seen, (height, height), interpolation=cv2.INTER_NEAREST)
    gap = np.full((height, 20, 3), 128, np.uint8)
    return np.hstack([frame, gap, np.repeat(large[..., None], 3, axis=-1)])


if __name__ == "__main__":
    tyro.cli(main)
