"""Infos of ended episodes."""

import numpy as np

from lander_envs.vector.outcomes import end_infos, final_infos


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


def test_under_same_step_the_infos_of_the_end_move_to_final_info() -> None:
    ended, infos = np.array([False, True]), {"outcome": "told"}
    final = final_infos(infos, ended, lambda i: f"last observation of env {i}")
    assert final["final_obs"].tolist() == [None, "last observation of env 1"]
    assert final["final_info"] is infos
    ended[:] = False  # the engine's array; the masks are copies
    assert final["_final_obs"].tolist() == final["_final_info"].tolist() == [False, True]
    assert final_infos(infos, ended, lambda i: i) is infos
