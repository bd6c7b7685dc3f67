"""Statistics, with numbers worked by hand."""

import numpy as np
import pytest
from scipy import stats

from lander_envs.scoring.episodes import Episode
from lander_envs.scoring.statistics import (
    EVALUATION_SEED,
    SCORING_SEED,
    bootstrap_interval,
    evaluation_seed,
    interquartile_mean,
    spread,
    summary,
    threshold,
    training_seed,
)


def test_the_seeds_of_training_evaluation_and_scores_do_not_meet() -> None:
    largest_training_seed = 99 * 10_000 + 4_999 + 4_096  # TrainConfig's limits
    assert largest_training_seed < EVALUATION_SEED
    largest_evaluation_seed = evaluation_seed(90, 9_999) + 9_999  # 899,910 into the million
    assert largest_evaluation_seed < SCORING_SEED


def test_each_evaluation_during_training_has_fresh_seeds() -> None:
    assert evaluation_seed(0, 100) == 1_000_000
    assert evaluation_seed(1, 100) == 1_000_100
    assert evaluation_seed(9_000, 100) == 1_000_000  # after 900,000 they repeat


def test_the_summary_counts_returns_and_endings() -> None:
    returns = [300.0, 200.0, 100.0, -400.0]
    endings = [("landed", True), ("landed", False), ("timeout", False), ("crashed", True)]
    scores = summary(
        [Episode(i, r, 100 * i, *e) for i, (r, e) in enumerate(zip(returns, endings, strict=True))]
    )
    assert scores["mean_return"] == 50.0
    assert scores["std_return"] == pytest.approx(np.sqrt((250**2 + 150**2 + 50**2 + 450**2) / 4))
    assert (scores["min_return"], scores["max_return"]) == (-400.0, 300.0)
    assert scores["win_rate"] == 0.25  # above 200, so 200 itself is no win
    # By Student: t of 3 degrees of freedom 3.182, sample deviation 311, so half the width is
    # 3.182 * 311 / sqrt(4) = 495.
    assert scores["ci_low"] == pytest.approx(50.0 - 495.0, abs=100)
    assert scores["ci_high"] == pytest.approx(50.0 + 495.0, abs=100)
    assert scores["landing_rate"] == 0.5
    assert scores["pad_rate"] == 0.25  # a crash between the flags is no landing there
    assert (scores["crash_rate"], scores["timeout_rate"]) == (0.25, 0.25)
    assert scores["out_of_bounds_rate"] == 0.0
    assert scores["mean_length"] == 150.0


def test_the_summary_has_mean_flights_if_every_episode_was_measured() -> None:
    measured = [Episode(i, 0.0, 1, "landed", True, 1.0 + i, 40.0 - 10 * i) for i in range(2)]
    scores = summary(measured)
    assert (scores["mean_touchdown_speed"], scores["mean_fuel"]) == (1.5, 35.0)
    partly = summary([*measured, Episode(2, 0.0, 1, "landed", True)])
    assert not {"mean_touchdown_speed", "mean_fuel"} & partly.keys()


def test_the_interquartile_mean_is_of_the_middle_half_of_the_runs() -> None:
    assert interquartile_mean([300.0, 0.0, 100.0, 200.0]) == 150.0
    assert interquartile_mean([1.0, 2.0, 3.0]) is None


def test_the_interval_of_one_seed_is_near_that_of_scipy() -> None:
    # Standard error 40 / 10 = 4; both draw 2,000 resamples, so ends differ by some tenths.
    returns = np.random.default_rng(1).normal(250, 40, size=100)
    expected = stats.bootstrap(
        (returns,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    assert bootstrap_interval(returns[None]) == pytest.approx(
        (expected.low, expected.high), abs=0.6
    )


def test_the_interval_over_seeds_spans_seeds_that_differ() -> None:
    low, high = bootstrap_interval(np.array([[0.0], [100.0]]))
    assert low < 0.0 < 100.0 < high
    assert bootstrap_interval(np.array([[7.0], [7.0]])) == pytest.approx((7.0, 7.0))


def test_the_interval_over_ten_seeds_is_near_students() -> None:
    # Ten seeds from 0 to 9: mean 4.5, sample deviation 3.03, t of 9 degrees of freedom 2.262, so
    # half the interval is 2.262 * 3.03 / sqrt(10) = 2.17.
    low, high = bootstrap_interval(np.arange(10.0)[:, None])
    assert (low, high) == pytest.approx((4.5 - 2.17, 4.5 + 2.17), abs=0.25)


def test_episodes_are_redrawn_for_all_seeds_alike() -> None:
    # Two seeds of equal returns hold no more episodes than one: the interval stays as wide.
    returns = np.random.default_rng(2).normal(250, 40, size=(1, 100))
    one = bootstrap_interval(returns)
    both = bootstrap_interval(np.concatenate([returns, returns]))
    assert both == pytest.approx(one)


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_the_interval_covers_the_mean_of_simulated_runs(seeds) -> None:
    # Return = 250 + seed's skill (10) + episode's luck (60), shared by seeds, + noise (10). Without
    # Student's t the interval over few seeds is too narrow; redrawing each seed's episodes by
    # themselves would make it several times too narrow.
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(300):
        skill, luck = rng.normal(0, 10, (seeds, 1)), rng.normal(0, 60, (1, 200))
        low, high = bootstrap_interval(250 + skill + luck + rng.normal(0, 10, (seeds, 200)))
        covered.append(low <= 250 <= high)
    assert 0.925 <= np.mean(covered) <= 0.985


@pytest.mark.parametrize("episodes", [2, 3, 5, 10, 100])
def test_the_interval_over_few_episodes_of_one_seed_covers_their_mean(episodes) -> None:
    # Without Student's t it covers the mean in 50 % of simulations with two episodes, in 82 % with
    # five and in 89 % with ten.
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(300):
        low, high = bootstrap_interval(rng.normal(250, 60, (1, episodes)))
        covered.append(low <= 250 <= high)
    assert 0.91 <= np.mean(covered) <= 0.985


def test_one_episode_has_no_interval() -> None:
    scores = summary([Episode(0, 200.0, 1, "landed", True)])
    assert (scores["mean_return"], scores["ci_low"], scores["ci_high"]) == (200.0, None, None)


def test_the_spread_is_the_sample_standard_deviation() -> None:
    assert spread([1.0, 3.0]) == pytest.approx(np.sqrt(2))
    assert spread([5.0]) is None


def test_thresholds_are_those_of_the_environments() -> None:
    assert threshold("lander_envs/PixelLander-v0") == 200.0
    assert threshold("CartPole-v1") == 475.0
    with pytest.raises(ValueError, match="Pendulum-v1 has no reward threshold"):
        threshold("Pendulum-v1")


def test_training_seeds_have_blocks_of_their_own() -> None:
    assert training_seed(1, 0) == 10_000
    assert training_seed(1, 7) == 10_007  # resumed after seven updates
    assert training_seed(99, 4_999) + 4_096 < EVALUATION_SEED  # with the most environments
    assert training_seed(101, 0) == 3_010_000  # for tuning
