"""Variants of the environment as settings of the engine's custom calls."""

from __future__ import annotations

import dataclasses
from typing import Any

import gymnasium as gym
import numpy as np

from lander_envs import checks
from lander_envs.jax.state import State, state_shapes
from lander_envs.spaces import SCREEN_SHAPE, STATE_SHAPE, TIME_LIMIT, observation_space
from lander_envs.transforms import shaping
from lander_envs.transforms.pixel_layout import (
    CHANNELS_LAST,
    DEFAULT_LAYOUT,
    DTYPE,
    PixelLayout,
)
from lander_envs.transforms.pixels import (
    FRAME_STACK,
    OBS_SIZE,
    FrameStack,
    PictureSize,
    check_obs,
    observed_space,
)
from lander_envs.transforms.repeat import TIMES, check_times
from lander_envs.transforms.scale import scaled_space, scaling
from lander_envs.transforms.velocity import hidden_indices


@dataclasses.dataclass(frozen=True)
class Variant:
    """Static settings of a variant; the defaults are those of Lander-v0."""

    space: gym.Space[Any] = dataclasses.field(default_factory=observation_space, compare=False)
    hidden: tuple[int, ...] = ()  # indices of the observation that are set to 0
    offset: tuple[float, ...] = (0.0,) * STATE_SHAPE[0]
    factor: tuple[float, ...] = (1.0,) * STATE_SHAPE[0]
    shaping: shaping.ShapingWeights | None = None
    picture: PictureSize | None = None  # None if the observation is the state
    frame_stack: int = 0
    frame_skip: int = 1
    obs: str = "state"  # "pixels" or "both" with pictures
    layout: PixelLayout = DEFAULT_LAYOUT  # of pixels

    @property
    def picture_bytes(self) -> int:
        """Bytes of one picture, 0 without pictures."""
        return 0 if self.picture is None else int(np.prod(self.picture.shape))

    @property
    def state_shapes(self) -> State:
        """Shapes and dtypes of a state."""
        return state_shapes(self.frame_stack, self.picture_bytes)

    def attributes(self) -> dict[str, Any]:
        """Attributes of a custom call (native/python/jax_call.h reads them)."""
        height, width, grayscale = self.picture or (0, 0, True)
        return {
            "hidden": np.int32(sum(1 << index for index in self.hidden)),
            "offset": np.array(self.offset, np.float32),
            "factor": np.array(self.factor, np.float32),
            "shaping": np.array(self.shaping or (), np.float64),
            "rows": np.int32(height),
            "columns": np.int32(width),
            "grayscale": np.bool_(grayscale),
            "frame_stack": np.int32(self.frame_stack),
            "frame_skip": np.int32(self.frame_skip),
            "base_steps": np.int32(TIME_LIMIT),
        }


def lander() -> Variant:
    """Settings of Lander-v0 and LanderContinuous-v0."""
    return Variant()


def masked_velocity(angular: bool = True) -> Variant:
    """Settings of MaskedVelocityLander-v0."""
    return Variant(hidden=tuple(hidden_indices(checks.flag("angular", angular))))


def normalized(scale: str = "standard") -> Variant:
    """Settings of NormalizedLander-v0."""
    chosen = scaling(scale, observation_space())
    return Variant(
        space=scaled_space(observation_space(), chosen),
        offset=tuple(chosen.offset.tolist()),
        factor=tuple(chosen.factor.tolist()),
    )


def shaped(
    distance: float = shaping.DISTANCE,
    touchdown_speed: float = shaping.TOUCHDOWN_SPEED,
    legs: float = shaping.LEGS,
    potential_based: bool = True,
    gamma: float = shaping.GAMMA,
) -> Variant:
    """Settings of ShapedLander-v0."""
    weights = shaping.shaping_weights(distance, touchdown_speed, legs, potential_based, gamma)
    return Variant(shaping=weights)


def pixel(
    obs_size: int | list[int] = OBS_SIZE,
    grayscale: bool = True,
    frame_stack: int = FRAME_STACK,
    frame_skip: int = TIMES,
    obs: str = "pixels",
    channels_last: bool = CHANNELS_LAST,
    dtype: str = DTYPE,
) -> Variant:
    """Settings of PixelLander-v0."""
    stack = FrameStack(obs_size, grayscale, frame_stack, channels_last, dtype)
    if not stack.size.fits_the_screen:
        largest = list(SCREEN_SHAPE[:2])
        raise ValueError(f"obs_size must be at most {largest} in JAX, got {obs_size!r}")
    return Variant(
        space=observed_space(stack.space, check_obs(obs)),
        picture=stack.size,
        frame_stack=frame_stack,
        frame_skip=check_times("frame_skip", frame_skip),
        obs=obs,
        layout=stack.layout,
    )
