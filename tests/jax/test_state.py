"""States: arrays of known shapes, which are checked before a call."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lander_envs.jax
from lander_envs import _native
from lander_envs.jax.state import State, require_state, state_shapes


def test_a_state_without_pictures_is_one_array_of_bytes() -> None:
    env, params = lander_envs.jax.make("lander_envs/Lander-v0")
    _, state = env.reset(lander_envs.jax.seed_key(0), params)
    assert state.pictures is None
    assert state.lander.shape == (_native.ENTRY_BYTES,)
    assert state.lander.dtype == jnp.uint8


def test_a_state_with_pictures_holds_particles_and_the_last_pictures() -> None:
    shapes = state_shapes(frame_stack=4, picture_bytes=100)
    assert shapes.pictures.particles.shape == (_native.PARTICLES_BYTES,)
    assert shapes.pictures.base.shape == (100,)
    assert shapes.pictures.ring.shape == (400,)
    assert shapes.pictures.rows.shape == (4, 2)


@pytest.mark.parametrize(
    "wrong", [None, {}, jnp.zeros(3, jnp.uint8)], ids=["None", "dict", "array"]
)
def test_what_is_no_state_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"^state must be a State, as reset\(\) gives it, got "):
        require_state(wrong, state_shapes(0, 0))


def test_several_states_and_those_of_another_variant_are_refused() -> None:
    one = jnp.zeros(_native.ENTRY_BYTES, jnp.uint8)
    require_state(State(one), state_shapes(0, 0))
    several = State(jnp.zeros((3, _native.ENTRY_BYTES), jnp.uint8))
    for wrong, shapes in (
        (several, state_shapes(0, 0)),
        (State(one), state_shapes(4, 100)),
        (State(one.astype(jnp.int32)), state_shapes(0, 0)),
        (State("bytes"), state_shapes(0, 0)),
    ):
        with pytest.raises(
            ValueError, match=r"^state must have the shapes .*jax\.vmap takes several"
        ):
            require_state(wrong, shapes)


def test_a_state_is_a_pytree() -> None:
    state = State(jnp.zeros(_native.ENTRY_BYTES, jnp.uint8))
    assert len(jax.tree.leaves(state)) == 1


# A refusal at run time: JAX raises the one or the other, as its dispatch is synchronous or not.
REFUSED = (ValueError, jax.errors.JaxRuntimeError)


@pytest.mark.parametrize("byte", [255, 127])
def test_a_damaged_lander_is_refused_in_a_sentence_or_flies(byte) -> None:
    # Counts, indices, flags and the null pointer among these bytes led outside of memory.
    env, params = lander_envs.jax.make("lander_envs/Lander-v0")
    _, state = env.reset(lander_envs.jax.seed_key(0), params)
    step, sound, told = jax.jit(env.step), np.asarray(state.lander), set()
    for first in range(0, len(sound), 4):
        damaged = sound.copy()
        damaged[first : first + 4] = byte
        try:
            jax.block_until_ready(step(None, State(jnp.asarray(damaged)), 2, params))
        except REFUSED as refused:
            told.add(str(refused).partition(" must be ")[0].rpartition("state: ")[2])
    assert {"contact_count", "particles", "body.pose", "terrain.height"} <= told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("newest", 4, "newest must be below the number of frames, got 4"),
        ("newest", -1, "newest must be below the number of frames, got -1"),
        ("rows", [[0, 85]] * 4, "rows must be in the picture, got 85"),
        ("rows", [[-1, 5]] * 4, "rows must be in the picture, got -1"),
        ("particles", 255, "particle_count must be 12 at most, got -1"),
    ],
)
def test_damaged_pictures_are_refused_in_a_sentence(name, value, told) -> None:
    env, params = lander_envs.jax.make("lander_envs/PixelLander-v0")
    _, state = env.reset(lander_envs.jax.seed_key(0), params)
    part = getattr(state.pictures, name)
    damaged = jnp.broadcast_to(jnp.asarray(value, part.dtype), part.shape)
    with pytest.raises(REFUSED, match=f"state: {told}"):
        jax.block_until_ready(
            env.step(
                None, state._replace(pictures=state.pictures._replace(**{name: damaged})), 2, params
            )
        )
