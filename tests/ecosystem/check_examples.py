"""Programs of the page on other libraries run, and collect what they say."""

import re

import pytest

from tests.ecosystem import env_runners, learn
from tests.ecosystem.examples import run
from tests.sweeps.nodes import cluster

ONE_ITERATION = ["--iterations", "1"]
SCORED = r"PPO: 16,384 steps in \d+ s, mean return of 100 new episodes -?\d"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("minari", r"10 episodes, \d+ steps, \d+ landed"),
        ("skrl", r"obs \(8, 8\), mean reward of 100 steps -\d+"),
    ],
)
def test_the_program_of_a_library_runs(name, told, tmp_path) -> None:
    datasets = str(tmp_path)
    assert re.search(told, run(name, folder=tmp_path, MINARI_DATASETS_PATH=datasets))


@pytest.mark.parametrize("name", ["rllib", "tianshou", "torchrl"])
def test_a_training_is_scored_after_one_iteration(name, tmp_path) -> None:
    assert re.search(SCORED, run(name, *ONE_ITERATION, folder=tmp_path))


def test_rllibs_env_runners_step_their_batches_on_other_nodes(tmp_path) -> None:
    with cluster(nodes=2) as made:
        arguments = [*ONE_ITERATION, "--runners", "2"]
        told = run("rllib", *arguments, folder=tmp_path, RAY_ADDRESS=made.address)
    assert re.search(SCORED, told)


def test_what_a_program_says_becomes_a_row_of_the_table() -> None:
    told = "iteration 0\nPPO: 589,824 steps in 304 s, mean return of 100 new episodes 259.4\n"
    row = learn.row("Gym", "gymnasium", told)
    assert row == learn.Row("Gym", row.version, "PPO", "589,824", 259.4, 304)
    table = learn.page([row._replace(version="1.0")], "origin").splitlines()
    assert table[-1] == "| Gym | 1.0 | PPO | 589,824 | 259.4 | 304 |"


def test_throughput_is_told_as_a_multiple_of_that_without_runners(tmp_path) -> None:
    rows = [env_runners.Row(0, 1000.0, 500.0), env_runners.Row(2, 1500.0, 250.0)]
    table = env_runners.page(rows, "origin").splitlines()
    assert table[-2] == "| 0, in the learner | 1,000 steps/s | 1.00 | 500 steps/s | 1.00 |"
    assert table[-1] == "| 2 | 1,500 steps/s | 1.50 | 250 steps/s | 0.50 |"
    env_runners.draw(rows, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000
