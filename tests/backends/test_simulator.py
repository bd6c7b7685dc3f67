"""The simulator interface and LunarLander-v3's arguments."""

import numpy as np
import pytest

from lander_envs.backends import (
    BACKENDS,
    DEFAULT_BACKEND,
    LanderParams,
    check_params,
    make_simulator,
)
from lander_envs.transforms.pixels import PictureSize, reduce_frame

PARAMS = LanderParams(False, -10.0, False, 15.0, 1.5)


def test_the_native_engine_is_the_default() -> None:
    assert BACKENDS == ("native", "box2d")
    assert DEFAULT_BACKEND == "native"


def test_checked_arguments_have_python_types() -> None:
    params = check_params(
        np.True_,
        gravity=np.float32(-2.5),
        enable_wind=np.False_,
        wind_power=3,
        turbulence_power=np.int64(1),
    )
    assert params == LanderParams(True, -2.5, False, 3.0, 1.0)
    assert [type(value) for value in params] == [bool, float, bool, *[float] * 7, str, str]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("gravity", -12.0, "between -12 and 0, excluding the ends, got -12.0"),
        ("gravity", 0, "between -12 and 0, excluding the ends, got 0"),
        ("continuous", None, "True or False, got None"),
        ("enable_wind", 1, "True or False, got 1"),
        ("wind_power", "5", "a finite number, got '5'"),
        ("turbulence_power", float("inf"), "a finite number, got inf"),
        ("turbulence_power", 1e38, r"between -1e\+06 and 1e\+06, including the ends, got 1e\+38"),
    ],
)
def test_a_bad_argument_is_named(name, value, message) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be {message}"):
        check_params(**{**PARAMS._asdict(), name: value})


@pytest.mark.parametrize(
    ("name", "value", "high"), [("wind_power", 20.5, 20.0), ("turbulence_power", -0.5, 2.0)]
)
def test_wind_outside_its_recommended_range_only_warns(name, value, high) -> None:
    with pytest.warns(UserWarning, match=f"{name} is recommended to be between 0.0 and {high}"):
        assert check_params(**{**PARAMS._asdict(), name: value})._asdict()[name] == value


def test_an_unknown_backend_is_named() -> None:
    with pytest.raises(ValueError, match="backend must be one of 'native', 'box2d', got 'pymunk'"):
        make_simulator("pymunk", PARAMS, draws=False)


@pytest.mark.parametrize("continuous", [False, True])
def test_all_backends_give_the_same_steps_and_frames(continuous) -> None:
    params = PARAMS._replace(continuous=continuous, enable_wind=True)
    simulators = [make_simulator(name, params, draws=True) for name in BACKENDS]
    generators = [np.random.default_rng(5) for _ in BACKENDS]
    assert [simulator.running for simulator in simulators] == [False, False]
    first, second = (s.reset(rng) for s, rng in zip(simulators, generators, strict=True))
    assert first.tobytes() == second.tobytes()
    assert [simulator.running for simulator in simulators] == [True, True]
    action = np.array([0.8, -0.9]) if continuous else 2
    for _ in range(12):
        steps = [s.step(action, rng) for s, rng in zip(simulators, generators, strict=True)]
        assert steps[0].state.tobytes() == steps[1].state.tobytes()
        assert (steps[0].reward, steps[0].outcome) == (steps[1].reward, steps[1].outcome)
        assert type(steps[0].reward) is type(steps[1].reward)
    frames = [simulator.frame() for simulator in simulators]
    assert np.array_equal(*frames)
    size = PictureSize(42, 63, grayscale=True)
    for simulator in simulators:
        assert np.array_equal(simulator.small_frame(size), reduce_frame(frames[0], size))
        simulator.close()
        simulator.close()
