"""Episodes that served agents fly: as those of a score, and the same whenever asked."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from baselines.results.scoring import score, trained
from baselines.service.flights import evaluate, fly
from baselines.service.problems import ProblemError
from baselines.service.workers import Progress, StoppedError
from lander_envs.scoring.statistics import SCORING_SEED, summary

KINDS = ("lander_dqn", "lander_continuous_ppo", "masked_velocity_lander_lstm_ppo")


def progress():
    return Progress(300.0)


@pytest.mark.parametrize("name", KINDS)
def test_an_evaluation_is_the_agents_score(agents, name) -> None:
    wanted = score(trained(name), 5)
    answer = evaluate(agents.get(name), 5, SCORING_SEED, True, progress())
    assert [(row.seed, row.total_reward, row.steps, row.fuel) for row in answer.episodes] == [
        (episode.seed, episode.episodic_return, episode.length, episode.fuel) for episode in wanted
    ]
    scores = summary(wanted)
    assert answer.mean_reward == scores["mean_return"]
    assert answer.win_rate == 100 * scores["win_rate"]
    assert answer.landing_rate == 100 * scores["landing_rate"]
    assert answer.mean_touchdown_speed == scores["mean_touchdown_speed"]
    if name != "lander_continuous_ppo":
        assert sum(answer.action_shares.values()) == pytest.approx(100)


@pytest.mark.parametrize("name", [*KINDS, "pixel_lander_motion_crop_ppo"])
def test_an_episode_has_a_reward_an_action_and_a_state_for_each_step(agents, name) -> None:
    answer = fly(agents.get(name), 7, False, progress())
    assert len(answer.rewards_per_step) == len(answer.actions_taken) == answer.steps
    assert np.shape(answer.states_visited) == (answer.steps + 1, 8)
    assert sum(answer.rewards_per_step) == pytest.approx(answer.total_reward)
    assert answer.success == (answer.total_reward > 200)
    # It ends on the ground between the flags.
    assert answer.outcome == "landed"
    assert abs(answer.states_visited[-1][0]) < 0.25
    assert answer.states_visited[-1][6:] == [1.0, 1.0]


def test_an_episode_of_a_seed_is_that_of_an_evaluation(agents) -> None:
    agent = agents.get("lander_dqn")
    rows = evaluate(agent, 3, 40, True, progress()).episodes
    flown = [fly(agent, 40 + i, False, progress()) for i in range(3)]
    for row, answer in zip(rows, flown, strict=True):
        assert row.model_dump(exclude={"on_pad"}).items() <= answer.model_dump().items()


def test_the_film_shows_the_same_flight(agents) -> None:
    agent = agents.get("lander_dqn")
    filmed, plain = (fly(agent, 3, with_film, progress()) for with_film in (True, False))
    film = Image.open(io.BytesIO(base64.b64decode(filmed.gif)))
    assert film.format == "GIF"
    assert film.size == (300, 200)
    # Every second step, the reset's picture among them; equal frames are joined.
    assert 0.8 * filmed.steps / 2 < film.n_frames <= filmed.steps / 2 + 1
    assert filmed.model_copy(update={"gif": None}) == plain


def test_a_random_seed_is_told(agents) -> None:
    first = fly(agents.get(None), None, False, progress())
    assert fly(agents.get(None), first.seed, False, progress()) == first


def test_flights_stop_when_they_are_told_to_and_when_their_time_is_over(agents) -> None:
    stopped = progress()
    stopped.stop()
    with pytest.raises(StoppedError):
        evaluate(agents.get(None), 2, 0, False, stopped)
    with pytest.raises(ProblemError, match="took more than 0 seconds"):
        fly(agents.get(None), 0, False, Progress(0.0))
