"""State of JAX environments: pytrees of plain bytes, which only the engine reads."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from lander_envs import _native


class PictureState(NamedTuple):
    """Particles and last pictures of a lander that is observed in pixels."""

    particles: jax.Array  # uint8 (bytes,)
    rows: jax.Array  # int32 (frame_stack, 2): rows of each picture that differ from the base
    newest: jax.Array  # int32 (): place of the last picture
    decisions: jax.Array  # int32 (): steps of the episode
    base: jax.Array  # uint8 (bytes of a picture,): the scenery of the episode
    ring: jax.Array  # uint8 (bytes of frame_stack pictures,)


class State(NamedTuple):
    """State of one environment. A copy continues exactly as the original does."""

    lander: jax.Array  # uint8 (bytes,): physics, random stream, clock
    pictures: PictureState | None = None


def state_shapes(frame_stack: int, picture_bytes: int) -> State:
    """Shapes and dtypes of a state; without pictures if ``frame_stack`` is 0."""
    lander = jax.ShapeDtypeStruct((_native.ENTRY_BYTES,), jnp.uint8)
    if frame_stack == 0:
        return State(lander)
    number = jax.ShapeDtypeStruct((), jnp.int32)
    pictures = PictureState(
        particles=jax.ShapeDtypeStruct((_native.PARTICLES_BYTES,), jnp.uint8),
        rows=jax.ShapeDtypeStruct((frame_stack, 2), jnp.int32),
        newest=number,
        decisions=number,
        base=jax.ShapeDtypeStruct((picture_bytes,), jnp.uint8),
        ring=jax.ShapeDtypeStruct((frame_stack * picture_bytes,), jnp.uint8),
    )
    return State(lander, pictures)


def require_state(state: Any, shapes: State) -> None:
    """Check a state of one environment.

    Raises:
        ValueError: if it is no State, or has other shapes or dtypes than ``shapes``.
    """
    if not isinstance(state, State):
        raise ValueError(f"state must be a State, as reset() gives it, got {type(state).__name__}")
    wanted, structure = jax.tree.flatten(shapes)
    given = jax.tree.leaves(state)
    if jax.tree.structure(state) != structure or any(
        getattr(array, "shape", None) != leaf.shape or array.dtype != leaf.dtype
        for array, leaf in zip(given, wanted, strict=True)
    ):
        found = [getattr(array, "shape", type(array).__name__) for array in given]
        raise ValueError(
            f"state must have the shapes {[leaf.shape for leaf in wanted]} of one environment of "
            f"this variant, got {found}; jax.vmap takes several states"
        )
