"""Tables: one number a cell, sorted by variant and score."""

import pytest

from baselines.results.run_data import ConfigResult
from baselines.results.tables import (
    environment,
    markdown,
    overview_table,
    passage_table,
    percent,
    ranked,
    run_table,
    variant_table,
)
from tests.baselines import made_up
from tests.baselines.made_up import cells


@pytest.fixture
def agents(tmp_path):
    """A good agent of two seeds, a worse one, and one of another variant."""
    good = [
        made_up.result(tmp_path, "good", seed, [(value, "landed")] * 2, [(value, "landed")] * 2)
        for seed, value in ((1, 240.0), (2, 260.0))
    ]
    poor = made_up.result(tmp_path, "poor", env_kwargs={"continuous": True, "gravity": -9.0})
    other = made_up.result(tmp_path, "other", env_id="CartPole-v1", played=[(500.0, "timeout")])
    return [other, poor, together(*good)]


def together(*runs):
    """One result of runs of a seed each."""
    seeds = [run.seeds[0] for run in runs]
    episodes = {seed: played for run in runs for seed, played in run.episodes.items()}
    return ConfigResult(runs[0].settings, seeds, episodes)


def passages(tmp_path, *evaluations, **settings):
    """The row of runs with these mean returns, at evaluations 100 steps apart."""
    runs = [
        made_up.result(
            tmp_path,
            seed=seed,
            evaluations=[(100 * (i + 1), mean) for i, mean in enumerate(means)],
            **settings,
        )
        for seed, means in enumerate(evaluations)
    ]
    return "\n".join(passage_table([together(*runs)]))


PERCENT = "\N{NO-BREAK SPACE}%"


def test_a_table_is_markdown() -> None:
    assert markdown(["a", "b"], [["1", "2"]]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


def test_one_episode_has_a_dash_for_its_interval(tmp_path) -> None:
    one = [
        made_up.result(tmp_path, "one", seed, [(200.0, "landed")], [(200.0, "landed")])
        for seed in (1, 2)
    ]
    assert together(*one).interval is None
    page = "\n".join(run_table([together(*one)]))
    assert cells(page, "95 % interval over episodes") == ["-", "-"]


def test_agents_are_ranked_by_variant_and_then_by_score(agents) -> None:
    assert [result.name for result in ranked(agents)] == ["good", "poor", "other"]


def test_the_overview_has_the_mean_over_seeds_and_the_spread_between_them(agents) -> None:
    table = "\n".join(overview_table(agents))
    assert cells(table, "`good`") == [
        *("`Lander-v0`", "PPO", "-", "-"),
        "2",
        "2",
        "250.0",
        "14.1",
        f"100.0{PERCENT}",
        *("200", "20 s"),
    ]
    assert cells(table, "`poor`")[4:8] == ["1", "4", "50.0", "-"]
    assert cells(table, "`other`")[:2] == ["`CartPole-v1`", "PPO"]
    assert cells(table, "`other`")[4:9] == ["1", "1", "500.0", "-", "-"]


def test_a_score_over_few_episodes_comes_after_a_whole_one(tmp_path) -> None:
    few = made_up.result(tmp_path, "few", played=[(280.0, "landed")] * 100)
    whole = made_up.result(tmp_path, "whole", played=[(270.0, "landed")] * 1000)
    assert [result.name for result in ranked([few, whole])] == ["whole", "few"]


def test_a_peer_is_named_by_its_learner(tmp_path) -> None:
    peer = made_up.result(tmp_path, "peer", algorithm="sb3", learner="DQN")
    assert cells("\n".join(overview_table([peer])), "`peer`")[1] == "DQN"


def test_steps_of_runs_of_several_lengths_are_a_range(tmp_path) -> None:
    short = made_up.result(tmp_path, evaluations=[(100, 0.0)])
    long = made_up.result(tmp_path, seed=2, evaluations=[(100, 0.0), (300, 0.0)])
    assert cells("\n".join(overview_table([together(short, long)])), "`lander_ppo`")[9] == (
        "100 to 300"
    )


def test_a_variants_table_has_the_interval_the_endings_and_box2d(agents) -> None:
    table = "\n".join(variant_table(agents))
    row = cells(table, "`good`")
    low, high = map(float, row[5].split(" to "))
    assert low < 240.0 < 260.0 < high  # the seeds' means
    assert row[:5] + row[6:] == [
        *("2", "2", "250.0", "240.0"),
        *(
            "14.1",
            "-",
            f"100.0{PERCENT}",
            f"100.0{PERCENT}",
            f"0.0{PERCENT}",
            f"0.0{PERCENT}",
        ),
        *("150", "-", "-", "yes", "200"),
    ]
    assert cells(table, "`poor`")[7:15] == [
        f"50.0{PERCENT}",
        f"50.0{PERCENT}",
        f"25.0{PERCENT}",
        f"25.0{PERCENT}",
        "250",
        *("-", "-", "-"),
    ]


def test_touchdown_speed_and_fuel_are_means_over_seeds_where_all_have_them(tmp_path) -> None:
    runs = [
        made_up.result(tmp_path, seed=1, measured=(1.25, 30.0)),
        made_up.result(tmp_path, seed=2, measured=(1.75, 40.0)),
        made_up.result(tmp_path, seed=3),
    ]
    assert cells("\n".join(run_table(runs)), "touchdown speed") == ["1.25 m/s", "1.75 m/s", "-"]
    assert cells("\n".join(run_table(runs)), "fuel") == ["30.0", "40.0", "-"]
    for kept, expected in ((runs[:2], ["1.50 m/s", "35.0"]), (runs, ["-", "-"])):
        row = cells("\n".join(variant_table([together(*kept)])), "`lander_ppo`")
        assert row[12:14] == expected


def test_episodes_that_box2d_plays_otherwise_are_shown(tmp_path) -> None:
    run = made_up.result(tmp_path, box2d=(*made_up.PLAYED[:3], (-300.0, "crashed")))
    assert cells("\n".join(variant_table([run])), "`lander_ppo`")[14] == "all but 1"
    table = "\n".join(run_table([run]))
    assert cells(table, "mean return on Box2D") == ["75.0"]
    assert cells(table, "episodes that differ on Box2D") == ["1 of 4"]


def test_a_table_of_runs_has_a_column_each(tmp_path) -> None:
    runs = [
        made_up.result(tmp_path, seed=1),
        made_up.result(tmp_path, seed=2, evaluations=[(100, 0.0)]),
    ]
    table = "\n".join(run_table(runs))
    assert cells(table, "") == ["lander_ppo-seed1", "lander_ppo-seed2"]
    assert cells(table, "mean return") == ["50.0", "50.0"]
    assert cells(table, "standard deviation")[0] == "269.3"
    assert cells(table, "above 200")[0] == f"25{PERCENT}"
    assert cells(table, "landed on the pad")[0] == f"50{PERCENT}"
    assert cells(table, "steps to 200") == ["200", "never"]
    assert cells(table, "training episodes") == ["4", "2"]
    assert cells(table, "time to 200") == ["20 s", "never"]
    assert "Box2D" not in table


def test_a_run_is_at_200_with_its_first_evaluation_of_at_least_that(tmp_path) -> None:
    table = passages(tmp_path, [0.0, 199.9, 200.0, 150.0, 260.0], [210.0, 250.0], [0.0, 240.0])
    assert cells(table, "`lander_ppo`") == [
        *("`Lander-v0`", "200", "3", "3", "200", "300", "30 s", "100", "150.0")
    ]


def test_steps_to_200_are_told_only_where_every_seed_reached_it(tmp_path) -> None:
    row = cells(passages(tmp_path, [210.0], [0.0, 199.0]), "`lander_ppo`")
    assert row == ["`Lander-v0`", "200", "2", "1", "-", "-", "-", "100", "210.0"]


def test_runs_with_few_episodes_an_evaluation_have_no_steps_to_200(tmp_path) -> None:
    assert "lander_ppo" not in passages(tmp_path, [210.0], eval_episodes=99)


def test_an_environment_is_named_with_its_arguments(agents) -> None:
    assert environment(agents[1]) == "`Lander-v0`, continuous, gravity=-9.0"
    assert environment(agents[2], agents[2].env_id) == "`lander_envs/Lander-v0`"


def test_shares_are_percents() -> None:
    assert (percent(1.0), percent(0.0033, 1)) == (f"100{PERCENT}", f"0.3{PERCENT}")
