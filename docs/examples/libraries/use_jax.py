"""JAX: a jitted rollout of 256 landers.

python docs/examples/libraries/use_jax.py
"""

import jax
import jax.numpy as jnp

import lander_envs.jax

NUM_ENVS = 256


def main() -> None:
    """Step random actions inside one scan, and count the episodes that ended."""
    env, params = lander_envs.jax.make("lander_envs/Lander-v0")
    keys = jax.random.split(jax.random.key(0), NUM_ENVS)
    _, state = jax.vmap(env.reset, (0, None))(keys, params)

    @jax.jit
    def rollout(state: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        def step(state: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
            actions = jax.random.randint(key, (NUM_ENVS,), 0, 4)
            _, state, reward, done, _ = jax.vmap(env.step, (None, 0, 0, None))(
                None, state, actions, params
            )
            return state, jnp.stack([reward, done])

        return jax.lax.scan(step, state, jax.random.split(key, 200))

    _, results = rollout(state, jax.random.key(1))
    print(
        f"{results.shape[0]} steps of {results.shape[2]} landers, {int(results[:, 1].sum())} ended"
    )


if __name__ == "__main__":
    main()
