"""The script that compares JAX on a GPU, on JAX's CPU device."""

import sys

import pytest

from tests.gpu import jax_parity


@pytest.mark.parametrize(("platform", "status"), [("cpu", 0), ("gpu", 2)])
def test_states_are_compared_on_the_device_that_is_asked_for(
    platform, status, monkeypatch, capsys
) -> None:
    arguments = ["--steps", "500", "--platform", platform]
    monkeypatch.setattr(sys, "argv", ["jax_parity", *arguments])
    assert jax_parity.main() == status
    told = capsys.readouterr().out
    if status == 0:
        assert "| Lander-v0 | 500 |" in told
        assert "Pixel" not in told
    else:
        assert told == "the default device of JAX must be a gpu, got cpu\n"
