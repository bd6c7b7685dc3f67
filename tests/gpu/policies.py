"""Policies in PyTorch for benchmarks on a GPU: no number of theirs is read by the host."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lander_envs.spaces import ANGLE, ANGULAR_VELOCITY, LEG_1, LEG_2, NUM_ACTIONS, VX, VY, X, Y


def heuristic(obs: Tensor) -> Tensor:
    """Actions (n,) of Gymnasium's landing heuristic for observations (n, 8)."""
    wanted_angle = (obs[:, X] * 0.5 + obs[:, VX]).clamp(-0.4, 0.4)
    wanted_height = 0.55 * obs[:, X].abs()
    turn = (wanted_angle - obs[:, ANGLE]) * 0.5 - obs[:, ANGULAR_VELOCITY]
    climb = (wanted_height - obs[:, Y]) * 0.5 - obs[:, VY] * 0.5
    standing = (obs[:, LEG_1] > 0) | (obs[:, LEG_2] > 0)
    turn = turn.masked_fill(standing, 0.0)
    climb = torch.where(standing, obs[:, VY] * -0.5, climb)
    sideways = 3 * (turn < -0.05).long() + (turn > 0.05).long()
    return torch.where((climb > turn.abs()) & (climb > 0.05), 2, sideways)


class Network(nn.Module):
    """Policy that samples actions: two layers of 64 units over states, or a CNN over frames.

    The CNN is that of Mnih et al., "Human-level control through deep reinforcement learning", 2015.
    """

    def __init__(self, obs_shape: tuple[int, ...]) -> None:
        super().__init__()
        if len(obs_shape) == 1:
            layers = [nn.Linear(*obs_shape, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh()]
        else:
            convolutions = [(obs_shape[0], 32, 8, 4), (32, 64, 4, 2), (64, 64, 3, 1)]
            layers = [layer for c in convolutions for layer in (nn.Conv2d(*c), nn.ReLU())]
            layers += [nn.Flatten(), nn.LazyLinear(512), nn.ReLU()]
        self.logits = nn.Sequential(*layers, nn.LazyLinear(NUM_ACTIONS))

    @torch.no_grad()
    def forward(self, obs: Tensor) -> Tensor:
        """Actions (n,) for observations (n, ...), float32 or uint8."""
        numbers = obs.float() / 255.0 if obs.dtype == torch.uint8 else obs
        return torch.multinomial(self.logits(numbers).softmax(dim=1), 1).squeeze(1)
