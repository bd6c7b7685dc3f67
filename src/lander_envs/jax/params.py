"""Parameters of JAX environments: LunarLander-v3's arguments as values that can be traced."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lander_envs import spaces
from lander_envs.backends import LanderParams


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
        max_steps_in_episode: time limit in steps of the env, at least 1; not traced.

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
    max_steps_in_episode: int = spaces.TIME_LIMIT

    def replace(self, **changes: Any) -> EnvParams:
        """Copy with other values; TypeError for an unknown name."""
        return dataclasses.replace(self, **changes)


jax.tree_util.register_dataclass(
    EnvParams,
    data_fields=["gravity", "enable_wind", "wind_power", "turbulence_power"],
    meta_fields=["max_steps_in_episode"],
)


def default_params(lander: LanderParams, max_steps_in_episode: int) -> EnvParams:
    """Params of checked arguments.

    Raises:
        ValueError: if a power of the wind is no float32 while JAX has no 64-bit mode: the numbers
            of the episodes would be those of another power. (Box2D rounds the gravity itself.)
    """
    for name in ("wind_power", "turbulence_power"):
        value = getattr(lander, name)
        if _real_dtype() == np.float32 and float(np.float32(value)) != value:
            raise ValueError(
                f"{name} must be a float32 number without JAX's 64-bit mode, got {value}: take "
                f"{float(np.float32(value))}, or set jax_enable_x64"
            )
    return EnvParams(
        gravity=jnp.asarray(lander.gravity, _real_dtype()),
        enable_wind=jnp.asarray(lander.enable_wind),
        wind_power=jnp.asarray(lander.wind_power, _real_dtype()),
        turbulence_power=jnp.asarray(lander.turbulence_power, _real_dtype()),
        max_steps_in_episode=max_steps_in_episode,
    )


def operands(params: EnvParams) -> tuple[jax.Array, ...]:
    """Scalars of a custom call: gravity, enable_wind, wind_power, turbulence_power.

    Raises:
        ValueError: if one has another type or is no scalar.
    """
    if not isinstance(params, EnvParams):
        raise ValueError(
            f"params must be EnvParams, as make() returns them, got {type(params).__name__}"
        )
    return (
        _scalar("gravity", params.gravity, _real_dtype()),
        _scalar("enable_wind", params.enable_wind, np.dtype(np.bool_)),
        _scalar("wind_power", params.wind_power, _real_dtype()),
        _scalar("turbulence_power", params.turbulence_power, _real_dtype()),
    )


def _real_dtype() -> np.dtype[Any]:
    """Float64 in JAX's 64-bit mode, else float32."""
    dtype: np.dtype[Any] = np.dtype(jnp.result_type(float))
    return dtype


def _scalar(name: str, value: Any, dtype: np.dtype[Any]) -> jax.Array:
    array = jnp.asarray(value)
    allowed = "b" if dtype == np.bool_ else "fiu"
    if array.shape != () or np.dtype(array.dtype).kind not in allowed:
        kind = "a bool" if dtype == np.bool_ else "a real number"
        raise ValueError(
            f"{name} must be {kind}, got {array.dtype} of shape {array.shape}; jax.vmap takes "
            "several params"
        )
    return array.astype(dtype)
