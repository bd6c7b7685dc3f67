"""Train PPO inside one jitted scan, on several seeds at once, and score the greedy policies.

Environment, rollout, advantages and updates are one program of XLA, as in PureJaxRL (Lu et al.,
"Discovered policy optimisation", 2022); ``jax.vmap`` over the key trains a policy a seed.

    pip install ".[jax-examples]"
    python docs/examples/jax_ppo.py --seeds 3
"""

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

import lander_envs.jax

TOTAL_STEPS = 600_000
NUM_ENVS = 128
NUM_STEPS = 128
LEARNING_RATE = 2e-3  # falls linearly to 0
GAMMA = 0.999
GAE_LAMBDA = 0.98
NUM_MINIBATCHES = 16
UPDATE_EPOCHS = 8
CLIP_COEF = 0.2
ENT_COEF = 0.005
VF_COEF = 0.5
MAX_GRAD_NORM = 0.5
REWARD_SCALE = 0.05
FIRST_SCORE_SEED = 9_000_000  # far from the seeds of any training
EPISODES = 100

env, env_params = lander_envs.jax.make("lander_envs/Lander-v0")
reset_all = jax.vmap(env.reset, (0, None))
step_all = jax.vmap(env.step, (None, 0, 0, None))


class ActorCritic(nn.Module):
    """Two networks of two layers: logits (..., actions) and value (...) of an observation."""

    hidden: int = 32

    @nn.compact
    def __call__(self, obs: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Logits and value of observations (..., 8)."""
        logits = self._network(obs, env.num_actions, 0.01)
        return logits, self._network(obs, 1, 1.0)[..., 0]

    def _network(self, obs: jax.Array, outputs: int, last_scale: float) -> jax.Array:
        x = obs
        for _ in range(2):
            x = nn.tanh(nn.Dense(self.hidden, kernel_init=nn.initializers.orthogonal(2**0.5))(x))
        return nn.Dense(outputs, kernel_init=nn.initializers.orthogonal(last_scale))(x)


class Transition(NamedTuple):
    """Step of all environments; in a rollout with a first axis of NUM_STEPS."""

    obs: jax.Array
    action: jax.Array
    log_prob: jax.Array
    value: jax.Array
    next_value: jax.Array  # of the observation that the step reached, before a restart
    reward: jax.Array
    terminated: jax.Array
    done: jax.Array


network = ActorCritic()


def collect(params: Any, carry: Any, key: jax.Array) -> tuple[Any, Transition]:
    """Take one step of all environments; the carry is their observations and states."""
    obs, state = carry
    logits, value = network.apply(params, obs)
    action = jax.random.categorical(key, logits)
    log_prob = jnp.take_along_axis(nn.log_softmax(logits), action[:, None], -1)[:, 0]
    next_obs, state, reward, done, info = step_all(None, state, action, env_params)
    _, next_value = network.apply(params, info["final_obs"])
    transition = Transition(
        obs, action, log_prob, value, next_value, REWARD_SCALE * reward, info["terminated"], done
    )
    return (next_obs, state), transition


def advantages(rollout: Transition) -> jax.Array:
    """Generalized advantage estimates, (steps, envs); a truncated episode is bootstrapped."""

    def backwards(later: jax.Array, t: Transition) -> tuple[jax.Array, jax.Array]:
        delta = t.reward + GAMMA * t.next_value * (1 - t.terminated) - t.value
        advantage = delta + GAMMA * GAE_LAMBDA * (1 - t.done) * later
        return advantage, advantage

    return jax.lax.scan(backwards, jnp.zeros(NUM_ENVS), rollout, reverse=True)[1]


def loss(params: Any, t: Transition, advantage: jax.Array, value_target: jax.Array) -> jax.Array:
    """Clipped surrogate loss of a minibatch, with value loss and entropy bonus."""
    logits, value = network.apply(params, t.obs)
    log_probs = nn.log_softmax(logits)
    ratio = jnp.exp(jnp.take_along_axis(log_probs, t.action[:, None], -1)[:, 0] - t.log_prob)
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    clipped = jnp.clip(ratio, 1 - CLIP_COEF, 1 + CLIP_COEF)
    policy_loss = -jnp.minimum(ratio * advantage, clipped * advantage).mean()
    value_loss = 0.5 * jnp.square(value - value_target).mean()
    entropy = -(jnp.exp(log_probs) * log_probs).sum(-1).mean()
    return policy_loss + VF_COEF * value_loss - ENT_COEF * entropy


def train(key: jax.Array, total_steps: int = TOTAL_STEPS) -> tuple[Any, jax.Array]:
    """Train one policy; returns its params and the mean reward of a step in each iteration."""
    iterations = total_steps // (NUM_ENVS * NUM_STEPS)
    gradient_steps = iterations * UPDATE_EPOCHS * NUM_MINIBATCHES
    schedule = optax.linear_schedule(LEARNING_RATE, 0.0, gradient_steps)
    optimizer = optax.chain(
        optax.clip_by_global_norm(MAX_GRAD_NORM), optax.adam(schedule, eps=1e-5)
    )

    def gradient_step(carry: Any, minibatch: Any) -> tuple[Any, None]:
        params, opt_state = carry
        gradient = jax.grad(loss)(params, *minibatch)
        updates, opt_state = optimizer.update(gradient, opt_state)
        return (optax.apply_updates(params, updates), opt_state), None

    def iteration(carry: Any, key: jax.Array) -> tuple[Any, jax.Array]:
        learner, envs = carry
        step_key, *epoch_keys = jax.random.split(key, 1 + UPDATE_EPOCHS)
        envs, rollout = jax.lax.scan(
            lambda envs, key: collect(learner[0], envs, key),
            envs,
            jax.random.split(step_key, NUM_STEPS),
        )
        advantage = advantages(rollout)
        batch = (rollout, advantage, advantage + rollout.value)
        flat = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), batch)

        def epoch(learner: Any, key: jax.Array) -> tuple[Any, None]:
            order = jax.random.permutation(key, NUM_ENVS * NUM_STEPS).reshape(NUM_MINIBATCHES, -1)
            minibatches = jax.tree.map(lambda x: x[order], flat)
            return jax.lax.scan(gradient_step, learner, minibatches)

        learner, _ = jax.lax.scan(epoch, learner, jnp.stack(epoch_keys))
        return (learner, envs), rollout.reward.mean() / REWARD_SCALE

    init_key, env_key, key = jax.random.split(key, 3)
    envs = reset_all(jax.random.split(env_key, NUM_ENVS), env_params)
    params = network.init(init_key, envs[0])
    learner = (params, optimizer.init(params))
    (learner, _), rewards = jax.lax.scan(
        iteration, (learner, envs), jax.random.split(key, iterations)
    )
    return learner[0], rewards


def score(params: Any) -> jax.Array:
    """Returns of the greedy policy, one an episode, (EPISODES,)."""
    keys = np.stack([lander_envs.jax.seed_key(FIRST_SCORE_SEED + i) for i in range(EPISODES)])
    obs, state = reset_all(jnp.asarray(keys), env_params)

    def step(carry: Any, _: None) -> tuple[Any, None]:
        obs, state, running, total = carry
        action = network.apply(params, obs)[0].argmax(-1)
        obs, state, reward, done, _ = step_all(None, state, action, env_params)
        return (obs, state, running & ~done, total + running * reward), None

    start = (obs, state, jnp.ones(EPISODES, bool), jnp.zeros(EPISODES))
    return jax.lax.scan(step, start, None, env_params.max_steps_in_episode)[0][3]


def page(seeds: int, total_steps: int, returns: np.ndarray, seconds: float) -> str:
    """Table of the scores, a row a seed."""
    lines = [
        f"{seeds} seeds at once, {total_steps:,} steps each, {seconds:.0f} s with compilation; "
        f"greedy policies, {EPISODES} episodes each, jax {jax.__version__}.",
        "",
        "| seed | mean return | standard deviation | episodes of 200 and more |",
        "|---|---|---|---|",
    ]
    for seed, own in enumerate(returns):
        solved = 100 * np.mean(own >= 200)
        lines.append(f"| {seed} | {own.mean():.1f} | {own.std():.1f} | {solved:.0f} % |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Train, score, and print the table; write it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--total-steps", type=int, default=TOTAL_STEPS)
    parser.add_argument("--out", type=Path, help="file for the table")
    arguments = parser.parse_args()
    keys = jax.vmap(jax.random.key)(jnp.arange(arguments.seeds))
    start = time.perf_counter()
    trained = jax.jit(jax.vmap(lambda key: train(key, arguments.total_steps)))(keys)
    params, _ = jax.block_until_ready(trained)
    seconds = time.perf_counter() - start
    returns = np.asarray(jax.jit(jax.vmap(score))(params))
    text = page(arguments.seeds, arguments.total_steps, returns, seconds)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text)


if __name__ == "__main__":
    main()
