"""Page of the dashboard: choose agents, evaluate them, look at their flights.

Streamlit runs this file from the top at each click; ``python -m baselines.dashboard`` starts it.
"""

from __future__ import annotations

import os
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from baselines.service.client import ServiceClient, ServiceDownError, ServiceError
from baselines.service.dashboard import charts

URL_VARIABLE = "LANDER_SERVICE_URL"
DEFAULT_URL = "http://127.0.0.1:8000"

_NONE = "no other agent"
_FIRST_SEED = 2_000_000
_MAX_SEED = 2_000_000_000
_DEFAULT_AGENT = "lander_dqn"

Evaluation = dict[str, Any]


def show() -> None:
    """Draw the page."""
    st.set_page_config("Lander dashboard", layout="wide")
    st.title("Lander dashboard")
    client = ServiceClient(os.environ.get(URL_VARIABLE, DEFAULT_URL))
    try:
        _show_controls(client)
        _show_results(client)
    except ServiceDownError as down:
        _show_down(str(down))
    except ServiceError as refused:
        st.error(f"The service refused: {refused}")
    finally:
        client.close()


def _show_down(told: str) -> None:
    st.error(f"The service is down: {told}")
    st.markdown("Start it in another terminal, then try again:")
    st.code("python -m baselines.serve --agent lander_dqn", language="bash")
    st.button("Try again")


def _show_controls(client: ServiceClient) -> None:
    """Draw the side bar; evaluate when its button is pressed."""
    agents = client.agents()
    names = [agent["name"] for agent in agents]
    served = next((agent["name"] for agent in agents if agent["served"]), _DEFAULT_AGENT)
    with st.sidebar:
        first = st.selectbox("Agent", names, index=names.index(served), key="agent")
        second = st.selectbox("Compare with", [_NONE, *names], key="other")
        episodes = st.slider("Episodes", 10, 200, 100, step=10, key="episodes")
        seed = st.number_input("First seed", 0, _MAX_SEED, _FIRST_SEED, key="seed")
        st.toggle("Details", value=True, key="details")
        is_wanted = st.button("Run", type="primary", key="run")
    if is_wanted:
        chosen = [first] if second in (_NONE, first) else [first, second]
        st.session_state["results"] = [
            _evaluate(client, agent, int(episodes), int(seed)) for agent in chosen
        ]
        st.session_state.pop("flight", None)


def _evaluate(client: ServiceClient, agent: str, episodes: int, seed: int) -> Evaluation:
    bar = st.progress(0.0, f"{agent}: 0 of {episodes} episodes")
    try:
        return client.evaluate(
            agent,
            episodes,
            seed,
            lambda done: bar.progress(done / episodes, f"{agent}: {done} of {episodes} episodes"),
        )
    finally:
        bar.empty()


def _show_results(client: ServiceClient) -> None:
    results: list[Evaluation] = st.session_state.get("results", [])
    if not results:
        st.info("Choose an agent and a number of episodes, then press **Run**.")
        return
    charts_in_row = 2 if len(results) == 1 else 1
    spans = charts.spans_of([charts.episode_table(result) for result in results])
    for column, evaluation in zip(st.columns(len(results)), results, strict=True):
        with column:
            _show_evaluation(evaluation, charts_in_row, spans)
    if st.session_state["details"]:
        _show_episodes(results)
        _show_replay(client, results)


def _show_evaluation(evaluation: Evaluation, charts_in_row: int, spans: charts.Spans) -> None:
    st.subheader(evaluation["agent"])
    st.caption(f"{evaluation['n_episodes']} episodes of {evaluation['env_id']}")
    _show_metrics(evaluation)
    table = charts.episode_table(evaluation)
    shown: list[tuple[str, alt.Chart | alt.LayerChart]] = [
        ("Rewards", charts.reward_histogram(table, spans))
    ]
    if st.session_state["details"]:
        shown += [
            ("Reward by episode", charts.rewards_by_episode(table, spans)),
            ("Wins and losses", charts.wins_and_losses(table)),
            ("Steps to the landing", charts.steps_to_landing(table, spans)),
            ("Share of each action", charts.action_shares(evaluation)),
            ("Touchdown speed and fuel", charts.touchdown_and_fuel(table, spans)),
        ]
    for start in range(0, len(shown), charts_in_row):
        row = shown[start : start + charts_in_row]
        for column, (title, chart) in zip(st.columns(charts_in_row), row, strict=False):
            column.markdown(f"**{title}**")
            column.altair_chart(chart, width="stretch")


def _show_metrics(evaluation: Evaluation) -> None:
    numbers = (
        ("Mean reward", f"{evaluation['mean_reward']:.1f}"),
        ("Std of reward", f"{evaluation['std_reward']:.1f}"),
        ("Win rate", f"{evaluation['win_rate']:.0f} %"),
        ("Mean steps", f"{evaluation['avg_steps']:.0f}"),
        ("Touchdown", f"{evaluation['mean_touchdown_speed']:.2f} m/s"),
        ("Fuel", f"{evaluation['mean_fuel']:.1f}"),
    )
    for start in (0, 3):
        for column, (label, value) in zip(st.columns(3), numbers[start : start + 3], strict=True):
            column.metric(label, value)


def _show_episodes(results: list[Evaluation]) -> None:
    """Draw the table of all episodes with its filters and its download."""
    st.subheader("Episodes")
    tables = [charts.episode_table(result).assign(agent=result["agent"]) for result in results]
    table = pd.concat(tables, ignore_index=True)
    outcomes = sorted(table["outcome"].unique())
    left, middle, right = st.columns(3)
    kept = left.multiselect("Outcomes", outcomes, default=outcomes, key="outcomes")
    results_kept = middle.multiselect("Results", ["win", "loss"], ["win", "loss"], key="kept")
    least = right.number_input("Least reward", value=-1000.0, step=10.0, key="least")
    shown = table[
        table["outcome"].isin(kept)
        & table["result"].isin(results_kept)
        & (table["total_reward"] >= least)
    ]
    order = ["agent", *(name for name in shown.columns if name != "agent")]
    st.dataframe(shown[order], hide_index=True, key="episode_table")
    st.download_button(
        "Download as CSV", shown[order].to_csv(index=False), "episodes.csv", "text/csv"
    )


def _show_replay(client: ServiceClient, results: list[Evaluation]) -> None:
    """Draw an episode that was chosen: its film and its path."""
    st.subheader("Replay")
    left, right = st.columns(2)
    agent = left.selectbox("Agent", [result["agent"] for result in results], key="replayed")
    seeds = [row["seed"] for row in results[0]["episodes"]]
    seed = right.selectbox("Seed of the episode", seeds, key="replayed_seed")
    if st.button("Replay", key="replay"):
        with st.spinner("flying"):
            st.session_state["flight"] = client.play(agent, seed, film=True)
    flight = st.session_state.get("flight")
    if flight is None:
        return
    answer = flight.answer
    st.caption(
        f"{answer['agent']}, seed {answer['seed']}: {answer['outcome']} after "
        f"{answer['steps']} steps, reward {answer['total_reward']:.1f}, touchdown at "
        f"{answer['touchdown_speed']:.2f} m/s, fuel {answer['fuel']:.1f}"
    )
    film, path = st.columns(2)
    film.image(flight.gif, width="stretch")
    path.altair_chart(charts.trajectory(answer), width="stretch")


if __name__ == "__main__":
    show()
