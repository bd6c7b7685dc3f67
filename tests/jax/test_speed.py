"""The benchmark of the JAX form, on a few steps."""

from tests.benchmarks.jax_speed import Row, measure, page


def test_a_measurement_has_times_of_both_forms() -> None:
    row = measure(4, env_steps=400, rounds=1)
    assert row.num_envs == 4
    assert min(row.vector, row.jax, row.ratio) > 0


def test_a_page_shows_steps_a_second_and_the_ratio() -> None:
    text = page([Row(256, 5.0, 4.0, 1.25)], "Measured here.")
    assert text.splitlines()[0] == "Measured here."
    assert text.splitlines()[-1] == "| 256 | 200,000 steps/s | 250,000 steps/s | 1.25 |"
