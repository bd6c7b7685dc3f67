"""Draw what the networks for pixels look at: motion crops, and attention of a committed agent.

python -m docs.draw_networks
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from torch import Tensor

from baselines.networks.attention_cnn import SpatialAttention
from baselines.networks.frame_stem import PATCH
from baselines.networks.motion_crop import CROP, brighter_centre, crop
from baselines.results import pretrained
from docs.draw_observations import BLUE, RED, fly_pixels, save

AGENT = "pixel_lander_cnn_ppo"
FIELD = 4 * PATCH  # pixels a side that a place of the attention sees


def draw_motion_crops(out: Path) -> None:
    """The newest frame with both crops marked, and the crops."""
    stack = torch.from_numpy(fly_pixels())[None]
    newest, oldest = stack[:, -1], stack[:, 0]
    figure, axes = plt.subplots(
        1, 4, figsize=(8, 2.4), width_ratios=[84, 84, 50, 50], layout="constrained"
    )
    centres = brighter_centre(newest, oldest), brighter_centre(oldest, newest)
    names, colours = ("now", "before"), (BLUE, RED)
    for beside, frame, title in zip(axes, (newest, oldest), ("newest", "oldest"), strict=False):
        show(beside, frame[0], f"{title} frame")
    for index, (name, colour, centre) in enumerate(zip(names, colours, centres, strict=True)):
        row, column = (centre[0].round() - CROP // 2 - 0.5).tolist()
        axes[index].add_patch(
            Rectangle((column, row), CROP, CROP, fill=False, edgecolor=colour, linewidth=1.5)
        )
        seen = crop(stack, centre, CROP)[0, ..., -1 if name == "now" else 0]
        show(axes[2 + index], seen, f"crop {1 + index}: {name}")
        axes[2 + index].spines[:].set(color=colour, linewidth=1.5)
    save(figure, out)


def attention_weights(stack: Tensor) -> Tensor:
    """Weight of each place for each head of the agent, (8, rows, columns), on a stack of frames."""
    network = pretrained.load_trained(AGENT).network
    (attention,) = (m for m in network.modules() if isinstance(m, SpatialAttention))
    seen: list[Tensor] = []
    attention.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        network.get_submodule("encoder")(stack)
        return attention.weights(seen[0].float())[0]


def draw_attention(out: Path) -> None:
    """The newest frame under the weights of each head, each as a share of the head's largest."""
    stack = torch.from_numpy(fly_pixels())[None]
    weights = attention_weights(stack)
    figure, axes = plt.subplots(2, 4, figsize=(8, 4.4), layout="constrained")
    low, high = FIELD / 2 - 0.5 - PATCH / 2, 83 - FIELD / 2 + 0.5 + PATCH / 2
    for number, (beside, weight) in enumerate(zip(axes.flat, weights, strict=True), start=1):
        show(beside, stack[0, -1], f"head {number}")
        red = torch.ones_like(weight)
        shares = weight / weight.max()
        beside.imshow(
            red, cmap="bwr", vmin=0, vmax=1, alpha=shares.numpy(), extent=(low, high, high, low)
        )
        beside.set(xlim=(-0.5, 83.5), ylim=(83.5, -0.5))
    save(figure, out)


def show(axes: Axes, frame: Tensor, title: str) -> None:
    """Draw grey levels."""
    picture: NDArray = frame.numpy()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize="medium")


def main() -> None:
    """Draw both pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "_static")
    out = parser.parse_args().out
    draw_motion_crops(out / "network-motion_crop.png")
    draw_attention(out / "network-attention.png")


if __name__ == "__main__":
    main()
