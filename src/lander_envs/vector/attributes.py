"""Attributes of the single environments of a batch, as Gymnasium's SyncVectorEnv gives them."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import VectorEnv

from lander_envs import spaces
from lander_envs.backends import ARGUMENTS, Ranges, require_settable
from lander_envs.interruption import Interruptible, interruptible
from lander_envs.vector.arguments import Params
from lander_envs.vector.exclusive import Exclusive, exclusive

# Arguments of make_vec that make no sense for a single env.
_BATCH_ARGUMENTS = (
    *("num_envs", "vectorization_mode", "autoreset_mode", "num_threads", "copy"),
    *("device", "reward_dtype"),
)

_ATTRIBUTES_OF_BATCHES = (
    *("num_envs", "closed", "autoreset_mode", "single_observation_space", "single_action_space"),
    *("instruction_set", "device", "unwrapped"),
)


class _Argument:
    """Argument of the env, (num_envs,); a new value acts from the next reset."""

    def __set_name__(self, owner: type[EnvArguments], name: str) -> None:
        self._name = name

    def __get__(self, envs: EnvArguments | None, owner: type[EnvArguments]) -> Any:
        return self if envs is None else np.array(envs.attributes(self._name))

    def __set__(self, envs: EnvArguments, value: Any) -> None:
        envs.set_attr(self._name, value.tolist() if isinstance(value, np.ndarray) else value)


class EnvArguments(VectorEnv[Any, Any, Any]):
    """Vector env with the arguments of its single environments as attributes."""

    gravity = _Argument()
    enable_wind = _Argument()
    wind_power = _Argument()
    turbulence_power = _Argument()
    main_engine_power = _Argument()
    side_engine_power = _Argument()
    dispersion = _Argument()
    initial_force = _Argument()
    fuel_cost = _Argument()
    wind_mode = _Argument()
    terrain = _Argument()
    continuous = _Argument()

    def attributes(self, name: str) -> Sequence[Any]:
        """Attribute ``name`` of each single env; AttributeError if it has none."""
        raise NotImplementedError

    def set_attr(self, name: str, values: Any) -> None:
        """Set an attribute of each single env; a list or tuple has one value per env."""
        raise NotImplementedError

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Call method ``name`` of each env, or read its attribute."""
        return tuple(
            value(*args, **kwargs) if callable(value) else value for value in self.attributes(name)
        )


def require_argument(name: str) -> None:
    """AttributeError unless ``name`` is an argument that a vector env can set."""
    if name not in ARGUMENTS:
        raise AttributeError(
            f"{name} cannot be set on the environments of a vector env; {', '.join(ARGUMENTS)} can"
        )


class BatchAttributes(Interruptible, Exclusive, EnvArguments):
    """Native batch that answers for its single envs, which do not exist as objects."""

    _continuous: bool
    _params: Params  # of each env's next episode
    _ranges: Ranges  # of the arguments that each episode draws
    _batch: Any

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """Attribute ``name`` of each env; a method is called, as SyncVectorEnv does."""
        return self.call(name)

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Call method ``name`` of each env, or read its attribute.

        Raises:
            AttributeError: if a single env has no such attribute, or it has one that a batch
                cannot call for one env alone, such as ``reset``.

        Example:
            >>> from lander_envs.vector import LanderVectorEnv
            >>> envs = LanderVectorEnv(2, gravity=[-10.0, -5.0])
            >>> envs.call("gravity")
            (-10.0, -5.0)
            >>> envs.call("get_action_meanings")[0]
            ['NOOP', 'LEFT_ENGINE', 'MAIN_ENGINE', 'RIGHT_ENGINE']
        """
        if name == "render":
            frames: tuple[Any, ...] | None = self.render(*args, **kwargs)
            return (None,) * self.num_envs if frames is None else frames
        return super().call(name, *args, **kwargs)

    @exclusive
    @interruptible
    def set_attr(self, name: str, values: Any) -> None:
        """Set an argument of each env, from its next reset on.

        Args:
            name: an argument from "gravity" to "terrain".
            values: one value, or a list or tuple of one per env.

        Raises:
            AttributeError: for another name.
            ValueError: if a value is outside its range; nothing changes.

        Example:
            >>> from lander_envs.vector import LanderVectorEnv
            >>> envs = LanderVectorEnv(3)
            >>> envs.set_attr("gravity", [-10.0, -5.0, -1.0])
            >>> envs.gravity.tolist()
            [-10.0, -5.0, -1.0]
        """
        require_argument(name)
        require_settable(name, values, self._ranges)
        before, everyone = self._params, np.ones(self.num_envs, dtype=np.bool_)
        self._params = before.updated({name: values}, everyone)
        self._batch.set_next_params(self._params.differ(before), self._params.rows)

    def attributes(self, name: str) -> Sequence[Any]:
        """Attribute ``name`` of each single env; AttributeError if it has none."""
        if name in ARGUMENTS:
            return self._params.column(name)
        if name in ("np_random", "np_random_seed"):
            by_name: dict[str, Any] = {"np_random": self.np_random}  # raises before a reset
            by_name["np_random_seed"] = self.np_random_seed
            own: Sequence[Any] = by_name[name]
            return own
        if name in ("clone_state", "restore_state"):
            method = getattr(self, name)
            return [functools.partial(method, index=i) for i in range(self.num_envs)]
        if name in ("get_wrapper_attr", "has_wrapper_attr"):
            reader = getattr(self, f"_{name}")
            return [functools.partial(reader, index=i) for i in range(self.num_envs)]
        if name == "spec":
            return self._single_specs()
        return [self._common_attribute(name)] * self.num_envs

    def _get_wrapper_attr(self, name: str, *, index: int) -> Any:
        """Attribute of one env, as its ``get_wrapper_attr`` gives it."""
        return self.attributes(name)[index]

    def _has_wrapper_attr(self, name: str, *, index: int) -> bool:
        """Whether one env has an attribute, even one that needs a reset before."""
        try:
            self.attributes(name)
        except (AttributeError, ResetNeeded) as missing:
            return isinstance(missing, ResetNeeded)
        return True

    def _common_attribute(self, name: str) -> Any:
        """Attribute that is the same for every env; AttributeError if a single env has none."""
        if name in ("observation_space", "action_space"):
            return getattr(self, f"single_{name}")
        if name == "continuous":
            return self._continuous
        if name == "metadata":
            return {key: value for key, value in self.metadata.items() if key != "autoreset_mode"}
        if name == "get_action_meanings":
            return functools.partial(spaces.action_meanings, self._continuous)
        if name == "get_keys_to_action":
            return functools.partial(spaces.keys_to_action, self._continuous)
        value = getattr(self, name)
        if callable(value):
            raise AttributeError(
                f"{name}() cannot be called on one of several environments that share one batch"
            )
        if name.startswith("_") or name in _ATTRIBUTES_OF_BATCHES:
            raise AttributeError(f"{name} is no attribute of the environments of a batch")
        return value

    def _single_specs(self) -> list[Any]:
        """Specs from which ``gym.make`` builds the single envs; None without a spec."""
        if self.spec is None:
            return [None] * self.num_envs
        common = copy.deepcopy(self.spec)
        for name in _BATCH_ARGUMENTS:
            common.kwargs.pop(name, None)
        limit = common.kwargs.pop("max_episode_steps", None)
        common.max_episode_steps = common.max_episode_steps if limit is None else limit
        own = [name for name in ARGUMENTS if np.ndim(common.kwargs.get(name, 0.0)) == 1]
        specs = []
        for i in range(self.num_envs):
            specs.append(copy.copy(common))
            if own:
                row = {name: np.asarray(common.kwargs[name])[i].item() for name in own}
                specs[i].kwargs = {**common.kwargs, **row}
        return specs
