"""The script that compares JAX on a GPU, on JAX's CPU device."""

import sys

import pytest

from tests.gpu import jax_parity


@pytest.mark.parametrize(("platform", "status"), [("cpu", 0), ("gpu", 2)])
def test_all_ids_are_compared_on_the_device_that_is_asked_for(
    platform, status, monkeypatch, capsys
) -> None:
    arguments = ["--steps", "5000", "--platform", platform]
    monkeypatch.setattr(sys, "argv", ["jax_parity", *arguments])
    assert jax_parity.main() == status
    told = capsys.readouterr().out
    if status == 0:
        assert "| Lander-v0 | 5,000 |" in told
        assert "| PixelLander-v0 | 500 |" in told
    else:
        assert told == "the default device of JAX must be a gpu, got cpu\n"
