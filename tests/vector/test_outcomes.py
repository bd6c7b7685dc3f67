"""Infos of ended episodes."""

import numpy as np

from lander_envs.vector.outcomes import end_infos


def test_a_step_without_an_end_has_no_infos() -> None:
    assert end_infos(np.zeros(2, dtype=bool), np.zeros(2, np.uint8), np.ones(2, dtype=bool)) == {}


def test_outcomes_are_the_names_of_the_engines_numbers() -> None:
    ended = np.array([False, True, True, True, True])
    on_pad = np.array([True, True, False, False, True])
    infos = end_infos(ended, np.arange(5, dtype=np.uint8), on_pad)
    names = [None, "landed", "crashed", "out_of_bounds", "timeout"]
    assert infos["outcome"].tolist() == names
    assert infos["on_pad"].tolist() == on_pad.tolist()
    assert infos["_outcome"].tolist() == infos["_on_pad"].tolist() == ended.tolist()


def test_infos_outlive_the_engines_arrays() -> None:
    ended, on_pad = np.array([True]), np.array([True])
    infos = end_infos(ended, np.array([1], np.uint8), on_pad)
    ended[0] = on_pad[0] = False
    assert infos["on_pad"].tolist() == infos["_outcome"].tolist() == [True]
