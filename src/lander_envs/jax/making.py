"""Construction of JAX environments by id."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from lander_envs import checks
from lander_envs.backends import DEFAULTS, check_params
from lander_envs.jax import variants
from lander_envs.jax.environment import Environment
from lander_envs.jax.gpu import load_kernels
from lander_envs.jax.params import EnvParams, default_params
from lander_envs.jax.variants import Variant
from lander_envs.vector import arguments

# Function of the variant, and LunarLander-v3's arguments that the id fixes.
_VARIANTS: dict[str, tuple[Callable[..., Variant], dict[str, Any]]] = {
    "lander_envs/Lander-v0": (variants.lander, {}),
    "lander_envs/LanderContinuous-v0": (variants.lander, {"continuous": True}),
    "lander_envs/MaskedVelocityLander-v0": (variants.masked_velocity, {}),
    "lander_envs/NormalizedLander-v0": (variants.normalized, {}),
    "lander_envs/PixelLander-v0": (variants.pixel, {}),
    "lander_envs/ShapedLander-v0": (variants.shaped, {}),
}

_LANDER: dict[str, Any] = {
    "continuous": False,
    **DEFAULTS,
    "max_episode_steps": None,
    "backend": "native",
}

# Arguments of the other forms, and what there is instead.
_ELSEWHERE = {
    "num_envs": "jax.vmap makes several environments",
    "autoreset_mode": "step() restarts in the same step, step_env() does not",
    "num_threads": "XLA has the threads",
    "copy": "the functions are pure",
    "randomize": "jax.vmap over params makes environments that differ",
    "render_mode": "JAX environments draw no frames",
}


def make(env_id: str, **kwargs: Any) -> tuple[Environment, EnvParams]:
    """Build an environment and its default params.

    Args:
        env_id: one of ``lander_envs.REGISTERED_IDS``.
        **kwargs: arguments of the variant, as ``gym.make`` takes them, and ``max_episode_steps``
            (-1 for no limit).

    Returns:
        The environment and ``env.default_params``.

    Raises:
        ValueError: if the id is unknown or an argument is outside its range.
        TypeError: for an unknown argument.
        RuntimeError: if JAX's default device is a GPU older than Ampere.
        gymnasium.error.DependencyNotInstalled: if it is a GPU, and its driver or NVRTC is not
            installed.

    Example:
        >>> import lander_envs.jax
        >>> env, params = lander_envs.jax.make("lander_envs/ShapedLander-v0", distance=100.0)
        >>> env.observation_space(params).shape, env.action_space(params).n
        ((8,), 4)
    """
    if not isinstance(env_id, str) or env_id not in _VARIANTS:
        raise ValueError(
            f"env_id must be one of {', '.join(_VARIANTS)}, got {checks.shown(env_id)}"
            f"{checks.nearest(env_id, _VARIANTS)}"
        )
    build, fixed = _VARIANTS[env_id]
    own = inspect.signature(build).parameters
    for name in kwargs:
        if name not in _LANDER and name not in own:
            hint = checks.nearest(name, (*_LANDER, *own))
            hint = f"; {_ELSEWHERE[name]}" if name in _ELSEWHERE else hint
            raise TypeError(f"{env_id} got an unexpected keyword argument {name!r}{hint}")
    lander = {**_LANDER, **fixed, **{k: v for k, v in kwargs.items() if k in _LANDER}}
    checks.one_of("backend", lander.pop("backend"), ["native"])
    limit = arguments.max_episode_steps(lander.pop("max_episode_steps"))
    checked = check_params(**lander)
    variant = build(**{k: v for k, v in kwargs.items() if k in own})
    load_kernels(variant.picture)
    params = default_params(checked, limit)
    return Environment(env_id, variant, checked.continuous, params), params
