"""The page of the dashboard, run by Streamlit's own test driver against a real service."""

import pytest
from streamlit.testing.v1 import AppTest

from baselines.service.dashboard import page
from tests.baselines.service.conftest import served

DEAD = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def url():
    with served("--agent", "lander_dqn") as server:
        yield server.url


@pytest.fixture
def app(url, monkeypatch):
    monkeypatch.setenv(page.URL_VARIABLE, url)
    return AppTest.from_file(page.__file__, default_timeout=120).run()


def values(app):
    return {metric.label: metric.value for metric in app.metric}


def evaluated(app, **choices):
    """The page after a run of ten episodes."""
    app.slider(key="episodes").set_value(10)
    for key, value in choices.items():
        app.selectbox(key=key).set_value(value)
    app.button(key="run").click()
    app.run()
    assert not app.exception
    return app


def test_the_page_offers_the_agents_of_the_service_with_the_served_one_chosen(app) -> None:
    assert not app.exception
    assert app.selectbox(key="agent").value == "lander_dqn"
    assert "lander_ppo" in app.selectbox(key="agent").options
    slider = app.slider(key="episodes")
    assert (slider.min, slider.max, slider.value) == (10, 200, 100)
    assert "press **Run**" in app.info[0].value


def test_a_run_shows_the_numbers_of_the_service(app) -> None:
    evaluated(app)
    assert list(values(app)) == [
        *("Mean reward", "Std of reward", "Win rate", "Mean steps", "Touchdown", "Fuel"),
    ]
    table = app.dataframe[0].value
    assert len(table) == 10
    assert values(app)["Mean reward"] == f"{table['total_reward'].mean():.1f}"
    assert values(app)["Mean steps"] == f"{table['steps'].mean():.0f}"


def test_filters_choose_the_rows_of_the_table(app) -> None:
    evaluated(app)
    rewards = app.dataframe[0].value["total_reward"]
    least = float(rewards.median())
    app.number_input(key="least").set_value(least).run()
    assert app.dataframe[0].value["total_reward"].tolist() == rewards[rewards >= least].tolist()
    app.multiselect(key="kept").set_value(["loss"]).run()
    assert not app.exception
    assert (app.dataframe[0].value["result"] == "loss").all()


def test_without_details_the_numbers_stay_and_the_table_goes(app) -> None:
    evaluated(app)
    app.toggle(key="details").set_value(False).run()
    assert not app.exception
    assert len(app.metric) == 6
    assert len(app.dataframe) == 0


def test_two_agents_are_compared_over_the_same_seeds(app) -> None:
    evaluated(app, other="lander_ppo")
    assert len(app.metric) == 12
    table = app.dataframe[0].value
    seeds = {name: set(rows["seed"]) for name, rows in table.groupby("agent")}
    assert seeds["lander_dqn"] == seeds["lander_ppo"] == set(range(2_000_000, 2_000_010))


def test_a_replay_is_the_episode_of_the_table(app) -> None:
    evaluated(app)
    row = app.dataframe[0].value.iloc[3]
    app.selectbox(key="replayed_seed").set_value(int(row["seed"]))
    app.button(key="replay").click().run()
    assert not app.exception
    told = app.caption[-1].value
    assert f"{row['outcome']} after {row['steps']} steps" in told
    assert f"reward {row['total_reward']:.1f}" in told


def test_a_page_without_its_service_says_how_to_start_it(monkeypatch) -> None:
    monkeypatch.setenv(page.URL_VARIABLE, DEAD)
    app = AppTest.from_file(page.__file__, default_timeout=60).run()
    assert not app.exception
    assert f"{DEAD} does not answer" in app.error[0].value
    assert app.code[0].value == "python -m baselines.serve --agent lander_dqn"


def test_a_service_that_goes_away_leaves_a_page_that_says_so(app, monkeypatch) -> None:
    evaluated(app)
    monkeypatch.setenv(page.URL_VARIABLE, DEAD)
    app.run()
    assert not app.exception
    assert "The service is down" in app.error[0].value
