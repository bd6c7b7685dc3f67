"""Arguments of an episode: defaults, ranges, rows of the engine, and draws."""

import numpy as np
import pytest

from lander_envs import _native, spaces
from lander_envs.backends import (
    ARGUMENTS,
    DEFAULTS,
    LanderParams,
    check_options,
    check_params,
    check_ranges,
    draw,
    range_rows,
)


def test_the_defaults_are_those_of_the_engine_and_of_lunar_lander() -> None:
    assert tuple(DEFAULTS) == ARGUMENTS
    engine = [default for default, _, _ in _native.PARAMS.values()]
    assert check_params().row.tolist() == engine
    assert engine == [-10.0, 0.0, 15.0, 1.5, 13.0, 0.6, 1.0, 1000.0, 1.0, 0.0, 0.0]
    assert spaces.INITIAL_FORCE == 1000.0


def test_a_row_holds_choices_as_places() -> None:
    params = check_params(True, wind_mode="per_episode", terrain="flat", fuel_cost=0)
    assert params.row[-3:].tolist() == [0.0, 1.0, 1.0]
    assert LanderParams.of_row(True, params.row.tolist()) == params


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("main_engine_power", 130.1, "between 0 and 130, including the ends, got 130.1"),
        ("side_engine_power", -0.1, "between 0 and 6, including the ends, got -0.1"),
        ("dispersion", 11, "between 0 and 10, including the ends, got 11"),
        ("initial_force", 10_001, "between 0 and 10000, including the ends, got 10001"),
        ("fuel_cost", float("nan"), "a finite number, got nan"),
        ("wind_mode", "calm", "one of 'continuing', 'per_episode', got 'calm'"),
        ("terrain", None, "one of 'random', 'flat', got None"),
    ],
)
def test_a_bad_argument_is_named(name, value, message) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be {message}"):
        check_params(**{name: value})


@pytest.mark.parametrize(
    ("randomize", "message"),
    [
        ([], r"^randomize must be a dict or None, got \[\]"),
        ({"gravty": [-5, -4]}, "^randomize may hold gravity, .*, got 'gravty'; did you mean 'grav"),
        ({"terrain": ["flat", "random"]}, "^randomize may hold .*, got 'terrain'"),
        ({"gravity": -5}, r"^randomize\['gravity'\] must be a pair \[low, high\], got -5"),
        ({"gravity": [-5, -6]}, r"^randomize\['gravity'\] must have low <= high, got \[-5, -6\]"),
        (
            {"gravity": [-12, -6]},
            r"^randomize\['gravity'\] must be between -12 and 0, excluding the ends, got -12",
        ),
        ({"fuel_cost": [1, 2]}, r"^fuel_cost must be left at its default .*\['fuel_cost'\], got 3"),
    ],
)
def test_bad_ranges_are_named(randomize, message) -> None:
    with pytest.raises(ValueError, match=message):
        check_ranges(randomize, {"fuel_cost": 3})


def test_an_array_of_an_argument_that_is_drawn_must_hold_its_default() -> None:
    check_ranges({"gravity": [-5, -4]}, {"gravity": np.array([-10.0, -10.0])})
    with pytest.raises(ValueError, match=r"^gravity must be left at its default .*, got array"):
        check_ranges({"gravity": [-5, -4]}, {"gravity": np.array([-10.0, -9.0])})


def test_an_argument_that_is_drawn_is_no_option() -> None:
    with pytest.raises(ValueError, match=r"got 'gravity'; randomize draws it at each reset"):
        check_options({"gravity": -5.0}, drawn=["gravity"])


def test_draws_follow_the_order_of_the_arguments() -> None:
    ranges = check_ranges({"fuel_cost": (0, 2), "gravity": (-11, -1)}, {})
    assert list(ranges) == ["gravity", "fuel_cost"]
    twin = np.random.default_rng(1)
    gravity, fuel_cost = twin.uniform(-11, -1), twin.uniform(0, 2)
    drawn = draw(ranges, np.random.default_rng(1))
    assert drawn == {"gravity": gravity, "fuel_cost": fuel_cost}
    low, high = range_rows(ranges)
    assert (low[0], high[0], low[8], high[8]) == (-11, -1, 0, 2)
    assert (low[1:8] > high[1:8]).all()
