"""Ranking of a study's trials."""

import imageio.v3 as iio
import pytest
from optuna.trial import TrialState, create_trial

from baselines.algorithms.registry import build_config
from baselines.runs.config import read_yaml
from baselines.sweeps import ranking
from tests.baselines.made_up import cells
from tests.baselines.sweeps.studies import small_plan

PLAN = small_plan(
    space={
        "learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
        "gamma": [0.9, 0.99],
        "hidden_size": [4],
        "a": [1],
        "b": {"low": 0, "high": 3},
    }
)


def trial(number, value, gamma=0.9, state=TrialState.COMPLETE):
    """A trial that has ended, with values that are easily told apart."""
    params = {"learning_rate": 0.001234567, "gamma": gamma, "hidden_size": 4, "a": 1, "b": number}
    distributions = {key: PLAN.distributions[key] for key in params}
    return create_trial(
        state=state,
        value=value,
        params=params,
        distributions=distributions,
        user_attrs={"run": f"run-{number}"},
    )


TRIALS = [
    trial(0, -20.0),
    trial(1, 240.5, gamma=0.99),
    trial(2, None, state=TrialState.FAIL),
    trial(3, 300.0, state=TrialState.PRUNED),
]


def test_complete_trials_are_ranked_from_the_best() -> None:
    page = ranking.page(PLAN, TRIALS)
    assert cells(page, "1") == ["run-1", "240.5", "0.001235", "0.99", "4", "1", "1"]
    assert cells(page, "2") == ["run-0", "-20.0", "0.001235", "0.9", "4", "1", "0"]
    assert "| 3 |" not in page
    assert "Trials: 2 complete, 1 fail, 1 pruned." in page
    assert "mean over the seeds 101." in page


def test_the_best_settings_are_a_config_of_the_studys_name(tmp_path) -> None:
    plan = small_plan()
    best = create_trial(
        value=240.5,
        params={"learning_rate": 0.001234567, "gamma": 0.99},
        distributions=plan.distributions,
    )
    (tmp_path / "best.yaml").write_text(ranking.best_config(plan, best, 7))
    text = (tmp_path / "best.yaml").read_text()
    assert text.startswith("# Best of 7 trials of the study small: return 240.5.\nalgorithm: ppo")
    config = build_config(read_yaml(tmp_path / "best.yaml"), "best")
    assert (config.name, config.gamma, config.learning_rate) == ("small", 0.99, 0.001234567)
    assert (config.num_envs, config.seed) == (4, 1)


@pytest.mark.parametrize("settings", [1, 5])
def test_the_picture_has_a_panel_for_each_setting(settings, tmp_path) -> None:
    space = dict(list(PLAN.space.items())[:settings])
    ranking.draw(PLAN._replace(space=space), ranking.ranked(TRIALS), tmp_path / "x.png")
    height, width, _ = iio.imread(tmp_path / "x.png").shape
    assert (height > 500, width > 1000) == (settings > 4, settings > 1)
