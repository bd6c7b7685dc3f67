"""Custom calls of the engine: reset and step as functions of arrays, pure and without a derivative.

The order of operands and results is that of native/python/jax_targets.cpp.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import jax
import jax.numpy as jnp
import numpy as np

from lander_envs.jax.state import State
from lander_envs.jax.variants import Variant
from lander_envs.spaces import STATE_SHAPE


class Reset(NamedTuple):
    """Results of a reset."""

    state: State
    stack: jax.Array | None  # uint8 (frame_stack * channels, H, W), None without pictures
    obs: jax.Array  # float32 (8,), transformed


class Step(NamedTuple):
    """Results of a step; those of ``final_*`` precede the restart of an episode that ended."""

    state: State
    stack: jax.Array | None
    final_stack: jax.Array | None
    obs: jax.Array
    final_obs: jax.Array
    reward: jax.Array
    raw_reward: jax.Array
    terminated: jax.Array
    truncated: jax.Array
    outcome: jax.Array  # uint8
    on_pad: jax.Array


@functools.cache
def reset_call(variant: Variant, continuous: bool) -> Callable[..., Reset]:
    """Function of the words of a key and four params that starts an episode."""
    results = Reset(variant.state_shapes, _stack(variant), _observation())
    attributes = {**variant.attributes(), "continuous": np.bool_(continuous)}
    attributes["max_episode_steps"] = np.int32(0)  # a reset needs no limit
    return _without_derivative(_custom_call("lander_envs_reset", results, attributes, {}))


@functools.cache
def step_call(
    variant: Variant, continuous: bool, max_episode_steps: int, autoreset: bool, wide: bool
) -> Callable[..., Step]:
    """Function of a state, an action and four params that takes a step.

    Args:
        variant: settings of the variant.
        continuous: whether the action is two throttles.
        max_episode_steps: time limit in steps.
        autoreset: start the next episode in the step that ends one.
        wide: rewards are float64 instead of float32.
    """
    number = jax.ShapeDtypeStruct((), jnp.float64 if wide else jnp.float32)
    flag = jax.ShapeDtypeStruct((), jnp.bool_)
    results = Step(
        state=variant.state_shapes,
        stack=_stack(variant),
        final_stack=_stack(variant),
        obs=_observation(),
        final_obs=_observation(),
        reward=number,
        raw_reward=number,
        terminated=flag,
        truncated=flag,
        outcome=jax.ShapeDtypeStruct((), jnp.uint8),
        on_pad=flag,
    )
    attributes = {
        **variant.attributes(),
        "continuous": np.bool_(continuous),
        "max_episode_steps": np.int32(max_episode_steps),
        "autoreset": np.bool_(autoreset),
    }
    # The new state takes the memory of the old one, where nobody needs that any more.
    shared = {k: k for k in range(len(jax.tree.leaves(results.state)))}
    return _without_derivative(_custom_call("lander_envs_step", results, attributes, shared))


def _custom_call(
    target: str, results: Any, attributes: dict[str, Any], aliases: dict[int, int]
) -> Callable[..., Any]:
    leaves, structure = jax.tree.flatten(results)

    def called(*operands: Any) -> Any:
        arrays, kind = _varying_together(jax.tree.leaves(operands))
        call = jax.ffi.ffi_call(
            target,
            [jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, **kind) for leaf in leaves],
            vmap_method="broadcast_all",
            input_output_aliases=aliases,
        )
        return structure.unflatten(call(*arrays, **attributes))

    return called


def _varying_together(arrays: list[jax.Array]) -> tuple[list[jax.Array], dict[str, Any]]:
    """Operands that vary over the same mesh axes, and the keywords that say so of the results.

    Under ``jax.shard_map`` states vary over the devices and params usually do not; a custom call
    takes no mixture. (Before jax 0.10 a ``shard_map`` of these calls needs ``check_vma=False``.)
    """
    types = [jax.typeof(array) for array in arrays]
    varying = [kind for kind in types if _varying_axes(kind)]
    if not varying:
        return arrays, {}
    axes = frozenset[str]().union(*map(_varying_axes, varying))
    together = [
        jax.lax.pcast(array, tuple(axes - _varying_axes(kind)), to="varying")
        if axes - _varying_axes(kind)
        else array
        for array, kind in zip(arrays, types, strict=True)
    ]
    replicated = jax.sharding.NamedSharding(varying[0].sharding.mesh, jax.sharding.PartitionSpec())
    kind_of_results = type(varying[0].manual_axis_type)(varying=axes)
    return together, {"manual_axis_type": kind_of_results, "sharding": replicated}


def _varying_axes(kind: Any) -> frozenset[str]:
    """Mesh axes over which an array of a type varies."""
    manual = getattr(kind, "manual_axis_type", None)
    axes: frozenset[str] = frozenset() if manual is None else manual.varying
    return axes


def _without_derivative(function: Callable[..., Any]) -> Callable[..., Any]:
    guarded: Any = jax.custom_jvp(function)

    def refuse(primals: Any, tangents: Any) -> NoReturn:
        raise TypeError(
            "lander_envs has no derivatives: its contacts and engines are not differentiable; put "
            "jax.lax.stop_gradient around the action and the params"
        )

    guarded.defjvp(refuse)
    without: Callable[..., Any] = guarded
    return without


def _stack(variant: Variant) -> jax.ShapeDtypeStruct | None:
    if variant.picture is None:
        return None
    channels, *sides = variant.picture.shape
    return jax.ShapeDtypeStruct((variant.frame_stack * channels, *sides), jnp.uint8)


def _observation() -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(STATE_SHAPE, jnp.float32)
