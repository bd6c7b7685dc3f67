"""LunarLander-v3 and its variants as pure functions for JAX, with gymnax's conventions.

>>> import jax
>>> import lander_envs.jax
>>> env, params = lander_envs.jax.make("lander_envs/Lander-v0")
>>> obs, state = env.reset(lander_envs.jax.seed_key(0), params)
>>> obs, state, reward, done, info = jax.jit(env.step)(None, state, 2, params)
>>> obs.shape, bool(done)
((8,), False)
"""

# First: it tells in one sentence what is missing.
from lander_envs.jax import requirements as requirements
from lander_envs.jax.environment import Environment
from lander_envs.jax.keys import seed_key
from lander_envs.jax.making import make
from lander_envs.jax.params import EnvParams
from lander_envs.jax.spaces import Box, Dict, Discrete
from lander_envs.jax.state import PictureState, State

__all__ = [
    "Box",
    "Dict",
    "Discrete",
    "EnvParams",
    "Environment",
    "PictureState",
    "State",
    "make",
    "seed_key",
]
