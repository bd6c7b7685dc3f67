"""Environment of pure functions, with gymnax's conventions."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lander_envs import spaces as gymnasium_spaces
from lander_envs.jax import calls
from lander_envs.jax.keys import key_words
from lander_envs.jax.params import EnvParams, as_array, check_env_params, operand
from lander_envs.jax.spaces import from_gymnasium
from lander_envs.jax.state import State, require_state
from lander_envs.jax.variants import Variant
from lander_envs.transforms.pixel_layout import FLOAT_LEVELS, PixelLayout

Info = dict[str, Any]
Timestep = tuple[Any, State, jax.Array, jax.Array, Info]


class Environment:
    """Environment of :func:`lander_envs.jax.make`: functions of one environment, for ``jax.vmap``.

    The functions are pure and have no derivative. Observations, rewards, flags and infos equal
    those of the vector environments under SAME_STEP; rewards are float64 in JAX's 64-bit mode,
    otherwise the same numbers rounded to float32.

    Example:
        Sixteen environments for a hundred steps:

        >>> import jax
        >>> import lander_envs.jax
        >>> env, params = lander_envs.jax.make("lander_envs/Lander-v0")
        >>> def step(state, action):
        ...     obs, state, reward, done, info = jax.vmap(env.step, (None, 0, 0, None))(
        ...         None, state, action, params
        ...     )
        ...     return state, (obs, reward)
        >>> keys = jax.random.split(jax.random.key(0), 16)
        >>> obs, state = jax.vmap(env.reset, (0, None))(keys, params)
        >>> state, (obs, rewards) = jax.lax.scan(step, state, jax.numpy.ones((100, 16), int))
        >>> obs.shape, rewards.shape
        ((100, 16, 8), (100, 16))
    """

    def __init__(
        self, name: str, variant: Variant, continuous: bool, default_params: EnvParams
    ) -> None:
        self.name = name
        self.default_params = default_params
        self._variant = variant
        self._continuous = continuous
        self._action_space = from_gymnasium(gymnasium_spaces.action_space(continuous))
        self._observation_space = from_gymnasium(variant.space)

    @property
    def num_actions(self) -> int:
        """Number of actions, or of throttles."""
        return 2 if self._continuous else gymnasium_spaces.NUM_ACTIONS

    def action_space(self, params: EnvParams | None = None) -> Any:
        """Space of the action, a Discrete or a Box of :mod:`lander_envs.jax.spaces`."""
        return self._action_space

    def observation_space(self, params: EnvParams | None = None) -> Any:
        """Space of the observation, a Box or a Dict of :mod:`lander_envs.jax.spaces`."""
        return self._observation_space

    def reset(self, key: Any, params: EnvParams | None = None) -> tuple[Any, State]:
        """Start an episode.

        Args:
            key: one key of JAX, or uint32 words; its words seed the random stream of this and all
                later episodes, as ``numpy.random.PCG64`` takes them. ``seed_key(s)`` gives
                Gymnasium's seed ``s``.
            params: arguments of the episode; None for ``default_params``.

        Returns:
            Observation of the observation space's shape and dtype, and state.

        Raises:
            ValueError: if ``key`` or ``params`` has another type or shape. A traced number outside
                its range raises when the call runs, mostly as ``jax.errors.JaxRuntimeError``.
        """
        call = calls.reset_call(self._variant, self._continuous)
        started = call(key_words(key), operand(self._params(params)))
        return self._observed(started.stack, started.obs), started.state

    def step(
        self, key: Any, state: State, action: Any, params: EnvParams | None = None
    ) -> Timestep:
        """Take a step; if it ends the episode, start the next one.

        Args:
            key: not read: the random stream is part of the state. None will do.
            state: state, which stays valid.
            action: integer from 0 to 3, or two throttles.
            params: arguments of the step; None for ``default_params``.

        Returns:
            Observation (of the next episode, if ``done``), state, reward, a float32, done, a bool,
            and info:
            ``terminated``, ``truncated``, ``outcome`` (int32, a value of
            :class:`lander_envs.Outcome`), ``on_pad``, ``final_obs`` (the observation before the
            restart) and for ShapedLander ``raw_reward``. All of them are those of the step.

        Raises:
            ValueError: if an argument has another type or shape. A traced number outside its range
                raises when the call runs, mostly as ``jax.errors.JaxRuntimeError``.
        """
        step = self._step(state, action, params, autoreset=True)
        obs, *rest, info = self._timestep(step)
        info["final_obs"] = self._observed(step.final_stack, step.final_obs)
        return obs, *rest, info

    def step_env(
        self, key: Any, state: State, action: Any, params: EnvParams | None = None
    ) -> Timestep:
        """Take a step without a restart, like :meth:`step`; the info has no ``final_obs``.

        After the end of an episode the simulation goes on, as LunarLander-v3's does.
        """
        return self._timestep(self._step(state, action, params, autoreset=False))

    def _params(self, params: EnvParams | None) -> EnvParams:
        return self.default_params if params is None else check_env_params(params)

    def _step(
        self, state: State, action: Any, params: EnvParams | None, autoreset: bool
    ) -> calls.Step:
        require_state(state, self._variant.state_shapes)
        chosen = self._params(params)
        call = calls.step_call(
            self._variant,
            self._continuous,
            chosen.max_steps_in_episode,
            autoreset,
            bool(jax.config.jax_enable_x64),
        )
        return call(state, self._action(action), operand(chosen))

    def _action(self, action: Any) -> jax.Array:
        """Action as an operand: int32 (), or (2,) in JAX's default float."""
        allowed = "two real numbers" if self._continuous else "an integer from 0 to 3"
        if isinstance(action, (np.integer, np.ndarray)) and action.dtype.kind in "iu":
            action = _told_apart(np, action)  # here, because JAX would cut 64 bits to 32
        array = as_array("action", allowed, action)
        kind = np.dtype(array.dtype).kind if array.dtype != jnp.bfloat16 else "f"
        if self._continuous:
            if array.shape != (2,) or kind not in "fiu":
                raise self._refused(allowed, array)
            return array.astype(float)
        if array.shape != () or kind not in "iu":
            raise self._refused(allowed, array)
        return jnp.asarray(_told_apart(jnp, array), jnp.int32)

    @staticmethod
    def _refused(allowed: str, array: jax.Array) -> ValueError:
        return ValueError(
            f"action must be {allowed}, got {array.dtype} of shape {array.shape}; jax.vmap takes "
            "the actions of several environments"
        )

    def _timestep(self, step: calls.Step) -> Timestep:
        info = {
            "terminated": step.terminated,
            "truncated": step.truncated,
            "outcome": step.outcome.astype(jnp.int32),
            "on_pad": step.on_pad,
        }
        if self._variant.shaping is not None:
            info["raw_reward"] = step.raw_reward
        done = jnp.logical_or(step.terminated, step.truncated)
        return self._observed(step.stack, step.obs), step.state, step.reward, done, info

    def _observed(self, stack: jax.Array | None, obs: jax.Array) -> Any:
        if stack is None:
            return obs
        pixels = _pixels(stack, self._variant.layout)
        return pixels if self._variant.obs == "pixels" else {"pixels": pixels, "state": obs}


def _told_apart(xp: ModuleType, integers: Any) -> Any:
    """Integers clipped to what an int32 and a throttle can tell from an action, not to an action.

    Args:
        xp: NumPy, or JAX's.
        integers: an array of it.
    """
    return xp.clip(integers, -1 if integers.dtype.kind == "i" else 0, 127)


def _pixels(stack: jax.Array, layout: PixelLayout) -> jax.Array:
    """Pixels of a frame stack (channels, H, W), uint8."""
    moved = jnp.moveaxis(stack, -3, -1) if layout.channels_last else stack
    # Levels are looked up, because XLA may divide by a constant with its rounded reciprocal.
    return jnp.asarray(FLOAT_LEVELS)[moved] if layout.is_float else moved
