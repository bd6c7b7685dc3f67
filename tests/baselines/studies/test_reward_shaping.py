"""The comparison of shaping: what is counted of a curve, and that both rewards are summed."""

import numpy as np

from baselines.results.store import COMMITTED, ROOT, read_result
from baselines.studies import reward_shaping
from lander_envs.scoring.policy import RandomPolicy
from lander_envs.scoring.statistics import SCORED_EPISODES
from lander_envs.transforms import shaping
from lander_envs.vector import LanderVectorEnv

CURVE = np.array([100_000.0, 400_000.0, 500_000.0, 600_000.0]), np.array([0.0, 30.0, 90.0, 200.0])


def test_the_early_mean_is_of_the_first_half_million_steps() -> None:
    assert reward_shaping.early_mean(CURVE) == 40.0


def test_200_is_reached_at_the_first_point_that_has_it() -> None:
    assert reward_shaping.first_at(CURVE) == 600_000
    assert reward_shaping.first_at((CURVE[0][:3], CURVE[1][:3])) is None


def test_shaping_alone_is_what_the_potential_says_of_first_and_last_states() -> None:
    # With a discount of 1 the shapings of an episode that terminates add up to minus the first
    # potential; with 0.999 the sum is off by a thousandth of the potentials on the way: some
    # tenths, but more in a flight that stays high for long.
    env = LanderVectorEnv(SCORED_EPISODES)
    first, _ = env.reset(seed=2_000_000)
    weights = shaping.shaping_weights(10.0, 10.0, 5.0, True, 0.999)
    expected = -np.array([shaping.potential(obs, weights) for obs in first])
    raw, shaped = reward_shaping.both_returns(RandomPolicy(env.single_action_space, seed=0))
    env.close()
    off = np.abs(shaped - raw - expected)
    assert np.median(off) < 0.5
    assert off.max() < 3.0
    assert np.corrcoef(shaped - raw, expected)[0, 1] > 0


def test_the_committed_page_is_what_the_committed_results_and_agents_give() -> None:
    results = [read_result(COMMITTED, name) for name in reward_shaping.COMPARED]
    assert (ROOT / "shaping.md").read_text() == reward_shaping.page(results)
    assert (ROOT / "shaping.png").exists()
