"""Touchdown speed, fuel and engines, against flights by hand and costs of LunarLander-v3."""

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs.scoring.episodes import play
from lander_envs.scoring.flight import (
    FlightMeter,
    engines,
    frame_skip,
    lander_arguments,
    speeds,
    step_costs,
)
from lander_envs.scoring.policy import HeuristicPolicy, Policy, RandomPolicy
from lander_envs.spaces import LEG_1, LEG_2

LANDER, PIXELS = "lander_envs/Lander-v0", "lander_envs/PixelLander-v0"
IDS = sorted(set(lander_envs.REGISTERED_IDS) - {"lander_envs/LanderContinuous-v0"})


def fly(policy, env_id, env_kwargs, episodes, first_seed):
    """Episodes with touchdown speed and fuel."""
    meter = FlightMeter(env_id, env_kwargs, episodes, first_seed)
    played = play(policy, env_id, env_kwargs, episodes, first_seed, on_step=meter.add)
    meter.close()
    return meter.measured(played)


class MainEngineAtStart(Policy):
    """Fires the main engine in the first decisions, then falls."""

    def __init__(self, decisions) -> None:
        self._left = decisions

    def act(self, obs):
        self._left -= 1
        return np.full(len(obs), 2 if self._left >= 0 else 0)


def test_a_speed_is_in_metres_per_second() -> None:
    # A horizontal 1 is 50 / 10 m/s, a vertical one 50 / 6.67 m/s: 3 and 4 give 5.
    state = np.array([0, 0, 3 / 5, -4 / 7.5, 0, 0, 0, 0], np.float32)
    assert speeds(state) == pytest.approx(5.0)
    assert speeds(np.zeros((2, 3, 8), np.float32)).shape == (2, 3)


def test_an_action_costs_what_lunar_lander_subtracts() -> None:
    assert step_costs(np.arange(4)).tolist() == [0.0, 0.03, 0.30, 0.03]
    throttles = [(0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (-1.0, -0.6), (9.0, 9.0)]
    expected = [0.0, 0.30, 0.225, 0.018, 0.33]
    assert step_costs(np.array(throttles, np.float32)) == pytest.approx(expected, abs=1e-7)


def test_an_action_fires_the_engines_that_lunar_lander_fires() -> None:
    # Columns are the main, the left and the right engine.
    nothing, left, main, right = engines(np.arange(4)).tolist()
    assert nothing == [False, False, False]
    assert left == [False, True, False]
    assert main == [True, False, False]
    assert right == [False, False, True]
    throttles = [(0.0, 0.5), (0.1, -0.6), (-1.0, 0.6), (9.0, 9.0)]
    assert engines(np.array(throttles)).tolist() == [
        [False, False, False],
        [True, True, False],
        [False, False, True],
        [True, False, True],
    ]


@pytest.mark.parametrize("env_id", IDS)
def test_engines_are_shares_of_the_decisions_of_an_episode(env_id) -> None:
    for episode in fly(MainEngineAtStart(2), env_id, {}, 3, 11):
        assert episode.main_engine == pytest.approx(2 / episode.length)
        assert (episode.left_engine, episode.right_engine) == (0.0, 0.0)


@pytest.mark.parametrize("continuous", [False, True])
def test_fuel_is_the_part_of_the_rewards_that_is_no_shaping(continuous) -> None:
    # Up to the last step, rewards are differences of the shaping minus fuel, so that the same
    # states reached for nothing would have paid as much more.
    env = gym.make(LANDER, continuous=continuous)
    env.action_space.seed(3)
    env.reset(seed=5)
    lander = gym.make("LunarLander-v3", continuous=continuous)
    lander.reset(seed=5)
    before = lander.unwrapped.prev_shaping
    for _ in range(40):
        action = env.action_space.sample()
        _, reward, *_ = lander.step(action)
        after = lander.unwrapped.prev_shaping
        cost = step_costs(np.asarray(action)[None])[0]
        assert reward == pytest.approx(after - before - cost, abs=1e-9)
        before = after


def test_touchdown_speed_is_that_of_the_step_before_a_leg_touches() -> None:
    env = gym.make(LANDER)
    state, _ = env.reset(seed=0)
    while not (state[LEG_1] or state[LEG_2]):
        before = state
        state, _, ended, _, _ = env.step(0)
        if ended:
            break
    (episode,) = fly(MainEngineAtStart(0), LANDER, {}, 1, 0)
    assert episode.touchdown_speed == speeds(before)
    assert episode.touchdown_speed > 5.0  # a free fall
    assert episode.fuel == 0.0


@pytest.mark.parametrize("env_id", IDS)
def test_every_variant_measures_the_same_flight_at_base_steps(env_id) -> None:
    skip = frame_skip(env_id, {})
    assert skip == (4 if env_id == PIXELS else 1)
    # Eight base steps with the main engine on, in whatever number of decisions.
    measured = fly(MainEngineAtStart(8 // skip), env_id, {}, 3, 11)
    plain = fly(MainEngineAtStart(8), LANDER, {}, 3, 11)
    assert [e.touchdown_speed for e in measured] == [e.touchdown_speed for e in plain]
    assert [e.fuel for e in measured] == pytest.approx([8 * 0.30] * 3)


def test_a_decision_cut_short_by_the_end_costs_only_the_steps_it_took() -> None:
    class AlwaysMain(Policy):
        def act(self, obs):
            return np.full(len(obs), 2)

    steps = [episode.length for episode in fly(AlwaysMain(), LANDER, {}, 4, 3)]
    assert any(length % 4 for length in steps)
    pixels = fly(AlwaysMain(), PIXELS, {}, 4, 3)
    assert [episode.fuel for episode in pixels] == pytest.approx([0.3 * n for n in steps])


@pytest.mark.parametrize("env_id", ["lander_envs/Lander-v0", "lander_envs/LanderContinuous-v0"])
def test_both_backends_measure_the_same(env_id) -> None:
    policy = HeuristicPolicy(continuous="Continuous" in env_id)
    native, box2d = (fly(policy, env_id, {"backend": name}, 3, 7) for name in ("native", "box2d"))
    assert native == box2d
    assert all(0 < episode.touchdown_speed < 3 and 0 < episode.fuel < 100 for episode in native)


def test_nothing_is_measured_beyond_a_time_limit() -> None:
    policy = RandomPolicy(gym.spaces.Discrete(4), seed=0)
    limited = fly(policy, LANDER, {"max_episode_steps": 10}, 2, 0)
    assert [episode.length for episode in limited] == [10, 10]
    assert all(0 < episode.fuel <= 10 * 0.30 for episode in limited)


def test_arguments_of_the_physics_are_kept_and_others_left_out() -> None:
    arguments = lander_arguments(PIXELS, {"frame_skip": 2, "gravity": -5.0, "backend": "box2d"})
    assert arguments == {"gravity": -5.0, "backend": "box2d"}
    assert lander_arguments("lander_envs/LanderContinuous-v0", {}) == {"continuous": True}
