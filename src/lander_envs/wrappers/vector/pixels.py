"""Vector wrappers that show pictures instead of the state."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from lander_envs.transforms.pixels import FrameStack
from lander_envs.wrappers.pixels import require_pictures

Obs = NDArray[np.uint8]


class PixelObservation(VectorWrapper, RecordConstructorArgs):
    """Vector form of :class:`lander_envs.wrappers.PixelObservation`.

    SAME_STEP is refused: there the picture of an episode's end is gone when the step returns.
    A reset with ``reset_mask`` renders every environment once more, which changes nothing for this
    package's ids; the particles of Gymnasium's own LunarLander-v3 age by it.

    Args:
        env: a vector environment made with ``render_mode="rgb_array"``, whose ``render()`` gives
            a frame an environment.
        obs_size: height and width in pixels; one integer, or a pair ``[height, width]``.
        grayscale: one grey channel a frame; otherwise red, green and blue.
        frame_stack: how many frames, 1 to 64; padded at reset with the first frame.

    Raises:
        ValueError: as the single form does, and for ``autoreset_mode`` SAME_STEP.
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        obs_size: int | list[int] = 84,
        grayscale: bool = True,
        frame_stack: int = 4,
    ) -> None:
        RecordConstructorArgs.__init__(
            self, obs_size=obs_size, grayscale=grayscale, frame_stack=frame_stack
        )
        VectorWrapper.__init__(self, env)
        require_pictures("PixelObservation", env.render_mode)
        mode = env.metadata.get("autoreset_mode")
        if mode == AutoresetMode.SAME_STEP:
            raise ValueError(
                f"PixelObservation needs autoreset_mode NEXT_STEP or DISABLED, got {mode}: under "
                "SAME_STEP the picture of an episode's end is gone when the step returns"
            )
        self._next_step = mode == AutoresetMode.NEXT_STEP
        self._stacks = [FrameStack(obs_size, grayscale, frame_stack) for _ in range(self.num_envs)]
        self.single_observation_space = self._stacks[0].space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        shape = (self.num_envs, *(self._stacks[0].space.shape))
        self._obs: Obs = np.zeros(shape, np.uint8)
        self._resetting = np.zeros(self.num_envs, dtype=np.bool_)
        self._frames: Any = None

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Obs, dict[str, Any]]:
        """Reset the environments, all or those of ``options["reset_mask"]``."""
        started = np.ones(self.num_envs, dtype=np.bool_)
        if options is not None and "reset_mask" in options:
            started = np.array(options["reset_mask"])
        _, infos = self.env.reset(seed=seed, options=options)
        self._resetting = self._resetting & ~started
        return self._observe(started, ~started), infos

    def step(
        self, actions: Any
    ) -> tuple[Obs, NDArray[Any], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Step the environments and append their frames; a reset step starts a new stack."""
        _, rewards, terminations, truncations, infos = self.env.step(actions)
        obs = self._observe(self._resetting, np.zeros(self.num_envs, dtype=np.bool_))
        self._resetting = (terminations | truncations) & self._next_step
        return obs, rewards, terminations, truncations, infos

    def render(self) -> Any:
        """Return copies of the frames that the last observations were made from."""
        if self._frames is None:
            return self.env.render()
        return tuple(frame.copy() for frame in self._frames)

    def _observe(self, started: NDArray[np.bool_], untouched: NDArray[np.bool_]) -> Obs:
        """Render once and bring every stack that is not ``untouched`` up to date."""
        self._frames = self.env.render()
        for i, frame in enumerate(self._frames):
            if not untouched[i]:
                stack = self._stacks[i]
                self._obs[i] = stack.start(frame) if started[i] else stack.push(frame)
        return self._obs.copy()
