"""The page of speeds compares what it says."""

from pathlib import Path

from tests.benchmarks.report import TABLES, curves, factors, page, table


def row(
    group: str, maker: str, num_envs: int, seconds: float, **facts: object
) -> dict[str, object]:
    """A benchmark of 1,000 env steps."""
    extra = {"maker": maker, "num_envs": num_envs, "env_steps": 1_000, **facts}
    return {"group": group, "extra_info": extra, "stats": {"median": seconds}}


FRAMES = "frames of 84x84 pixels, random actions"
ROWS = [
    row("one env through gym.make, random actions", "Gymnasium", 1, 0.030),
    row("one env through gym.make, random actions", "lander_envs, native", 1, 0.010),
    row("random actions", "EnvPool", 256, 0.012),
    row("random actions", "lander_envs", 256, 0.001),
    row("random actions", "Gymnasium Sync", 64, 0.025),
    row("random actions", "lander_envs", 64, 0.001),
    row(FRAMES, "Gymnasium's wrappers", 1, 5.0),
    row(FRAMES, "lander_envs, frame_skip=1, copy=True", 64, 0.010),
    row(FRAMES, "lander_envs, frame_skip=1, copy=False", 64, 0.008, threads=2),
    row(FRAMES, "lander_envs, frame_skip=1, copy=False", 256, 0.008, threads=2),
]


def test_a_step_takes_the_median_over_the_steps_of_a_round() -> None:
    # 0.030 s over 1,000 steps are 30 microseconds, 33,333 steps a second.
    assert table(ROWS[:2])[2] == "| Gymnasium, 1 env | 30.00 µs | 33,333 | 1.00 |"


def test_a_curve_is_a_maker_with_a_number_of_threads() -> None:
    found = curves([*ROWS[2:4], ROWS[5], ROWS[8]])
    assert found["lander_envs"] == [(256, 1_000_000.0), (64, 1_000_000.0)]
    assert list(found)[2] == "lander_envs, frame_skip=1, copy=False, 2 threads"


def test_the_page_leads_with_its_plots(tmp_path: Path) -> None:
    head, _, rest = page(ROWS, "Measured on paper.", tmp_path / "speed.md").partition(TABLES)
    assert "(speed_pixels.png)" in head
    assert (tmp_path / "speed_pixels.png").is_file()
    assert rest.startswith("\n\nMeasured on paper.\n\n**one env through gym.make")


def test_rows_that_copy_are_in_the_tables_alone(tmp_path: Path) -> None:
    copied = [row(FRAMES, "lander_envs, frame_skip=1, copy=True", 64, 0.010)]
    head, _, rest = page(copied, "Measured on paper.", tmp_path / "speed.md").partition(TABLES)
    assert head == ""
    assert "copy=True, 64 envs" in rest


def test_a_factor_is_worth_the_geometric_mean_of_ratios_with_all_else_alike() -> None:
    def part(maker: str, engine: str, seconds: float) -> dict[str, object]:
        return row("apart", maker, 1, seconds, factors={"by": maker, "engine": engine})

    parts = [
        part("theirs", "slow", 16.0),
        part("theirs", "fast", 8.0),
        part("ours", "slow", 9.0),
        part("ours", "fast", 0.5),
    ]
    # By: 16 / 9 and 8 / 0.5, whose product is 28.4 = 5.33 squared. Engine: 2 and 18, 6 squared.
    assert factors(parts)[-2:] == [
        "| by | ours | theirs | 5.3 | 1.8 to 16.0 |",
        "| engine | fast | slow | 6.0 | 2.0 to 18.0 |",
    ]
    assert factors(ROWS[:2]) == []
