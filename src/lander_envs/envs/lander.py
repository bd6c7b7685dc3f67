"""Lander-v0: LunarLander-v3 on a backend of choice, and the base of every variant."""

from __future__ import annotations

from typing import Any, ClassVar, TypedDict

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from lander_envs import checks, snapshot, spaces
from lander_envs.backends import DEFAULT_BACKEND, Step, check_params, make_simulator
from lander_envs.rendering import Window


class LanderOptions(TypedDict, total=False):
    """The keyword arguments that every variant takes; see :class:`LanderEnv`."""

    render_mode: str | None
    continuous: bool
    gravity: float
    enable_wind: bool
    wind_power: float
    turbulence_power: float
    backend: str


class LanderEnv(gym.Env[NDArray[Any], Any]):
    """LunarLander-v3: the same observations, rewards and flags for the same seed and actions.

    Args:
        render_mode: None, "human" or "rgb_array".
        continuous: two real numbers as action instead of an integer from 0 to 3.
        gravity: vertical acceleration in world units per second squared, between -12 and 0.
        enable_wind: whether wind and turbulence act on the hull while no leg touches the ground.
        wind_power: largest force of the wind; recommended 0 to 20.
        turbulence_power: largest torque of the turbulence; recommended 0 to 2.
        backend: "native", this package's engine, or "box2d", Gymnasium's own class.

    The step that terminates carries ``info["outcome"]``: "landed" (asleep anywhere, which
    overrides the rest), "crashed" (the hull touched the ground) or "out_of_bounds"; and
    ``info["on_pad"]``: whether the hull's centre is between the flags.

    Raises:
        ValueError: for an argument outside what is allowed; it names the argument.
    """

    metadata: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # Gymnasium declares it a variable
        "render_modes": ["human", "rgb_array"],
        "render_fps": spaces.FPS,
    }
    _observes_pictures = False  # a variant that does needs pictures whatever its render_mode
    _part_names: ClassVar[tuple[str, ...]] = ("physics",)  # of a state

    def __init__(
        self,
        render_mode: str | None = None,
        continuous: bool = False,
        gravity: float = -10.0,
        enable_wind: bool = False,
        wind_power: float = 15.0,
        turbulence_power: float = 1.5,
        backend: str = DEFAULT_BACKEND,
    ) -> None:
        if render_mode is not None:
            checks.one_of("render_mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        params = check_params(continuous, gravity, enable_wind, wind_power, turbulence_power)
        self.continuous = params.continuous  # read by Gymnasium's heuristic
        self.observation_space: gym.Space[Any] = spaces.observation_space()
        self.action_space = spaces.action_space(params.continuous)
        self._check_action = (
            spaces.continuous_action if params.continuous else spaces.discrete_action
        )
        draws = self._observes_pictures or render_mode is not None
        self._simulator = make_simulator(backend, params, draws=draws)
        self._window = Window(type(self).__name__, self.metadata["render_fps"])

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode; ``seed`` fixes all that is random in it and in those after it."""
        super().reset(seed=seed)
        state = self._simulator.reset(self.np_random)
        self._show()
        return self._observe(state), {}

    def step(self, action: Any) -> tuple[NDArray[Any], Any, bool, bool, dict[str, Any]]:
        """Advance by 1/50 s. Truncation is left to Gymnasium's TimeLimit."""
        state, reward, outcome = self._advance(action)
        return self._observe(state), reward, outcome is not None, False, end_info(state, outcome)

    def render(self) -> NDArray[np.uint8] | None:
        """The picture of the present state, (400, 600, 3) uint8, or None in "human" mode.

        Rendering changes nothing: asked twice it gives the same picture, and no later picture or
        observation depends on it.
        """
        if self.render_mode is None:
            gym.logger.warn(
                "render() shows nothing without a render mode; ask for one, for instance "
                'gym.make(..., render_mode="rgb_array")'
            )
            return None
        self._require_reset("render")
        return self._simulator.frame() if self.render_mode == "rgb_array" else None

    def clone_state(self) -> bytes:
        """The state of this env as bytes.

        Physics, contacts, random stream and, in a variant that has them, frames or shaping; the
        constructor's arguments and wrappers are no part of it.

        Raises:
            gymnasium.error.Error: with ``backend="box2d"``, which cannot.
            ValueError: if ``np_random`` was set to another bit generator than PCG64.
        """
        self._require_reset("clone_state")
        return snapshot.pack(self._state_parts())

    def restore_state(self, state: bytes) -> None:
        """Go on from a state that ``clone_state()`` of such an env gave.

        Raises:
            ValueError: if ``state`` is not such a state; the env is then left as it was.
            gymnasium.error.Error: with ``backend="box2d"``, which cannot.
        """
        self._restore_parts(snapshot.unpack(state, self._part_names))

    def close(self) -> None:
        """Close the window and release the simulator."""
        self._window.close()
        self._simulator.close()

    def _state_parts(self) -> dict[str, bytes]:
        """What a state holds; a variant adds its own."""
        return {"physics": self._simulator.clone_state(self.np_random)}

    def _restore_parts(self, parts: dict[str, bytes]) -> None:
        """Take the parts up; a variant checks its own before and keeps them after."""
        self._simulator.restore_state(parts["physics"], self.np_random)

    def _observe(self, state: NDArray[np.float32]) -> NDArray[Any]:
        """What a variant shows of the state."""
        return state

    def _advance(self, action: Any) -> Step:
        """Check the action, take one base step and show it."""
        self._require_reset("step")
        step = self._simulator.step(self._check_action(action), self.np_random)
        self._show()
        return step

    def _show(self) -> None:
        if self.render_mode == "human":
            self._window.show(self._simulator.frame())

    def _require_reset(self, call: str) -> None:
        if not self._simulator.running:
            raise ResetNeeded(f"call reset() before {call}()")


def end_info(state: NDArray[np.float32], outcome: str | None) -> dict[str, Any]:
    """The info of a step: empty, or how and where the episode ended."""
    if outcome is None:
        return {}
    on_pad = bool(abs(state[spaces.X]) <= spaces.PAD_HALF_WIDTH)
    return {"outcome": outcome, "on_pad": on_pad}
