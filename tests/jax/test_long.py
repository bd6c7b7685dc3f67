"""Rows of the long lane: a million steps, and the page."""

from collections import Counter

from tests.jax.long import ENDS, Row, fly, page


def test_a_million_steps_have_the_bytes_of_the_vector_environment() -> None:
    row = fly("lander_envs/Lander-v0", 1_000_000, enable_wind=True)
    assert row.name == "Lander-v0, wind"
    assert row.steps == 1_000_000
    assert row.differences == 0
    assert all(row.ends[end] > 0 for end in ENDS)


def test_a_page_has_a_line_a_row() -> None:
    text = page([Row("Lander-v0", 1000, Counter(LANDED=2, CRASHED=3), 0)])
    assert text.splitlines()[-1] == "| Lander-v0 | 1,000 | 2 | 3 | 0 | 0 | 0 |"
