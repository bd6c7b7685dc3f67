"""PixelLander-v0: LunarLander-v3 from pixels, with the usual preprocessing of Atari games."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Unpack

from lander_envs.backends import RUNNING, TIMEOUT
from lander_envs.envs.lander import LanderEnv, LanderOptions
from lander_envs.interruption import interruptible
from lander_envs.spaces import TIME_LIMIT
from lander_envs.transforms.pixel_layout import CHANNELS_LAST, DTYPE
from lander_envs.transforms.pixels import (
    FRAME_STACK,
    OBS_SIZE,
    STACK_PARTS,
    FrameStack,
    check_obs,
    observed,
    observed_space,
    stack_from,
    stack_parts,
)
from lander_envs.transforms.repeat import TIMES, check_times, repeat_action, slower


class PixelLanderEnv(LanderEnv):
    """LunarLander-v3 with stacked frames as observation and action repeat.

    The observation space is by default ``Box(0, 255, (frame_stack, H, W), uint8)``, or
    ``(3 * frame_stack, H, W)`` in colour. Rewards are summed over the repeated steps, which stop at
    the end of the episode. The env truncates after ``TIME_LIMIT`` base steps, whatever
    ``frame_skip``. ``info["outcome"]`` is TIMEOUT then, and at the limit of a TimeLimit around
    the env, which counts steps of the env.

    Args:
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel per frame; otherwise red, green and blue.
        frame_stack: number of frames, oldest first; a reset fills the stack with its frame.
        frame_skip: base steps per action, 1 to ``TIME_LIMIT``. With 1, the velocity is nearly
            invisible: at 84x84 one world unit per second is a twelfth of a pixel per frame.
        obs: "pixels", or "both" for a dict of "pixels" and "state", LunarLander-v3's observation.
        channels_last: pixels of shape ``(H, W, frame_stack)``, or ``(H, W, 3 * frame_stack)``.
        dtype: "uint8", or "float32" for pixels from 0 to 1: the levels divided by 255.
        **lander: arguments of :class:`LanderEnv`.

    Raises:
        ValueError: if an argument is outside its range.

    Example:
        >>> import gymnasium as gym
        >>> import lander_envs
        >>> env = gym.make("lander_envs/PixelLander-v0")
        >>> obs, info = env.reset(seed=0)
        >>> obs.shape, obs.dtype
        ((4, 84, 84), dtype('uint8'))
        >>> env = gym.make("lander_envs/PixelLander-v0", obs="both", grayscale=False)
        >>> obs, info = env.reset(seed=0)
        >>> {name: part.shape for name, part in obs.items()}
        {'pixels': (12, 84, 84), 'state': (8,)}
    """

    _observes_pictures = True
    _part_names = ("physics", *STACK_PARTS)

    def __init__(
        self,
        obs_size: int | list[int] = OBS_SIZE,
        grayscale: bool = True,
        frame_stack: int = FRAME_STACK,
        frame_skip: int = TIMES,
        obs: str = "pixels",
        channels_last: bool = CHANNELS_LAST,
        dtype: str = DTYPE,
        **lander: Unpack[LanderOptions],
    ) -> None:
        self._stack = FrameStack(obs_size, grayscale, frame_stack, channels_last, dtype)
        self._frame_skip = check_times("frame_skip", frame_skip)
        self._obs = check_obs(obs)
        super().__init__(**lander)
        self.metadata = slower(self.metadata, self.frame_skip)
        self.observation_space = observed_space(self._stack.space, self._obs)

    @property
    def frame_skip(self) -> int:
        """Base steps per action."""
        return self._frame_skip

    @interruptible
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode; the observation repeats its first frame ``frame_stack`` times."""
        state, info = super().reset(seed=seed, options=options)
        self._base_steps = 0
        return observed(self._stack.start_small(self._picture()), state, self._obs), info

    @interruptible
    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take up to ``frame_skip`` base steps with the same action."""
        state, *rest, info = repeat_action(self._base_step, action, self.frame_skip)
        info["outcome"] = self._cut(info["outcome"])
        return observed(self._stack.push_small(self._picture()), state, self._obs), *rest, info

    def _picture(self) -> NDArray[np.uint8]:
        return self._simulator.small_frame(self._stack.size)

    def _state_parts(self) -> dict[str, bytes]:
        stack = stack_parts(self._stack.frames, self._stack.shape, self._base_steps)
        return super()._state_parts() | stack

    def _restore_parts(self, parts: dict[str, bytes]) -> NDArray[np.float32]:
        frames, steps = stack_from(parts, self._stack.shape)
        state = super()._restore_parts(parts)
        self._stack.frames, self._base_steps = frames, steps
        return state

    def _base_step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        state, reward, outcome = self._advance(action)
        self._base_steps += 1
        truncated = self._base_steps >= TIME_LIMIT
        terminated = outcome != RUNNING
        ending = TIMEOUT if truncated and not terminated else outcome
        return state, reward, terminated, truncated, self._info(state, ending)
