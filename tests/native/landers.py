"""A lander for tests: the shipped one, and beside it one whose physics can be inspected."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from lander_envs import _native
from lander_envs.backends import LanderParams
from tests.native.build import inspection


def native_lander(
    make: Any = _native.Lander, *, continuous: bool = False, draws: bool = False, **arguments: Any
) -> Any:
    """A lander of the engine with these arguments."""
    lander = make(continuous, draws)
    lander.set_params(LanderParams(continuous, **arguments).row)
    return lander


class Lander:
    """The module's Lander with a stream of its own.

    An ``InspectedLander`` takes the same steps; each result must be the same. It is what bodies,
    contacts, particles and events are read from.
    """

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments
        self.shipped = native_lander(**arguments)
        self.inspected = native_lander(inspection().InspectedLander, **arguments)
        self.started = False
        self.seed(0)

    def seed(self, seed: int) -> None:
        self.stream, self._twin = np.random.PCG64(seed), np.random.PCG64(seed)

    def reset(self, bit_generator: Any = None) -> np.ndarray:
        stream, twin = self._streams(bit_generator)
        obs = self.shipped.reset(stream)
        self.started = True
        assert obs.tobytes() == self.inspected.reset(twin).tobytes()
        return obs

    def step(self, action: int, bit_generator: Any = None) -> tuple[np.ndarray, float, bool]:
        stream, twin = self._streams(bit_generator)
        return _same(self.shipped.step(action, stream), self.inspected.step(action, twin))

    def step_continuous(
        self, main: float, lateral: float, bit_generator: Any = None
    ) -> tuple[np.ndarray, float, bool]:
        stream, twin = self._streams(bit_generator)
        result = self.shipped.step_continuous(main, lateral, stream)
        return _same(result, self.inspected.step_continuous(main, lateral, twin))

    def trace_step(self, *action: Any) -> tuple[tuple[np.ndarray, float, bool], list[dict]]:
        """Step under an action or two throttles; also what a contact listener heard, in order."""
        self.inspected.record()
        result = self.step(*action) if len(action) == 1 else self.step_continuous(*action)
        return result, self.inspected.recorded()

    def clone_state(self) -> bytes:
        self.shipped.random_state = self.stream.state
        return self.shipped.clone_state()

    def restore_state(self, state: bytes) -> None:
        self.shipped.restore_state(state)
        self.inspected.restore_state(state)
        self.started = True
        self.stream.state = self._twin.state = self.shipped.random_state

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, shallow, deep or pickled, rest on the shipped lander's."""
        return _with_copy, (
            self.arguments,
            copy.copy(self.shipped),
            self.stream.state,
            self.started,
        )

    def __getattr__(self, name: str) -> Any:
        """Pictures come from the shipped lander, everything else from the inspected one."""
        if name in ("draw", "small_picture", "outcome"):
            return getattr(self.shipped, name)
        if name.startswith("__") or name == "inspected":
            raise AttributeError(name)
        return getattr(self.inspected, name)

    def _streams(self, bit_generator: Any) -> tuple[Any, Any]:
        if bit_generator is None:
            return self.stream, self._twin
        return bit_generator, copy.deepcopy(bit_generator)


def _with_copy(arguments: Any, shipped: Any, stream: Any, started: bool) -> Lander:
    lander = Lander(**arguments)
    lander.shipped, lander.stream.state = shipped, stream
    if started:
        lander.restore_state(lander.clone_state())
    return lander


def _same(ours: Any, inspected: Any) -> tuple[np.ndarray, float, bool]:
    assert ours[0].tobytes() == inspected[0].tobytes()
    assert ours[1:] == inspected[1:]
    return ours
