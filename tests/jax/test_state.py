"""States: arrays of known shapes, which are checked before a call."""

import jax
import jax.numpy as jnp
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
