"""Tables of results in Markdown: an agent a row, or a run a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from statistics import median
from typing import Any

from baselines.results.run_data import ConfigResult, SeedResult
from baselines.results.variants import SLUGS, short_id

_RATES = {
    "landed": "landing_rate",
    "landed on the pad": "pad_rate",
    "crashed": "crash_rate",
    "out of bounds": "out_of_bounds_rate",
    "timeout": "timeout_rate",
}

_FLIGHT = {"touchdown speed": "mean_touchdown_speed", "fuel": "mean_fuel"}
_ALGORITHMS = {"ppo": "PPO", "recurrent_ppo": "recurrent PPO", "dqn": "DQN", "pqn": "PQN"}

PASSAGE_EPISODES = 100
"""Episodes that an evaluation needs at least to say that a run passed the threshold."""
_ROUNDED = {"mean_touchdown_speed": "{:.2f} m/s", "mean_fuel": "{:.1f}"}


def markdown(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    ruled = [heading, ["---"] * len(heading), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in ruled]


def ranked(results: Iterable[ConfigResult]) -> list[ConfigResult]:
    """Results by variant, in the order of the package's ids, the best mean return first.

    Scores over fewer episodes come after the whole ones, with which they cannot be compared.
    """
    return sorted(
        results,
        key=lambda result: (SLUGS.index(result.variant), not result.is_whole, -result.mean_return),
    )


def overview_table(results: Iterable[ConfigResult]) -> list[str]:
    """An agent a row: what it is, its score over seeds, the length of its training."""
    heading = [
        *("agent", "environment", "algorithm", "hand-made feature", "first layer", "seeds"),
        *("episodes", "mean return", "spread", "landed", "steps", "training"),
    ]
    rows = [
        [
            f"`{result.name}`",
            environment(result),
            algorithm_cell(result),
            result.hand_made_feature or "-",
            result.parametrisation or "-",
            str(len(result.seeds)),
            f"{result.num_episodes:,}",
            f"{result.mean_return:.1f}",
            spread_cell(result),
            landed_cell(result),
            _steps_cell(result),
            f"{result.seconds:,.0f} s",
        ]
        for result in ranked(results)
    ]
    return markdown(heading, rows)


def variant_table(results: Iterable[ConfigResult]) -> list[str]:
    """An agent a row: its score over seeds, ends of its episodes, length of its training."""
    heading = [
        *("agent", "seeds", "episodes", "mean return", "lowest seed", "spread", "95 % interval"),
        *("interquartile mean", "landed", "on the pad", "crashed", "timeout", "length"),
        *("touchdown speed", "fuel", "equal on Box2D", "steps"),
    ]
    return markdown(heading, [_variant_row(result) for result in ranked(results)])


def _variant_row(result: ConfigResult) -> list[str]:
    middle = result.interquartile_mean
    keys = ("landing_rate", "pad_rate", "crash_rate", "timeout_rate")
    rates = [percent(result.over_seeds(key), 1) if result.is_lander else "-" for key in keys]
    return [
        f"`{result.name}`",
        str(len(result.seeds)),
        f"{result.num_episodes:,}",
        f"{result.mean_return:.1f}",
        f"{result.lowest_seed:.1f}",
        spread_cell(result),
        _interval_cell(*(result.interval or (None, None))),
        "-" if middle is None else f"{middle:.1f}",
        *rates,
        f"{result.over_seeds('mean_length'):.0f}",
        *(_flight_cell([record.score for record in result.seeds], key) for key in _FLIGHT.values()),
        _equal_cell(result),
        _steps_cell(result),
    ]


def _interval_cell(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.1f} to {high:.1f}"


def passage_table(results: Iterable[ConfigResult]) -> list[str]:
    """An agent a row: steps and training time to the first evaluation at the threshold.

    Only runs whose evaluations have enough episodes: few would pass the threshold by luck.
    """
    heading = [
        *("agent", "environment", "threshold", "seeds", "reached", "median steps", "most steps"),
        *("longest time", "evaluated every", "lowest evaluation after it"),
    ]
    sound = [r for r in ranked(results) if r.settings["eval_episodes"] >= PASSAGE_EPISODES]
    return markdown(heading, [_passage_row(result) for result in sound])


def _passage_row(result: ConfigResult) -> list[str]:
    reached = [record for record in result.seeds if record.first_solved]
    passages = [record.first_solved for record in reached if record.first_solved]
    after = [record.lowest_after_passage for record in reached]
    steps = [passage.steps for passage in passages]
    has_all = len(reached) == len(result.seeds)
    return [
        f"`{result.name}`",
        environment(result),
        f"{result.threshold:g}",
        str(len(result.seeds)),
        str(len(reached)),
        f"{median(steps):,.0f}" if has_all else "-",
        f"{max(steps):,}" if has_all else "-",
        f"{max(passage.seconds for passage in passages):,.0f} s" if has_all else "-",
        f"{result.settings['eval_interval']:,}",
        f"{min(after):.1f}" if after else "-",
    ]


def run_table(results: Iterable[ConfigResult]) -> list[str]:
    """Everything that is counted of some runs, a column each."""
    runs = [(result, record) for result in results for record in result.seeds]
    columns = [_run_column(result, record) for result, record in runs]
    keys = dict.fromkeys(chain.from_iterable(columns))
    rows = [[key, *(column.get(key, "-") for column in columns)] for key in keys]
    return markdown(["", *(f"{result.name}-seed{record.seed}" for result, record in runs)], rows)


def _run_column(result: ConfigResult, record: SeedResult) -> dict[str, str]:
    scores, first, solved = record.score, record.first_solved, f"{result.threshold:g}"
    returns = [episode.episodic_return for episode in result.scored(record.seed)]
    above = sum(value > result.threshold for value in returns) / len(returns)
    rates = {label: percent(scores[key]) for label, key in _RATES.items()}
    flight = _FLIGHT if result.is_lander else {}
    return {
        "mean return": f"{scores['mean_return']:.1f}",
        "standard deviation": f"{scores['std_return']:.1f}",
        "95 % interval over episodes": _interval_cell(scores["ci_low"], scores["ci_high"]),
        f"above {solved}": percent(above),
        **(rates if result.is_lander else {}),
        "episode length": f"{scores['mean_length']:.0f}",
        **{label: _flight_cell([scores], key) for label, key in flight.items()},
        **_box2d_cells(record.scores, record.differ_on_box2d),
        "training steps": f"{record.steps:,}",
        **_episodes_cells(record.training_episodes),
        "training time": f"{record.seconds:.0f} s",
        f"steps to {solved}": f"{first.steps:,}" if first else "never",
        f"time to {solved}": f"{first.seconds:.0f} s" if first else "never",
    }


def _episodes_cells(episodes: int | None) -> dict[str, str]:
    return {} if episodes is None else {"training episodes": f"{episodes:,}"}


def _box2d_cells(scores: Mapping[str, Mapping[str, Any]], differing: int | None) -> dict[str, str]:
    if differing is None:
        return {}
    box2d = scores["box2d"]
    return {
        "mean return on Box2D": f"{box2d['mean_return']:.1f}",
        "episodes that differ on Box2D": f"{differing} of {box2d['episodes']}",
    }


def environment(result: ConfigResult, env_id: str | None = None) -> str:
    """The id, without its namespace if none is given, and arguments: "Lander-v0, continuous"."""
    arguments = [
        key if value is True else f"{key}={value}"
        for key, value in result.settings["env_kwargs"].items()
    ]
    return ", ".join([f"`{env_id or short_id(result.env_id)}`", *arguments])


def algorithm_cell(result: ConfigResult) -> str:
    """The algorithm's common name: "recurrent PPO"; a peer's learner."""
    if result.is_peer:
        return str(result.settings["learner"])
    return _ALGORITHMS[str(result.settings["algorithm"])]


def _steps_cell(result: ConfigResult) -> str:
    """Steps of training, a range if runs differ."""
    steps = [record.steps for record in result.seeds]
    return f"{max(steps):,}" if min(steps) == max(steps) else f"{min(steps):,} to {max(steps):,}"


def spread_cell(result: ConfigResult) -> str:
    """The spread between seeds, or a dash for one seed."""
    return "-" if result.spread is None else f"{result.spread:.1f}"


def landed_cell(result: ConfigResult) -> str:
    """The share of episodes that land, or a dash where nothing lands."""
    return percent(result.over_seeds("landing_rate"), 1) if result.is_lander else "-"


def _flight_cell(scores: Sequence[Mapping[str, Any]], key: str) -> str:
    """A mean of flights over summaries, or a dash where one of them lacks it."""
    if not all(key in score for score in scores):
        return "-"
    return _ROUNDED[key].format(sum(score[key] for score in scores) / len(scores))


def _equal_cell(result: ConfigResult) -> str:
    counts = [record.differ_on_box2d for record in result.seeds]
    if None in counts:
        return "-"
    differing = sum(count or 0 for count in counts)
    return f"all but {differing}" if differing else "yes"


def percent(share: float, decimals: int = 0) -> str:
    """A share in percent."""
    return f"{100 * share:.{decimals}f}\N{NO-BREAK SPACE}%"
