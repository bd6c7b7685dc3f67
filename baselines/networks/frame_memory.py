"""Memory between the first layer of a CNN and the others: what feature maps were before."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# At the start traces are this many decisions old on average: from the decision before, in which a
# lander moves by half a pixel to some pixels, to the age of the oldest frame in a stack of four.
_YOUNGEST, _OLDEST = 1.05, 4.0


class MapMemory(nn.Module):
    """Linear recurrent unit over feature maps: each has a trace with a decay of its own.

    The trace h of a map m follows h <- d h + (1 - d) m in every place, with a learned decay d
    between 0 and 1 for each map. At an episode's start it is the first map. What comes out at a
    step are the maps, and their traces before this step; with a ``change_gain`` the traces come as
    differences from the maps, multiplied by it. The layer after it is then parametrised towards
    changes, as :class:`~baselines.networks.frame_stem.FrameStem` is for frames of a stack.

    Source of linear, diagonal recurrences in deep networks: Orvieto et al., "Resurrecting recurrent
    neural networks for long sequences", 2023.

    Args:
        shape: rows, columns and number of the maps.
        change_gain: factor of the differences; 0: traces as they are.
    """

    def __init__(self, shape: tuple[int, int, int], change_gain: float) -> None:
        super().__init__()
        ages = torch.linspace(_YOUNGEST, _OLDEST, shape[-1])
        self.decay_logits = nn.Parameter((1 - 1 / ages).logit())
        self.change_gain = change_gain
        self._shape = shape
        # Traces, and a 1 that says that there are some.
        self._widths = [shape[0] * shape[1] * shape[2], 1]
        self.width = sum(self._widths)

    def forward(self, maps: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Maps and traces (steps, n, rows, columns, 2 * maps), and the state after.

        Args:
            maps: (steps, n, rows, columns, maps). The traces are float32, what comes out is of
                this type.
            state: after the step before, (n, width); all zeros at an episode's start.
        """
        before, is_known = state.split(self._widths, dim=1)
        first = maps[0].float().flatten(1)
        trace = torch.where(is_known > 0, before, first).unflatten(1, self._shape)
        decay = self.decay_logits.sigmoid()
        seen = []
        for now in maps.float():
            beside = self.change_gain * (trace - now) if self.change_gain else trace
            seen.append(torch.cat((now, beside), dim=-1).to(maps.dtype))
            trace = torch.lerp(now, trace, decay)
        after = torch.cat((trace.flatten(1), torch.ones_like(is_known)), dim=1)
        return torch.stack(seen), after


class RecurrentEncoder(nn.Module):
    """Encoder of single frames with a memory after its first layer.

    Args:
        first: feature maps (n, maps, rows, columns) of observations (n, ...).
        memory: over these maps.
        rest: features (n, n_features) of maps and traces (n, 2 * maps, rows, columns).
        mixed_precision: compute all but the traces in bfloat16.
    """

    def __init__(
        self, first: nn.Module, memory: MapMemory, rest: nn.Module, mixed_precision: bool
    ) -> None:
        super().__init__()
        self.first, self.memory, self.rest = first, memory, rest
        self.mixed_precision = mixed_precision
        self.width = memory.width

    def step(self, obs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (n, n_features) of observations (n, ...), and the state (n, width) after."""
        with self._precision(obs):
            # Maps last, as convolutions in bfloat16 lay them out.
            maps = self.first(obs).movedim(1, -1)
            seen, after = self.memory(maps[None], state)
            features = self.rest(seen[0].movedim(-1, 1))
        return features.float(), after

    def forward(self, obs: Tensor, is_shown: Tensor, state: Tensor) -> Tensor:
        """Features (is_shown.sum(), n_features) of the shown steps of sequences.

        Args:
            obs: of shown steps, (is_shown.sum(), ...).
            is_shown: (steps, n) bool.
            state: before the first steps, (n, width).
        """
        with self._precision(obs):
            maps = padded(self.first(obs).movedim(1, -1), is_shown)
            seen, _ = self.memory(maps, state)
            # By rows, which are contiguous: a mask would take several times as long.
            shown = seen.flatten(0, 1)[is_shown.flatten().nonzero().squeeze(1)]
            features: Tensor = self.rest(shown.movedim(-1, 1)).float()
        return features

    def _precision(self, obs: Tensor) -> torch.autocast:
        return torch.autocast(obs.device.type, torch.bfloat16, enabled=self.mixed_precision)


def padded(of_shown: Tensor, is_shown: Tensor) -> Tensor:
    """Rows (is_shown.sum(), ...) put in their places among steps (steps, n, ...), else zeros."""
    among_all = of_shown.new_zeros((*is_shown.shape, *of_shown.shape[1:]))
    among_all[is_shown] = of_shown
    return among_all
