"""Argument checks of vector environments."""

import os
import re

import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode

from lander_envs.backends import DEFAULTS
from lander_envs.vector import arguments

NONE = np.zeros(2, dtype=bool)


def test_scalars_are_spread_over_all_envs() -> None:
    params = arguments.spread(
        3, gravity=-9, enable_wind=True, wind_power=np.array([1, 2, 3]), terrain="flat"
    )
    assert params.column("gravity") == [-9.0, -9.0, -9.0]
    assert params.column("wind_power") == [1.0, 2.0, 3.0]
    assert params.column("terrain") == ["flat"] * 3
    given = {"gravity": -9.0, "enable_wind": True, "wind_power": 2.0, "terrain": "flat"}
    assert params.row(1) == DEFAULTS | given
    assert params.row(1)["enable_wind"] is True


def test_envs_with_other_arguments_are_found() -> None:
    params = arguments.spread(3)
    both = arguments.spread(3, enable_wind=[False, True, False], gravity=[-10.0, -10.0, -9.0])
    assert params.differ(params).tolist() == [False, False, False]
    assert params.differ(both).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("gravity", "message"),
    [
        (0.0, "^gravity must be between -12 and 0, excluding the ends, got 0.0"),
        ([-1.0, -12.0], "^gravity must be between -12 and 0, excluding the ends, got -12.0"),
        ([-1.0], r"^gravity must be one value or an array of shape \(2,\), got shape \(1,\)"),
        (np.full((2, 1), -1.0), r"got shape \(2, 1\)"),
    ],
)
def test_a_bad_argument_of_one_env_is_named(gravity, message) -> None:
    with pytest.raises(ValueError, match=message):
        arguments.spread(2, gravity=gravity)


def test_options_change_the_masked_envs_only() -> None:
    params = arguments.spread(3)
    mask = np.array([True, False, True])
    changed = params.updated({"gravity": [-1.0, -2.0, -3.0], "enable_wind": True}, mask)
    assert changed.column("gravity") == [-1.0, -10.0, -3.0]
    assert changed.column("enable_wind") == [True, False, True]
    assert params.column("gravity") == [-10.0] * 3
    assert params.updated({}, mask) is params


def test_an_unknown_option_is_named_with_those_allowed() -> None:
    params = arguments.spread(2)
    allowed = f"reset_mask, {', '.join(DEFAULTS)}"
    with pytest.raises(ValueError, match=f"^options may hold {allowed}, got 'colour'"):
        params.updated({"colour": 3}, NONE)


def test_an_autoreset_mode_is_a_member_or_its_value() -> None:
    for mode in AutoresetMode:
        assert arguments.autoreset_mode(mode) is mode
        assert arguments.autoreset_mode(mode.value) is mode
    choices = "'NextStep', 'SameStep', 'Disabled'"
    with pytest.raises(ValueError, match=f"^autoreset_mode must be one of {choices}, got 'NEXT"):
        arguments.autoreset_mode("NEXT_STEP")


def test_no_reset_mask_selects_all_envs() -> None:
    assert arguments.reset_mask(None, 2).tolist() == [True, True]
    every_other = np.array([True, False, True, False])[::2]
    assert arguments.reset_mask(every_other, 2).flags.c_contiguous


@pytest.mark.parametrize("mask", [[True, True], np.ones(3, dtype=bool), np.ones(2), NONE], ids=repr)
def test_a_bad_reset_mask_is_refused(mask) -> None:
    with pytest.raises(ValueError, match=r"^reset_mask must (be a bool array|have at least one)"):
        arguments.reset_mask(mask, 2)


def test_an_integer_seed_counts_up_and_a_list_is_taken_as_it_is() -> None:
    assert arguments.seeds(7, 3) == [7, 8, 9]
    assert arguments.seeds(np.array([5, 1, 5]), 3) == [5, 1, 5]
    assert arguments.seeds([None, 2], 2) == [None, 2]
    assert arguments.seeds(None, 2) == [None, None]
    for bad in (-1, 1.5, [1], [1, -1]):
        with pytest.raises(ValueError, match=r"^seed must be"):
            arguments.seeds(bad, 2)


def test_actions_become_contiguous_arrays_of_the_engines_type() -> None:
    discrete = arguments.actions([3, 0], 2, False, NONE)
    assert (discrete.dtype, discrete.tolist()) == (np.int64, [3, 0])
    throttles = arguments.actions(np.full((2, 4), 2, np.float32)[:, ::2], 2, True, NONE)
    assert (throttles.dtype, throttles.tolist()) == (np.float64, [[2.0, 2.0], [2.0, 2.0]])
    assert throttles.flags.c_contiguous


def test_the_first_bad_action_is_named_unless_its_env_ignores_it() -> None:
    with pytest.raises(ValueError, match=r"^the action of env 1 must be from 0 to 3, got 4"):
        arguments.actions([0, 4], 2, False, NONE)
    assert arguments.actions([0, 4], 2, False, np.array([False, True])).tolist() == [0, 4]
    bad = [[0.0, np.nan], [0.0, 0.0]]
    with pytest.raises(ValueError, match=r"^the action of env 0 must be two real numbers"):
        arguments.actions(bad, 2, True, NONE)
    arguments.actions(bad, 2, True, np.array([True, False]))


def test_actions_of_another_shape_or_type_are_refused() -> None:
    with pytest.raises(ValueError, match=r"integers from 0 to 3 of shape \(2,\), got .*float64"):
        arguments.actions([0.0, 1.0], 2, False, NONE)
    with pytest.raises(ValueError, match=r"real numbers of shape \(2, 2\), got .* shape \(2,\)"):
        arguments.actions([0.0, 1.0], 2, True, NONE)
    with pytest.raises(ValueError, match=r"got dtype object, shape \(\)"):
        arguments.actions(None, 2, False, NONE)


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ([[0], [0, 1]], "[[0], [0, 1]]"),
        (torch.zeros(2, requires_grad=True), "tensor([0., 0.], requires_grad=True)"),
        (torch.zeros(2, dtype=torch.bfloat16), "tensor([0., 0.], dtype=torch.bfloat16)"),
    ],
)
def test_actions_that_are_no_array_are_shown(wrong, shown) -> None:
    for continuous in (False, True):
        with pytest.raises(ValueError, match=rf"^actions must be .*, got {re.escape(shown)}$"):
            arguments.actions(wrong, 2, continuous, NONE)


def test_a_time_limit_is_any_integer_and_minus_one_is_none() -> None:
    assert arguments.max_episode_steps(None) == 1000
    assert [arguments.max_episode_steps(five) for five in (5, np.int64(5))] == [5, 5]
    assert [arguments.max_episode_steps(none) for none in (-1, np.int64(-1))] == [2**31 - 1] * 2
    for bad in (True, 0, 2.5, -2, "5"):
        with pytest.raises(ValueError, match=r"^max_episode_steps must be an integer from 1 to"):
            arguments.max_episode_steps(bad)


def test_a_thread_has_32_envs_by_default_and_one_at_least_if_asked(monkeypatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4), raising=False)
    assert [arguments.num_threads(None, n) for n in (1, 32, 63, 64, 128, 1000)] == [
        1,
        1,
        1,
        2,
        4,
        4,
    ]
    assert arguments.num_threads(8, 3) == 3
    assert arguments.num_threads(2, 3) == 2
    for bad in (0, 1025, 1.5):
        with pytest.raises(ValueError, match=r"^num_threads must be an integer from 1 to 1024"):
            arguments.num_threads(bad, 3)


def test_missing_seeds_come_from_the_operating_system() -> None:
    first, second = (arguments.fresh_seeds([None, 7, None]) for _ in range(2))
    assert first[1] == second[1] == 7
    assert len({first[0], first[2], second[0], second[2]}) == 4
    assert all(0 <= seed < 2**64 for seed in first)
