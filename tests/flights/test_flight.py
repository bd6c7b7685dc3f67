"""Single flights: score, fuel, outcome and time, against episodes flown by the scoring loop."""

import numpy as np
import pytest

from lander_envs.flights.flight import Flight, pilot_of
from lander_envs.scoring.contender import score, untrained
from lander_envs.scoring.policy import HeuristicPolicy

LANDER = "lander_envs/Lander-v0"


def flown(env_id, env_kwargs, seed, policy):
    flight = Flight("it", pilot_of(policy, seed), env_id, env_kwargs, seed)
    while not flight.is_over:
        flight.step()
    flight.close()
    return flight.result


@pytest.mark.parametrize("env_kwargs", [{}, {"continuous": True}])
def test_a_flight_is_the_episode_of_a_score(env_kwargs) -> None:
    contender = untrained("heuristic", LANDER, env_kwargs)
    (episode,) = score(contender, 1, 7)
    result = flown(LANDER, env_kwargs, 7, contender.policy)
    assert result.score == pytest.approx(episode.episodic_return, abs=1e-9)
    assert result.outcome == episode.outcome
    assert result.fuel == pytest.approx(episode.fuel)
    assert result.seconds == pytest.approx(episode.length / 50)
    assert result[:3] == ("it", LANDER, 7)


def test_a_flight_of_random_actions_follows_from_its_seed_alone() -> None:
    policy = untrained("random", LANDER, {}).policy
    first, other, again = (flown(LANDER, {}, seed, policy) for seed in (2, 3, 2))
    assert first == again
    assert first.score != other.score


def test_a_shaped_flight_scores_the_raw_reward() -> None:
    results = [
        flown(env_id, {}, 3, HeuristicPolicy(continuous=False))
        for env_id in (LANDER, "lander_envs/ShapedLander-v0")
    ]
    assert results[0].score == pytest.approx(results[1].score)


def test_a_decision_of_the_pictures_is_four_base_steps() -> None:
    flight = Flight("none", lambda obs: 0, "lander_envs/PixelLander-v0", {}, 0)
    flight.step()
    assert flight.base_steps == 4
    assert flight.result.seconds == pytest.approx(4 / 50)
    assert flight.result.fuel == 0
    assert flight.frame().shape == (400, 600, 3)
    assert flight.frame().dtype == np.uint8
    assert not flight.is_over
    flight.close()
