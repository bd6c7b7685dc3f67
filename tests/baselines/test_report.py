"""The report: statistics by hand, tables and pictures of made-up runs, and the committed pages."""

import csv
import json

import imageio.v3 as iio
import numpy as np
import pytest

from baselines import report
from baselines.results import pretrained as agents
from baselines.results.model_card import write_card
from baselines.results.plots import evaluations, spread_over_seeds
from baselines.results.run_data import COMMITTED, Evidence, committed_runs, iqm_over_seeds

MACHINE = {"processor": "abacus", "cores": 2, "system": "Linux"}


def write_table(path, rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def flown(episodes):
    """Rows of an episode table, of (return, outcome) each."""
    return [
        {
            "seed": 2_000_000 + i,
            "episodic_return": episodic_return,
            "length": 100 * (i + 1),
            "outcome": outcome,
            "on_pad": outcome == "landed",
        }
        for i, (episodic_return, outcome) in enumerate(episodes)
    ]


LANDED = [(300.0, "landed"), (200.0, "landed"), (100.0, "timeout"), (-400.0, "crashed")]


def write_run(
    folder, name="lander_ppo", seed=1, episodes=LANDED, evaluations=((100, 150.0), (200, 250.0))
):
    run = folder / f"{name}-seed{seed}"
    run.mkdir(parents=True)
    config = {"name": name, "seed": seed, "env_id": "lander_envs/Lander-v0"}
    description = {"config": config, "machine": MACHINE, "versions": {"python": "3.11"}}
    (run / "run.json").write_text(json.dumps(description))
    steps = [{"steps": step, "seconds": step / 10} for step, _ in evaluations]
    write_table(run / "training.csv", [{**row, "episodic_return": 0.0} for row in steps])
    means = [{"mean_return": mean_return} for _, mean_return in evaluations]
    write_table(
        run / "evaluation.csv", [{**row, **mean} for row, mean in zip(steps, means, strict=True)]
    )
    write_table(run / "episodes.csv", flown(episodes))
    return run


# --- Statistics ---------------------------------------------------------------------------------


def test_the_interquartile_mean_is_of_the_middle_half_of_all_seeds() -> None:
    middle, low, high = iqm_over_seeds(np.array([[0.0, 100, 200, 300], [100, 200, 300, 400]]))
    assert middle == 200.0  # of 100, 200, 200, 300
    assert 0 < low < middle < high < 400


def test_the_interval_over_seeds_spans_seeds_that_differ() -> None:
    # A resample of two seeds is the one alone, both, or the other alone: 1/4, 1/2, 1/4.
    assert iqm_over_seeds(np.array([[0.0], [100.0]])) == (50.0, 0.0, 100.0)
    assert iqm_over_seeds(np.array([[7.0], [7.0]])) == (7.0, 7.0, 7.0)


def test_seeds_evaluated_at_other_steps_are_read_between_them_and_ended_ones_left_out(
    tmp_path,
) -> None:
    first = write_run(tmp_path, seed=1, evaluations=[(100, 0.0), (300, 200.0)])
    second = write_run(tmp_path, seed=2, evaluations=[(100, 100.0), (200, 300.0)])
    steps, middle, low, high = spread_over_seeds(evaluations([Evidence(first), Evidence(second)]))
    assert steps.tolist() == [100, 200, 300]
    assert middle.tolist() == [50, 200, 200]  # of 0 and 100; of 100 and 300; of 200 alone
    assert low.tolist() == [0, 100, 200]
    assert high.tolist() == [100, 300, 200]


# --- Pages --------------------------------------------------------------------------------------


def cells(page, key):
    line = next(line for line in page.splitlines() if line.startswith(f"| {key} |"))
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_a_page_has_a_column_a_run_its_commands_and_its_origin(tmp_path) -> None:
    runs = [write_run(tmp_path, seed=1), write_run(tmp_path, seed=2, evaluations=[(100, 0.0)])]
    page = report.page([Evidence(run) for run in runs])
    assert cells(page, "") == ["lander_ppo-seed1", "lander_ppo-seed2"]
    assert cells(page, "mean return")[0] == "50.0 ± 269.3"
    assert cells(page, "above 200")[0] == "25 %"
    assert cells(page, "landed on the pad")[0] == "50 %"
    assert cells(page, "steps to 200") == ["200", "never"]
    assert cells(page, "time to 200") == ["20 s", "never"]
    assert "baselines/configs/lander_ppo.yaml --seed 2" in page
    assert "Machine: abacus, 2 cores, Linux. Versions: python 3.11." in page


def test_runs_without_a_shipped_config_have_no_command(tmp_path) -> None:
    assert "baselines.train" not in report.page([Evidence(write_run(tmp_path, name="mine"))])


def test_a_page_counts_the_episodes_that_box2d_flew_otherwise(tmp_path) -> None:
    run = write_run(tmp_path)
    write_table(run / "episodes_box2d.csv", flown([*LANDED[:3], (-300.0, "crashed")]))
    page = report.page([Evidence(run)])
    assert cells(page, "mean return on Box2D") == ["75.0 ± 227.8"]
    assert cells(page, "episodes that differ on Box2D") == ["1 of 4"]


def test_given_runs_are_reported_where_they_are_asked_to_be(tmp_path) -> None:
    out = tmp_path / "new.md"
    assert report.main([str(write_run(tmp_path)), "--out", str(out)]) == 0
    assert out.read_text().startswith("|  | lander_ppo-seed1 |")
    assert iio.imread(out.with_suffix(".png")).shape[:2] == (540, 960)


def test_a_run_that_was_not_scored_cannot_be_reported(tmp_path, capsys) -> None:
    run = write_run(tmp_path)
    (run / "episodes.csv").unlink()
    assert report.main([str(run), "--out", str(tmp_path / "results.md")]) == 2
    assert "episodes.csv" in capsys.readouterr().err


# --- All committed runs -------------------------------------------------------------------------


@pytest.fixture
def overview(tmp_path):
    """Tables of four agents: a good one, one that fails on Box2D, one unscored there, a control."""
    folder = tmp_path / "runs"
    good = [(240.0, "landed")] * 4
    for name in ("lander_ppo", "lander_dqn", "shaped_lander_ppo", "mine"):
        for seed in (1, 2):
            run = write_run(folder, name, seed, good)
            if name != "shaped_lander_ppo":
                write_table(run / "episodes_box2d.csv", flown(good))
    fallen = [*good[:3], (-240.0, "crashed")]
    write_table(folder / "lander_dqn-seed2" / "episodes_box2d.csv", flown(fallen))
    return report.overview(committed_runs(folder))


def test_the_overview_holds_every_agent_against_its_floor_and_aim(overview) -> None:
    assert cells(overview, "`lander_ppo`")[2:] == ["the same", "240 met", "275 missed"]
    # A mean of 120 on Box2D, on one seed of two, is under the floor.
    assert cells(overview, "`lander_dqn`")[2:] == [
        "240.0 ± 0.0, 120.0 ± 207.8",
        "200 missed",
        "260 missed",
    ]
    assert cells(overview, "`shaped_lander_ppo`")[2:] == ["-", "200 met", "260 missed"]
    assert cells(overview, "`mine`")[2:] == ["the same", "-", "-"]


def test_the_overview_counts_all_seeds_together(tmp_path) -> None:
    write_run(tmp_path, seed=1, episodes=LANDED)
    write_run(tmp_path, seed=2, episodes=[(250.0, "landed")] * 4)
    flights = report.overview(committed_runs(tmp_path)).split("\n\n")[1]
    assert cells(flights, "`lander_ppo`") == [
        *("8", "75.0 %", "75.0 %", "12.5 %", "0.0 %", "12.5 %", "250")
    ]


def test_all_committed_runs_are_reported_at_once_and_the_same_each_time(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(agents, "committed", list)
    for name in ("lander_ppo", "mine"):
        write_run(tmp_path / "runs", name)
    written = []
    for _ in range(2):
        assert report.main(["--committed", str(tmp_path / "runs")]) == 0
        written.append({path.name: path.read_bytes() for path in tmp_path.glob("*.*")})
    expected = {
        f"{name}.{end}" for name in ("lander_ppo", "mine", "overview") for end in ("md", "png")
    }
    assert set(written[0]) == expected
    assert written[0] == written[1]


def test_an_empty_folder_is_no_report(tmp_path, capsys) -> None:
    assert report.main(["--committed", str(tmp_path)]) == 2
    assert f"there is no run in {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize("name", committed_runs(COMMITTED))
def test_a_committed_page_is_what_the_committed_runs_give(name) -> None:
    written = (COMMITTED.parent / f"{name}.md").read_text()
    assert written == report.page(committed_runs(COMMITTED)[name])


def test_the_committed_overview_is_what_the_committed_runs_give() -> None:
    written = (COMMITTED.parent / "overview.md").read_text()
    assert written == report.overview(committed_runs(COMMITTED))


@pytest.mark.parametrize("name", agents.committed())
def test_a_committed_card_is_what_the_committed_files_give(name, tmp_path) -> None:
    copy = tmp_path / name
    copy.mkdir()
    for path in (agents.COMMITTED / name).glob("final*"):
        (copy / path.name).symlink_to(path)
    written = (agents.COMMITTED / name / "README.md").read_text()
    assert write_card(copy, COMMITTED).read_text() == written
