"""The long lane, on a few steps."""

from collections import Counter

from tests.jax.long import Row, fly, page


def test_a_row_flies_both_precisions_and_counts_the_ends() -> None:
    row = fly("lander_envs/Lander-v0", 100_000, enable_wind=True)
    assert row.name == "Lander-v0, wind"
    assert row.steps == 100_000
    assert row.differences == 0
    assert row.ends["CRASHED"] > 0


def test_a_page_has_a_line_a_row() -> None:
    text = page([Row("Lander-v0", 1000, Counter(LANDED=2, CRASHED=3), 0)])
    assert text.splitlines()[-1] == "| Lander-v0 | 1,000 | 2 | 3 | 0 | 0 | 0 |"
