"""Ways to fly that reach every corner of the physics.

A policy is called with the reference environment, its last observation, the number of steps since
reset and a random generator, and returns a discrete action. ``throttles`` turns a discrete action
into one of the continuous actions that mean the same engines.
"""

from collections.abc import Callable

import numpy as np
from gymnasium.envs.box2d.lunar_lander import heuristic

NOTHING, LEFT, MAIN, RIGHT = range(4)

Policy = Callable[..., int]


def random(env, obs, t, rng) -> int:
    return int(rng.integers(4))


def landing(env, obs, t, rng) -> int:
    """Gymnasium's heuristic, which lands."""
    angle_target = np.clip(obs[0] * 0.5 + obs[2], -0.4, 0.4)
    hover_target = 0.55 * abs(obs[0])
    turn = (angle_target - obs[4]) * 0.5 - obs[5]
    climb = (hover_target - obs[1]) * 0.5 - obs[3] * 0.5
    if obs[6] or obs[7]:
        turn, climb = 0.0, -obs[3] * 0.5
    if climb > abs(turn) and climb > 0.05:
        return MAIN
    return RIGHT if turn < -0.05 else LEFT if turn > 0.05 else NOTHING


def gymnasium_heuristic(env, obs, t, rng) -> int:
    """The heuristic itself; discrete environments only."""
    return int(heuristic(env, obs))


def noisy_landing(env, obs, t, rng) -> int:
    return random(env, obs, t, rng) if rng.random() < 0.2 else landing(env, obs, t, rng)


def falling(env, obs, t, rng) -> int:
    """Hits the ground at full speed."""
    return NOTHING


def full_throttle(env, obs, t, rng) -> int:
    return MAIN


def tumbling(env, obs, t, rng) -> int:
    """One side engine all the time: lands on its back, on a leg, on an edge."""
    return LEFT if rng.random() < 0.97 else NOTHING


def diving(env, obs, t, rng) -> int:
    """Turns upside down and dives: the hardest impacts."""
    return MAIN if abs(obs[4]) > 2.2 else LEFT


def sliding(env, obs, t, rng) -> int:
    """Lands, then pushes sideways along the ground."""
    if obs[6] or obs[7]:
        return LEFT if t % 100 < 60 else RIGHT
    return landing(env, obs, t, rng)


def bouncing(env, obs, t, rng) -> int:
    """Lands, hops, lands again on one leg or the other."""
    if (obs[6] or obs[7]) and rng.random() < 0.3:
        return int(rng.choice([LEFT, MAIN, RIGHT]))
    return landing(env, obs, t, rng)


def resting(env, obs, t, rng) -> int:
    """Rests until it sleeps, and now and then lifts off again."""
    if obs[6] and obs[7]:
        return MAIN if t % 120 < 4 else NOTHING
    return landing(env, obs, t, rng)


def nudging(env, obs, t, rng) -> int:
    """Sleeps, is nudged awake by one engine, creeps on, sleeps again."""
    if not env.lander.awake:
        return int(rng.integers(1, 4))
    if obs[6] or obs[7]:
        return int(rng.integers(1, 4)) if rng.random() < 0.005 else NOTHING
    return landing(env, obs, t, rng)


def leaving(env, obs, t, rng) -> int:
    """Flies off to the side, and on."""
    if abs(obs[4]) < 0.5:
        return LEFT if obs[5] < 0.2 else MAIN
    return MAIN if rng.random() < 0.7 else RIGHT


POLICIES: dict[str, Policy] = {
    policy.__name__: policy
    for policy in (
        random,
        landing,
        noisy_landing,
        falling,
        full_throttle,
        tumbling,
        diving,
        sliding,
        bouncing,
        resting,
        nudging,
        leaving,
    )
}


def throttles(action: int, rng: np.random.Generator) -> np.ndarray:
    """A continuous action for the engines of a discrete one, of any strength, some out of range."""
    main = rng.uniform(0.0, 1.3) if action == MAIN else rng.uniform(-1.3, 0.0)
    # Gymnasium's continuous lander fires the left engine for a negative second number.
    side = {LEFT: -1.0, RIGHT: 1.0}.get(action, 0.0)
    lateral = side * rng.uniform(0.5, 1.3) if side else rng.uniform(-0.5, 0.5)
    if rng.random() < 0.05:
        lateral = rng.choice([-0.5, 0.5, -1.0, 1.0, -0.0])  # on the borders
    return np.array([main, lateral], dtype=rng.choice([np.float32, np.float64]))
