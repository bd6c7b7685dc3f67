"""Transformer over a window of steps, as a memory."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

HEADS = 4  # attend apart from each other
_WIDENING = 4  # of the hidden layer of a block, as in Vaswani et al., 2017


class AttentionBlock(nn.Module):
    """Causal self-attention over a window of steps, then two layers a step.

    Source: Vaswani et al., "Attention is all you need", 2017; normalisation comes before each
    part: Xiong et al., "On layer normalization in the Transformer architecture", 2020.

    Args:
        size: numbers a step, a multiple of 4.
        window: steps that a step can attend to.
    """

    def __init__(self, size: int, window: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.query = nn.Linear(size, size)
        self.key_value = nn.Linear(size, 2 * size)
        # Relative position bias of each head, oldest step first: Raffel et al.,
        # "Exploring the limits of transfer learning ...", 2020. Not 0 at the start, so that heads
        # look at different places.
        self.position = nn.Parameter(torch.randn(HEADS, window))
        self.out = nn.Linear(size, size)
        self.mlp = nn.Sequential(
            nn.LayerNorm(size),
            nn.Linear(size, _WIDENING * size),
            nn.GELU(),
            nn.Linear(_WIDENING * size, size),
        )

    def forward(self, x: Tensor, before: Tensor, known: Tensor) -> Tensor:
        """Steps after attention and layers, (steps, n, size).

        Args:
            x: (steps, n, size), in order of time.
            before: the ``window - 1`` steps before those, (window - 1, n, size).
            known: which of all these belong to the episode, (window - 1 + steps, n) bool.
        """
        seen = self.norm(torch.cat((before, x)))
        query = self.query(seen[len(before) :])
        key, value = self.key_value(seen).chunk(2, dim=-1)
        query, key, value = (  # (n, heads, steps or keys, size / heads)
            part.unflatten(2, (HEADS, -1)).permute(1, 2, 0, 3) for part in (query, key, value)
        )
        attended = nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=self._preference(len(x), known)
        )
        x = x + self.out(attended.permute(2, 0, 1, 3).flatten(2))
        added: Tensor = self.mlp(x)
        return x + added

    def _preference(self, steps: int, known: Tensor) -> Tensor:
        """Attention bias of steps and keys, (n, heads, steps, keys).

        Minus infinity outside of a step's window and episode.
        """
        window = self.position.shape[1]
        time = torch.arange(len(known), device=known.device)
        place = time - time[:steps, None]  # of each key in each step's window
        seen = (place >= 0) & (place < window) & known.T[:, None, None]
        return self.position[:, place.clamp(0, window - 1)].masked_fill(~seen, -torch.inf)


class Window(nn.Module):
    """Transformer over the last ``window`` steps, with a memory's interface.

    Its hidden state is what its blocks were given at the ``window - 1`` steps before, and for each
    of these a 1 that says there was one; all zeros at an episode's start. Like the hidden state
    of an LSTM it was made by the weights of its time, and no gradient flows into it. Source: Dai et
    al., "Transformer-XL", 2019. With several blocks what is remembered reaches back further, by
    ``window - 1`` steps a block.

    Args:
        n_obs: numbers in an observation.
        size: numbers that a step becomes, a multiple of 4.
        layers: how many blocks, one above the other.
        window: steps that a block sees, the newest among them.
    """

    def __init__(self, n_obs: int, size: int, layers: int, window: int) -> None:
        super().__init__()
        self.embed = nn.Linear(n_obs, size)
        self.blocks = nn.ModuleList(AttentionBlock(size, window) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        self._kept = (window - 1, 1 + layers * size)
        self._widths = [1] + [size] * layers
        self.width = math.prod(self._kept)

    def forward(self, obs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (steps, n, size) of observations (steps, n, n_obs), and the state after."""
        steps = len(obs)
        before = state.unflatten(1, self._kept).transpose(0, 1)
        was_there, *of_blocks = before.split(self._widths, dim=-1)  # (window - 1, n, ...) each
        was_there = torch.cat((was_there, torch.ones_like(obs[..., :1])))
        known = was_there.squeeze(-1) > 0
        x, kept = self.embed(obs), [was_there[steps:]]
        for block, of_block in zip(self.blocks, of_blocks, strict=True):
            kept.append(torch.cat((of_block, x))[steps:])
            x = block(x, of_block, known)
        after = torch.cat(kept, dim=-1).transpose(0, 1).flatten(1)
        return self.norm(x), after
