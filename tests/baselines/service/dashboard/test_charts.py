"""Charts: their data, worked out by hand."""

import pytest

from baselines.service.dashboard import charts


def row(seed, reward, outcome, steps=100):
    numbers = {"touchdown_speed": 1.0, "fuel": 30.0, "on_pad": True}
    kind = {"success": reward > 200, "outcome": outcome, "steps": steps}
    return {"seed": seed, "total_reward": reward, **kind, **numbers}


EVALUATION = {
    "episodes": [row(7, 250.0, "landed"), row(8, -100.0, "crashed"), row(9, 210.0, "landed", 300)],
    "action_shares": {"Do nothing": 40.0, "Fire main engine": 60.0},
}
FLIGHT = {
    "states_visited": [[0.5, 1.0, *[0.0] * 6], [0.25, 0.5, *[0.0] * 6], [0.0] * 8],
    "actions_taken": [2, 0],
    "rewards_per_step": [1.5, 2.5],
}

SPANS = charts.spans_of([charts.episode_table(EVALUATION)])


@pytest.fixture
def table():
    return charts.episode_table(EVALUATION)


def layers(chart):
    return [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]


def test_episodes_count_from_one_and_are_wins_or_losses(table) -> None:
    assert table["episode"].tolist() == [1, 2, 3]
    assert table["result"].tolist() == ["win", "loss", "win"]


def test_the_histogram_has_the_line_of_200_and_that_of_the_mean(table) -> None:
    chart = charts.reward_histogram(table, SPANS)
    assert layers(chart) == ["bar", "rule"]
    lines = chart.layer[1].data
    assert dict(zip(lines["line"], lines["reward"], strict=True)) == {
        "solved: 200": 200.0,
        "mean": 120.0,
    }


def test_compared_agents_have_the_same_axes_which_show_the_threshold(table) -> None:
    worse = table.assign(total_reward=[-300.0, 0.0, 100.0], steps=[50, 60, 400])
    spans = charts.spans_of([table[table["seed"] == 8], worse])
    assert spans["total_reward"] == [-300.0, 200.0]
    assert spans["steps"] == [50.0, 400.0]
    for drawn in (table, worse):
        x = charts.reward_histogram(drawn, spans).layer[0].to_dict()["encoding"]["x"]
        assert x["bin"]["extent"] == x["scale"]["domain"] == [-300.0, 200.0]


def test_rewards_are_coloured_by_success(table) -> None:
    chart = charts.rewards_by_episode(table, SPANS)
    assert layers(chart) == ["rule", "circle"]
    assert chart.layer[1].to_dict()["encoding"]["color"]["field"] == "result"


def test_only_landings_have_steps_to_the_landing(table) -> None:
    assert charts.steps_to_landing(table, SPANS).data["steps"].tolist() == [100, 300]


def test_shares_and_outcomes_and_flights_are_drawn(table) -> None:
    shares = charts.action_shares(EVALUATION)
    assert shares.data["percent"].tolist() == [40.0, 60.0]
    for chart in (shares, charts.wins_and_losses(table), charts.touchdown_and_fuel(table, SPANS)):
        assert chart.to_dict()["height"] == 240


def test_a_path_has_the_state_before_each_action_and_its_engine() -> None:
    path = charts.flight_table(FLIGHT)
    assert path["x"].tolist() == [0.5, 0.25]
    assert path["engine"].tolist() == ["main", "none"]
    assert path["reward"].tolist() == [1.5, 2.5]
    assert layers(charts.trajectory(FLIGHT)) == ["line", "circle", "rule"]


@pytest.mark.parametrize(
    ("action", "word"),
    [
        *((0, "none"), (1, "left"), (2, "main"), (3, "right")),
        *(([-1.0, 0.5], "none"), ([0.1, -0.5], "main"), ([0.1, 0.6], "main and side")),
        *(([0.0, -0.6], "left"), ([-1.0, 0.6], "right")),
    ],
)
def test_throttles_are_told_as_the_engines_that_they_fire(action, word) -> None:
    assert charts.engine(action) == word
