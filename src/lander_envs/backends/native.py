"""Native backend: LunarLander-v3 bit for bit, without Box2D."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lander_envs import _native
from lander_envs.backends import RUNNING, LanderParams, Step
from lander_envs.spaces import SCREEN_SHAPE
from lander_envs.transforms.pixels import PictureSize, reduce_frame


class NativeSimulator:
    """Simulator around one lander of the native engine."""

    _camera: _native.Camera | None  # made by the first small_frame

    def __init__(self, params: LanderParams, draws: bool) -> None:
        self._params = params
        self._lander = _native.Lander(params.continuous, draws)
        self._lander.set_params(params.row)
        self._camera = None
        self._camera_size: PictureSize | None = None
        self.running = False

    def require(self, params: LanderParams) -> None:
        """Accept all arguments."""

    def set_params(self, params: LanderParams) -> None:
        """Set new arguments, except ``continuous``; a call of ``reset`` must follow."""
        if params != self._params:
            self._params = params
            self._lander.set_params(params.row)

    def reset(self, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Start an episode with random numbers from ``np_random``, of any bit generator."""
        state = self._lander.reset(np_random.bit_generator)
        self.running = True
        return state

    def step(self, action: Any, np_random: np.random.Generator) -> Step:
        """Advance by one base step; ``np_random`` gives the engines' dispersion."""
        lander, source = self._lander, np_random.bit_generator
        if self._params.continuous:
            state, reward, terminated = lander.step_continuous(action[0], action[1], source)
        else:
            state, reward, terminated = lander.step(action, source)
        if terminated:
            # LunarLander-v3's terminal rewards are the Python integers -100 and +100.
            return Step(state, int(reward), int(self._lander.outcome))
        return Step(state, np.float64(reward), RUNNING)

    def frame(self) -> NDArray[np.uint8]:
        """Draw the present state, shape ``SCREEN_SHAPE``."""
        frame = np.empty(SCREEN_SHAPE, np.uint8)
        self._lander.draw(frame)
        return frame

    def small_frame(self, size: PictureSize) -> NDArray[np.uint8]:
        """Draw the present state reduced; redraws only what moved.

        OpenCV resizes the full frame if a side is longer than the screen's.
        """
        if not size.fits_the_screen:
            return reduce_frame(self.frame(), size)
        if self._camera is None or self._camera_size != size:
            self._camera, self._camera_size = _native.Camera(*size), size
        return self._lander.small_picture(self._camera)

    def close(self) -> None:
        """Do nothing: the engine holds only memory."""

    def clone_state(self, np_random: np.random.Generator) -> bytes:
        """Serialize physics, contacts and random stream.

        Raises:
            ValueError: if ``np_random`` has another bit generator than PCG64.
        """
        stream: Any = np_random.bit_generator.state
        if stream["bit_generator"] != "PCG64":
            raise ValueError(
                "clone_state() needs an np_random of the bit generator PCG64, got "
                f"{stream['bit_generator']}"
            )
        self._lander.random_state = stream
        return self._lander.clone_state()

    def restore_state(self, state: bytes, np_random: np.random.Generator) -> NDArray[np.float32]:
        """Restore a state and set ``np_random`` to its random stream; returns its observation.

        Raises:
            ValueError: if ``np_random`` has another bit generator than PCG64, or ``state`` is
                invalid; nothing changes.
        """
        if not isinstance(np_random.bit_generator, np.random.PCG64):
            raise ValueError(
                "restore_state() needs an np_random of the bit generator PCG64, got "
                f"{type(np_random.bit_generator).__name__}"
            )
        restored = self._lander.restore_state(state)
        stream: Any = self._lander.random_state
        np_random.bit_generator.state = stream
        self.running = True
        return restored
