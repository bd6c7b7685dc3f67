"""Custom calls: pure, without copies of the state, on several devices, without a derivative."""

import functools
import os
import re
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lander_envs
import lander_envs.jax
from lander_envs.jax import seed_key

NUM_ENVS = 8


def started(env_id: str, **kwargs: object):
    """Environment, params and states of several landers."""
    env, params = lander_envs.jax.make(env_id, **kwargs)
    keys = jnp.stack([seed_key(seed) for seed in range(NUM_ENVS)])
    return env, params, jax.vmap(env.reset, (0, None))(keys, params)[1]


def replay(env, params, states, actions):
    """States and results of a scan over actions (steps, envs, ...)."""

    def step(states, action):
        obs, states, *rest = jax.vmap(env.step, (None, 0, 0, None))(None, states, action, params)
        return states, (obs, *rest)

    return jax.lax.scan(step, states, actions)


def random_actions(env, steps: int) -> jax.Array:
    keys = jax.random.split(jax.random.key(1), (steps, NUM_ENVS))
    return jax.vmap(jax.vmap(env.action_space().sample))(keys)


def row(tree, index: int):
    """One environment's part of a batch."""
    return jax.tree.map(lambda leaf: leaf[index], tree)


def bytes_of(tree: object) -> list[bytes]:
    return [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(tree)]


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_the_same_call_twice_gives_the_same_bytes_and_the_old_state_stays(env_id) -> None:
    env, params, states = started(env_id)
    before = bytes_of(states)
    actions = random_actions(env, 100)
    run = jax.jit(functools.partial(replay, env, params))
    first, second = run(states, actions), run(states, actions)
    assert bytes_of(first) == bytes_of(second)
    assert bytes_of(states) == before


@pytest.mark.parametrize("env_id", ["lander_envs/Lander-v0", "lander_envs/PixelLander-v0"])
def test_the_bytes_of_a_state_do_not_depend_on_how_it_was_computed(env_id) -> None:
    env, params, states = started(env_id)
    actions = random_actions(env, 20)
    scanned, _ = jax.jit(functools.partial(replay, env, params))(states, actions)
    for i in range(NUM_ENVS):
        state = row(states, i)
        for action in actions[:, i]:
            _, state, *_ = env.step(None, state, action, params)
        assert bytes_of(state) == bytes_of(row(scanned, i))


def copies(hlo: str, states: object) -> list[str]:
    """Computation and type of each copy of an array of the states, the numbers apart."""
    types = {f"u8[{','.join(map(str, leaf.shape))}]" for leaf in jax.tree.leaves(states)}
    found, computation = [], ""
    for line in hlo.splitlines():
        if line and not line[0].isspace():
            computation = line.split()[0]
        match = re.search(r"= (u8\[[\d,]+\])\S* copy\(", line)
        if match and match[1] in types:
            found.append(f"{computation} {match[1]}")
    return found


@pytest.mark.parametrize("env_id", ["lander_envs/Lander-v0", "lander_envs/PixelLander-v0"])
def test_a_scan_over_donated_states_copies_none(env_id) -> None:
    env, params, states = started(env_id)
    actions = random_actions(env, 10)
    run = functools.partial(replay, env, params)
    donated = jax.jit(run, donate_argnums=0).lower(states, actions).compile().as_text()
    assert copies(donated, states) == []
    assert "input_output_alias={ {0}: (0, {}" in donated
    kept = copies(jax.jit(run).lower(states, actions).compile().as_text(), states)
    assert kept != []
    assert all(copy.startswith("ENTRY") for copy in kept)  # once, before the scan


def test_donated_states_give_the_same_bytes() -> None:
    env, params, states = started("lander_envs/Lander-v0")
    actions = random_actions(env, 50)
    run = functools.partial(replay, env, params)
    kept = bytes_of(jax.jit(run)(states, actions))
    assert bytes_of(jax.jit(run, donate_argnums=0)(states, actions)) == kept


def test_one_state_may_be_tried_under_several_actions() -> None:
    env, params, states = started("lander_envs/Lander-v0")
    one = row(states, 0)
    tried = jax.vmap(env.step, (None, None, 0, None))(None, one, jnp.arange(4), params)
    for action in range(4):
        own = env.step(None, one, action, params)
        assert bytes_of(row(tried, action)) == bytes_of(own)


def test_nested_vmaps_are_one_batch() -> None:
    env, params, states = started("lander_envs/Lander-v0")
    actions = random_actions(env, 1)[0]
    flat = jax.vmap(env.step, (None, 0, 0, None))(None, states, actions, params)
    square = jax.tree.map(lambda leaf: leaf.reshape(2, 4, *leaf.shape[1:]), (states, actions))
    step = jax.vmap(jax.vmap(env.step, (None, 0, 0, None)), (None, 0, 0, None))
    assert bytes_of(step(None, *square, params)) == bytes_of(flat)


@pytest.mark.parametrize("wide", [False, True], ids=["32 bits", "64 bits"])
def test_a_derivative_is_refused_in_a_sentence(wide) -> None:
    with jax.enable_x64(wide):
        env, params, states = started("lander_envs/LanderContinuous-v0")
        state = row(states, 0)
        with pytest.raises(TypeError, match=r"^lander_envs has no derivatives: .*stop_gradient"):
            jax.grad(lambda action: env.step(None, state, action, params)[2])(jnp.zeros(2))
        with pytest.raises(TypeError, match=r"^lander_envs has no derivatives"):
            jax.grad(lambda g: env.reset(seed_key(0), params.replace(gravity=g))[0].sum())(-9.0)


def test_a_policys_derivative_passes_over_a_discrete_action() -> None:
    env, params, states = started("lander_envs/Lander-v0")
    state = row(states, 0)

    def score(weight: jax.Array) -> jax.Array:
        action = jnp.argmax(jnp.array([weight, 2.0, 1.0, 0.0]))
        return weight * env.step(None, state, action, params)[2]

    assert float(jax.grad(score)(0.5)) == float(env.step(None, state, 1, params)[2])


DEVICES = """
import jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
from tests.jax.test_calls import bytes_of, random_actions, replay, started
env, params, states = started(ENV_ID)
actions = random_actions(env, 20)
run = lambda states, actions: replay(env, params, states, actions)
alone = bytes_of(jax.jit(run)(states, actions))
mesh = Mesh(np.array(jax.devices()), ("envs",))
assert mesh.size == 4
specs = (P("envs"), P(None, "envs"))
for check in (False, True):
    shared = jax.shard_map(run, mesh=mesh, in_specs=specs, out_specs=specs, check_vma=check)
    assert bytes_of(jax.jit(shared)(states, actions)) == alone
split = jax.tree.map(lambda leaf: leaf.reshape(4, 2, *leaf.shape[1:]), states)
mapped, _ = jax.pmap(run)(split, actions.reshape(20, 4, 2, *actions.shape[2:]).swapaxes(0, 1))
assert bytes_of(mapped) == alone[: len(bytes_of(states))]
placed = jax.device_put(states, NamedSharding(mesh, P("envs")))
assert bytes_of(jax.jit(run)(placed, actions)) == alone
"""


@pytest.mark.parametrize("env_id", ["lander_envs/ShapedLander-v0", "lander_envs/PixelLander-v0"])
def test_several_devices_give_the_bytes_of_one(env_id) -> None:
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    program = DEVICES.replace("ENV_ID", repr(env_id))
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
