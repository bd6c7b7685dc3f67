"""Plots: what is drawn of several seeds, and that pictures are written."""

import imageio.v3 as iio
import numpy as np
import pytest
from gymnasium.spaces import Discrete
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from baselines.algorithms.health import bands
from baselines.results import plots
from baselines.results.run_data import ConfigResult
from baselines.results.run_folder import HealthLog
from tests.baselines import made_up


def test_seeds_are_interpolated_between_their_steps_and_ended_ones_left_out() -> None:
    curves = [
        (np.array([100.0, 300]), np.array([0.0, 200])),
        (np.array([100.0, 200]), np.array([100.0, 300])),
    ]
    steps, middle, low, high = plots.spread_over_seeds(curves)
    assert steps.tolist() == [100, 200, 300]
    assert middle.tolist() == [50, 200, 200]  # of 0 and 100; of 100 and 300; of 200 alone
    assert (low[:2] < [0, 100]).all()
    assert (high[:2] > [100, 300]).all()
    assert low[2] == high[2] == 200  # one seed has no spread


def test_points_without_an_episode_are_bridged() -> None:
    curve = np.array([1.0, 2, 3]), np.array([10.0, np.nan, 30])
    assert plots.spread_over_seeds([curve])[1].tolist() == [10, 20, 30]


def test_every_kind_of_plot_is_written(tmp_path) -> None:
    runs = [made_up.result(tmp_path, seed=seed) for seed in (1, 2)]
    poor = made_up.result(tmp_path, "poor", played=[(-208.0, "crashed")])
    both = ConfigResult(
        runs[0].settings,
        [run.seeds[0] for run in runs],
        {**runs[0].episodes, **runs[1].episodes},
    )
    plots.draw_runs(runs, tmp_path / "new" / "runs.png")
    plots.draw_agents([both, poor], tmp_path / "new" / "agents.png")
    plots.draw_comparison([both, poor], tmp_path / "new" / "comparison.png")
    plots.draw_scores([both, poor], tmp_path / "new" / "scores.png")
    shapes = {path.stem: iio.imread(path).shape for path in (tmp_path / "new").iterdir()}
    assert shapes["runs"][:2] == shapes["agents"][:2] == (450, 800)
    assert shapes["comparison"][:2] == (400, 1000)
    assert shapes["scores"][1] == 800


@pytest.fixture
def figures(monkeypatch) -> list[Figure]:
    """Figures that are drawn and not written."""
    drawn: list[Figure] = []
    monkeypatch.setattr(plots, "_save", lambda figure, _: drawn.append(figure))
    return drawn


def test_the_dot_of_a_score_over_few_episodes_is_hollow(tmp_path, figures) -> None:
    whole = made_up.result(tmp_path, "whole", played=[(250.0, "landed")] * 1000)
    few = made_up.result(tmp_path, "few", played=[(250.0, "landed")] * 999)
    plots.draw_scores([whole, few], tmp_path / "scores.png")
    dots = [line for line in figures[0].axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() for dot in dots] == ["C0", "white"]


def test_a_step_of_pixel_lander_is_a_decision(tmp_path, figures) -> None:
    for name in ("Lander-v0", "PixelLander-v0"):
        result = made_up.result(tmp_path, name, env_id=f"lander_envs/{name}")
        plots.draw_agents([result], tmp_path / "agents.png")
    labels = [figure.axes[0].get_xlabel() for figure in figures]
    assert labels == ["million environment steps", "million decisions"]


def test_no_two_of_eleven_curves_look_alike() -> None:
    axes = Figure().subplots()
    curve = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    for number in range(11):
        plots._draw_seeds(axes, [curve], number, str(number))
    looks = {(to_hex(line.get_color()), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 11


def test_the_curves_of_a_result_are_a_pair_of_arrays_a_seed(tmp_path) -> None:
    ((steps, returns),) = plots.evaluations(made_up.result(tmp_path))
    assert (steps.tolist(), returns.tolist()) == ([100, 200], [150, 250])
    assert plots.training(made_up.result(tmp_path, seed=2))[0][1].tolist() == [0, 0]


def test_health_has_a_panel_a_metric_in_red_where_it_is_outside(tmp_path) -> None:
    metrics = {"approx_kl": 0.05, "clip_fraction": 0.1, "entropy": 1.0, "explained_variance": 0.5}
    rows = [{"steps": 100.0 * i, **metrics} for i in (1, 2)]
    plots.draw_health([HealthLog("a", rows, bands(Discrete(4)))], tmp_path / "health.png")
    picture = iio.imread(tmp_path / "health.png")[..., :3].astype(int)
    assert picture.shape[:2] == (300, 1200)
    reddish = (picture[..., 0] > picture[..., 1] + 20) & (picture[..., 1] == picture[..., 2])
    # Only the KL divergence of 0.05, over 0.02, is outside; the others' bands fill their panels.
    shares = reddish.reshape(300, 4, 300).mean(axis=(0, 2))
    assert shares[0] > 0.3
    assert (shares[1:] < 0.01).all()
