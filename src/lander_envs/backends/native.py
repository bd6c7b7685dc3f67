"""The native engine: LunarLander-v3 bit for bit, without Box2D."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lander_envs import _native
from lander_envs.backends import LanderParams, Step
from lander_envs.spaces import SCREEN_SHAPE

if TYPE_CHECKING:
    from lander_envs.transforms.pixels import PictureSize


class NativeSimulator:
    """One lander of the native engine; it draws from the caller's generator, of any kind."""

    def __init__(self, params: LanderParams, draws: bool) -> None:
        self._lander = _native.Lander(**params._asdict(), draws=draws)
        self._continuous = params.continuous
        self._camera: _native.Camera | None = None  # made when first asked for
        self._camera_size: PictureSize | None = None
        self.running = False

    def reset(self, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Start an episode, drawing from ``np_random``."""
        state = self._lander.reset(np_random.bit_generator)
        self.running = True
        return state

    def step(self, action: Any, np_random: np.random.Generator) -> Step:
        """Advance by 1/50 s, drawing the engines' dispersion from ``np_random``."""
        lander, source = self._lander, np_random.bit_generator
        if self._continuous:
            state, reward, terminated = lander.step_continuous(action[0], action[1], source)
        else:
            state, reward, terminated = lander.step(action, source)
        if terminated:
            # LunarLander-v3 assigns the integers -100 and +100.
            return Step(state, int(reward), self._outcome())
        return Step(state, np.float64(reward), None)

    def frame(self) -> NDArray[np.uint8]:
        """Draw the present state."""
        frame = np.empty(SCREEN_SHAPE, np.uint8)
        self._lander.draw(frame)
        return frame

    def small_frame(self, size: PictureSize) -> NDArray[np.uint8]:
        """Draw the present state small; only what moved is drawn anew.

        A picture that is larger than the screen on a side is left to OpenCV, which then
        interpolates.
        """
        if not size.fits_the_screen:
            from lander_envs.transforms.pixels import reduce_frame  # and OpenCV only here

            return reduce_frame(self.frame(), size)
        if self._camera is None or self._camera_size != size:
            self._camera, self._camera_size = _native.Camera(*size), size
        return self._lander.small_picture(self._camera)

    def close(self) -> None:
        """Nothing to release."""

    def clone_state(self, np_random: np.random.Generator) -> bytes:
        """Physics, contacts and random stream."""
        stream: Any = np_random.bit_generator.state
        if stream["bit_generator"] != "PCG64":
            raise ValueError(
                "clone_state() needs an np_random of the bit generator PCG64, got "
                f"{stream['bit_generator']}"
            )
        self._lander.random_state = stream
        return self._lander.clone_state()

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> None:
        """Take up a state, and set ``np_random`` to its random stream."""
        if not isinstance(np_random.bit_generator, np.random.PCG64):
            raise ValueError(
                "restore_state() needs an np_random of the bit generator PCG64, got "
                f"{type(np_random.bit_generator).__name__}"
            )
        self._lander.restore_state(state)
        stream: Any = self._lander.random_state
        np_random.bit_generator.state = stream
        self.running = True

    def _outcome(self) -> str:
        return self._lander.outcome.name.lower()
