"""Multilayer perceptrons and their initialisation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from torch import nn

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "elu": nn.ELU}


def mlp(sizes: Sequence[int], activation: str, out_gain: float) -> nn.Sequential:
    """Linear layers of ``sizes`` with the activation between them, orthogonally initialised.

    Hidden layers have gain sqrt(2), the last one ``out_gain``; biases start at 0. Source of the
    initialisation: Andrychowicz et al., "What matters in on-policy reinforcement learning?", 2021.
    """
    layers: list[nn.Module] = []
    for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        last = i == len(sizes) - 2
        layer = nn.Linear(n_in, n_out)
        initialise(layer, gain=out_gain if last else math.sqrt(2.0))
        layers += [layer] if last else [layer, ACTIVATIONS[activation]()]
    return nn.Sequential(*layers)


def initialise(*layers: nn.Conv2d | nn.Linear, gain: float = math.sqrt(2.0)) -> None:
    """Orthogonal weights and zero biases; gain sqrt(2) keeps the variance through a ReLU."""
    for layer in layers:
        nn.init.orthogonal_(layer.weight, gain)
        nn.init.zeros_(layer.get_parameter("bias"))


def normalised_mlp(sizes: Sequence[int], activation: str) -> nn.Sequential:
    """Linear layers of ``sizes``, each with LayerNorm (Ba et al., 2016) and the activation."""
    layers: list[nn.Module] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layer = nn.Linear(n_in, n_out)
        initialise(layer)
        layers += [layer, nn.LayerNorm(n_out), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers)
