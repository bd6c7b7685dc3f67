"""Charts of evaluations and of single flights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from baselines.service.actions import DEAD_ZONE
from lander_envs.spaces import REWARD_THRESHOLD

_GREEN, _RED, _BLUE, _GREY = "#2a9d5c", "#d1495b", "#2e6f9e", "#9aa0a6"
_RESULT = alt.Scale(domain=["win", "loss"], range=[_GREEN, _RED])
_ENGINES = alt.Scale(
    domain=["none", "left", "main", "right", "main and side"],
    range=[_GREY, "#8e6cc0", "#e07b39", _BLUE, _RED],
)
_HEIGHT = 240
_PATH_HEIGHT = 330

Spans = dict[str, list[float]]
"""Lowest and highest value by column: compared agents have the same axes."""


def episode_table(evaluation: dict[str, Any]) -> pd.DataFrame:
    """Row for each episode of an evaluation with details; ``episode`` counts from 1."""
    table = pd.DataFrame(evaluation["episodes"])
    table.insert(0, "episode", np.arange(1, len(table) + 1))
    table["result"] = np.where(table["success"], "win", "loss")
    return table


def spans_of(tables: Sequence[pd.DataFrame]) -> Spans:
    """Ranges of the axes that hold the episodes of all tables, and the threshold of rewards."""
    table = pd.concat(tables)
    rewards = [*table["total_reward"], REWARD_THRESHOLD]
    columns = {name: table[name] for name in ("steps", "fuel", "touchdown_speed")}
    return {
        name: [float(min(values)), float(max(values))]
        for name, values in {"total_reward": rewards, **columns}.items()
    }


def reward_histogram(table: pd.DataFrame, spans: Spans) -> alt.LayerChart:
    """Histogram of rewards with the line of 200 and that of the mean."""
    bars = (
        alt.Chart(table)
        .mark_bar(color=_BLUE)
        .encode(
            _binned("total_reward", "total reward", spans),
            alt.Y("count()", title="episodes"),
        )
    )
    marks = pd.DataFrame(
        {
            "line": ["solved: 200", "mean"],
            "reward": [REWARD_THRESHOLD, table["total_reward"].mean()],
        }
    )
    lines = (
        alt.Chart(marks)
        .mark_rule(size=2)
        .encode(
            alt.X("reward:Q"),
            alt.Color(
                "line:N",
                scale=alt.Scale(domain=["solved: 200", "mean"], range=[_RED, "black"]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            strokeDash=alt.StrokeDash("line:N", legend=None),
        )
    )
    return _layered(bars, lines)


def rewards_by_episode(table: pd.DataFrame, spans: Spans) -> alt.LayerChart:
    """Reward of each episode, coloured by success, with the line of 200."""
    points = (
        alt.Chart(table)
        .mark_circle(size=55)
        .encode(
            alt.X("episode:Q"),
            alt.Y("total_reward:Q", title="total reward", scale=_spanning("total_reward", spans)),
            _result_colour(),
            tooltip=["episode", "seed", "total_reward", "steps", "outcome"],
        )
    )
    solved = alt.Chart(pd.DataFrame({"reward": [REWARD_THRESHOLD]}))
    line = solved.mark_rule(color=_GREY, strokeDash=[4, 4]).encode(alt.Y("reward:Q"))
    return _layered(line, points)


def wins_and_losses(table: pd.DataFrame) -> alt.Chart:
    """Number of wins and losses, by outcome."""
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            alt.X("count()", title="episodes"),
            alt.Y("outcome:N", title=None),
            _result_colour(),
        )
        .properties(height=_HEIGHT)
    )
    return chart


def steps_to_landing(table: pd.DataFrame, spans: Spans) -> alt.Chart:
    """Histogram of the steps of episodes that landed."""
    chart: alt.Chart = (
        alt.Chart(table[table["outcome"] == "landed"])
        .mark_bar(color=_GREEN)
        .encode(
            _binned("steps", "steps to the landing", spans),
            alt.Y("count()", title="landings"),
        )
        .properties(height=_HEIGHT)
    )
    return chart


def action_shares(evaluation: dict[str, Any]) -> alt.Chart:
    """Share of each action in percent of all decisions."""
    shares = pd.DataFrame(evaluation["action_shares"].items(), columns=["action", "percent"])
    chart: alt.Chart = (
        alt.Chart(shares)
        .mark_bar(color=_BLUE)
        .encode(
            alt.X("percent:Q", title="percent of decisions", scale=alt.Scale(domain=[0, 100])),
            alt.Y("action:N", title=None, sort=None, axis=alt.Axis(labelLimit=200)),
        )
        .properties(height=_HEIGHT)
    )
    return chart


def touchdown_and_fuel(table: pd.DataFrame, spans: Spans) -> alt.Chart:
    """Touchdown speed over fuel of each episode."""
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_circle(size=55)
        .encode(
            alt.X("fuel:Q", scale=_spanning("fuel", spans), title="fuel (units of the reward)"),
            alt.Y(
                "touchdown_speed:Q",
                scale=_spanning("touchdown_speed", spans),
                title="touchdown speed (m/s)",
            ),
            _result_colour(),
            tooltip=["episode", "seed", "touchdown_speed", "fuel", "outcome"],
        )
        .properties(height=_HEIGHT)
    )
    return chart


def trajectory(flight: dict[str, Any]) -> alt.LayerChart:
    """Path of a flight over the pad, with the engines that fire on the way."""
    path = flight_table(flight)
    x = alt.X("x:Q", title="distance from the pad's centre", scale=alt.Scale(zero=False))
    line = alt.Chart(path).mark_line(color=_GREY, size=1).encode(x, alt.Y("y:Q"), order="step:Q")
    points = (
        alt.Chart(path)
        .mark_circle(size=35, opacity=0.9)
        .encode(
            x,
            alt.Y("y:Q", title="height"),
            alt.Color("engine:N", scale=_ENGINES, legend=alt.Legend(title=None, orient="top")),
            tooltip=["step", "engine", "vx", "vy", "angle", "reward"],
        )
    )
    pad = alt.Chart(pd.DataFrame({"x": [-0.2], "x2": [0.2], "y": [0.0]}))
    ground = pad.mark_rule(color="black", size=4).encode(alt.X("x:Q"), alt.X2("x2:Q"), alt.Y("y:Q"))
    return _layered(line, points, ground, height=_PATH_HEIGHT)


def flight_table(flight: dict[str, Any]) -> pd.DataFrame:
    """Row for each step of a flight: state before it, engines that fire, reward."""
    names = ["x", "y", "vx", "vy", "angle", "angular_velocity", "leg_1", "leg_2"]
    table = pd.DataFrame(flight["states_visited"][:-1], columns=names)
    table.insert(0, "step", np.arange(len(table)))
    table["engine"] = [engine(action) for action in flight["actions_taken"]]
    table["reward"] = flight["rewards_per_step"]
    return table


def engine(action: int | list[float]) -> str:
    """Word for the engines that an action fires; throttles are those of main and side engines."""
    if isinstance(action, int):
        return ("none", "left", "main", "right")[action]
    main, side = action
    fires_side = abs(side) > DEAD_ZONE
    if main > 0:
        return "main and side" if fires_side else "main"
    if not fires_side:
        return "none"
    return "left" if side < 0 else "right"


def _layered(*charts: alt.Chart, height: int = _HEIGHT) -> alt.LayerChart:
    return alt.LayerChart(layer=list(charts), height=height)


def _spanning(column: str, spans: Spans) -> alt.Scale:
    return alt.Scale(domain=spans[column], nice=True, zero=False)


def _binned(column: str, title: str, spans: Spans) -> alt.X:
    bins = alt.Bin(maxbins=30, extent=spans[column])
    return alt.X(f"{column}:Q", bin=bins, title=title, scale=_spanning(column, spans))


def _result_colour() -> alt.Color:
    return alt.Color("result:N", scale=_RESULT, legend=alt.Legend(title=None, orient="top"))
