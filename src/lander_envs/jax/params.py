"""Parameters of JAX environments: the arguments of an episode as values that can be traced."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lander_envs import checks, spaces
from lander_envs.backends.params import (
    ARGUMENTS,
    CHOICES,
    DEFAULTS,
    RANDOMIZABLE,
    LanderParams,
    as_number,
    check_param,
)
from lander_envs.snapshot import MAX_STEPS

_NUMBERS = (int, float, np.integer, np.floating)


@dataclasses.dataclass(frozen=True)
class EnvParams:
    """Arguments of an episode; a pytree, whose numbers can be traced, batched and vmapped over.

    Reset and steps of an episode take the same params: LunarLander-v3 reads its arguments anew at
    each step, but draws the phase of the wind at the reset and only if there is wind.

    Args:
        gravity: vertical acceleration in world units per second squared, in (-12, 0).
        enable_wind: apply wind and turbulence.
        wind_power: maximum force of the wind.
        turbulence_power: maximum torque of the turbulence.
        main_engine_power: this and the next four as in :class:`lander_envs.envs.LanderEnv`.
        side_engine_power: impulse of the side engines.
        dispersion: size of the engines' random numbers.
        initial_force: maximum of the random push at the start.
        fuel_cost: factor of the engines' costs in the reward.
        wind_mode: "continuing" or "per_episode"; not traced.
        terrain: "random" or "flat"; not traced.
        max_steps_in_episode: time limit in steps of the env, from 1 to ``2**31 - 1`` (no limit);
            not traced.

    Example:
        Four gravities at once:

        >>> import jax
        >>> import jax.numpy as jnp
        >>> import lander_envs.jax
        >>> env, params = lander_envs.jax.make("lander_envs/Lander-v0")
        >>> on = jax.vmap(lambda g: params.replace(gravity=g))(jnp.array([-10.0, -8.0, -6.0, -4.0]))
        >>> obs, states = jax.vmap(env.reset, in_axes=(None, 0))(lander_envs.jax.seed_key(0), on)
        >>> obs.shape
        (4, 8)
    """

    gravity: Any = spaces.GRAVITY
    enable_wind: Any = False
    wind_power: Any = spaces.WIND_POWER
    turbulence_power: Any = spaces.TURBULENCE_POWER
    main_engine_power: Any = spaces.MAIN_ENGINE_POWER
    side_engine_power: Any = spaces.SIDE_ENGINE_POWER
    dispersion: Any = spaces.DISPERSION
    initial_force: Any = spaces.INITIAL_FORCE
    fuel_cost: Any = spaces.FUEL_COST
    wind_mode: str = "continuing"
    terrain: str = "random"
    max_steps_in_episode: int = spaces.TIME_LIMIT

    def replace(self, **changes: Any) -> EnvParams:
        """Copy with other values.

        Raises:
            TypeError: for an unknown name.
            ValueError: for a Python or NumPy number outside its range, or one that is no float32
                while JAX has no 64-bit mode.
        """
        changed = dataclasses.replace(self, **changes)
        for name, value in changes.items():  # here, because jax.jit would round it unseen
            _check_number(name, value)
        return changed


jax.tree_util.register_dataclass(
    EnvParams,
    data_fields=[name for name in ARGUMENTS if name not in CHOICES],
    meta_fields=[*CHOICES, "max_steps_in_episode"],
)


def default_params(lander: LanderParams, max_steps_in_episode: int) -> EnvParams:
    """Params of checked arguments.

    Raises:
        ValueError: if an argument is no float32 while JAX has no 64-bit mode.
    """
    for name in RANDOMIZABLE:
        _check_number(name, getattr(lander, name))
    numbers = {name: jnp.asarray(getattr(lander, name), _real_dtype()) for name in RANDOMIZABLE}
    return EnvParams(
        enable_wind=jnp.asarray(lander.enable_wind),
        wind_mode=lander.wind_mode,
        terrain=lander.terrain,
        max_steps_in_episode=max_steps_in_episode,
        **numbers,
    )


def check_env_params(params: Any) -> EnvParams:
    """Check the type and the time limit of params; the limit becomes an int.

    Raises:
        ValueError: if they are something else, or the limit is outside its range.
    """
    if not isinstance(params, EnvParams):
        raise ValueError(
            f"params must be EnvParams, as make() returns them, got {type(params).__name__}"
        )
    limit = checks.whole("max_steps_in_episode", params.max_steps_in_episode, 1, MAX_STEPS)
    return params.replace(max_steps_in_episode=limit)


def operand(params: EnvParams) -> jax.Array:
    """Row of arguments for a custom call, (len(ARGUMENTS),).

    Raises:
        ValueError: if one has another type, is no scalar, is a choice that is not allowed, or a
            number that :meth:`EnvParams.replace` refuses.
    """
    return jnp.stack([_number(name, getattr(params, name)) for name in ARGUMENTS])


def as_array(name: str, allowed: str, value: Any) -> jax.Array:
    """Array of an argument; ValueError for what JAX cannot convert."""
    try:
        return jnp.asarray(value)
    except checks.NOT_CONVERTIBLE as refused:
        raise ValueError(f"{name} must be {allowed}, got {checks.shown(value)}") from refused


def _real_dtype() -> np.dtype[Any]:
    """Float64 in JAX's 64-bit mode, else float32."""
    dtype: np.dtype[Any] = np.dtype(jnp.result_type(float))
    return dtype


def _check_number(name: str, value: Any) -> None:
    """Check an argument that is a Python or NumPy number; JAX has rounded its own already.

    Raises:
        ValueError: if it is outside its range, or no float32 while JAX has no 64-bit mode: the
            numbers of the episodes would be those of another value. (Box2D rounds the gravity
            itself, and the float32 next to a default stands for the default.)
    """
    given = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
    if name not in RANDOMIZABLE or isinstance(given, bool) or not isinstance(given, _NUMBERS):
        return
    number = check_param(name, given)
    rounded = float(np.float32(number))
    exact = number in (rounded, DEFAULTS[name]) or name == "gravity"
    if _real_dtype() == np.float32 and not exact:
        raise ValueError(
            f"{name} must be a float32 number without JAX's 64-bit mode, got {number}: take "
            f"{rounded}, or set jax_enable_x64"
        )


def _number(name: str, value: Any) -> jax.Array:
    """Number of an argument in a row."""
    _check_number(name, value)
    if name in CHOICES:
        return jnp.asarray(as_number(name, check_param(name, value)), _real_dtype())
    is_flag = name not in RANDOMIZABLE
    kind = "a bool" if is_flag else "a real number"
    array = as_array(name, kind, value)
    if array.shape != () or np.dtype(array.dtype).kind not in ("b" if is_flag else "fiu"):
        raise ValueError(
            f"{name} must be {kind}, got {array.dtype} of shape {array.shape}; jax.vmap takes "
            "several params"
        )
    return array.astype(_real_dtype())
