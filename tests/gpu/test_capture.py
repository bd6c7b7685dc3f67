"""The capture script of a machine with a GPU, on the stand-in for one, which has no graphs."""

import sys

import pytest
import torch

from tests.gpu import capture


def replayed_by_calls(step):
    """A graph whose replay calls the step."""
    results = []
    return lambda: results.append(step()), lambda: results[-1]


@pytest.mark.parametrize("skips", [False, True])
def test_ways_to_step_are_compared(machine, monkeypatch, capsys, skips) -> None:
    def graph_of(step):
        replay, read = replayed_by_calls(step)
        if skips:
            step()  # a step too many
        return replay, read

    monkeypatch.setattr(capture, "graph_of", graph_of)
    monkeypatch.setattr(capture, "on_another_stream", lambda fly: fly())
    monkeypatch.setattr(torch, "compile", lambda function, fullgraph: function)
    arguments = ["--device", "cpu:0", "--envs", "2", "--steps", "3"]
    monkeypatch.setattr(sys, "argv", ["capture", *arguments])
    ids = len(capture.lander_envs.REGISTERED_IDS)
    assert capture.main() == (ids if skips else 0)
    word = "DIFFERENT" if skips else "the same bytes"
    assert capsys.readouterr().out.count(word) == ids
