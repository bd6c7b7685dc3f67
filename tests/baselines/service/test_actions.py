"""Actions in words and shares."""

import numpy as np

from baselines.service.actions import NAMES, fired, names
from lander_envs.spaces import action_meanings

THROTTLES = np.array([[-1.0, 0.2], [0.0, -0.5], [1.0, -0.8], [0.5, 0.9], [-0.3, 7.0]])


def test_the_names_stand_in_the_order_of_the_environments_actions() -> None:
    words = [meaning.split("_")[0].lower() for meaning in action_meanings(continuous=False)]
    assert words == ["noop", "left", "main", "right"]
    for word, name in zip(words[1:], NAMES[1:], strict=True):
        assert word in name


def test_a_discrete_action_fires_the_engine_of_its_name() -> None:
    assert fired(np.array([2, 0, 3])).argmax(axis=1).tolist() == [2, 0, 3]
    assert names(np.array([0, 1, 2, 3])) == list(NAMES)


def test_throttles_fire_beyond_their_dead_zones() -> None:
    # Main above 0, side engines beyond 0.5 on either side, both ends excluded.
    assert fired(THROTTLES).astype(int).tolist() == [
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 1, 1, 0],
        [0, 0, 1, 1],
        [0, 0, 0, 1],
    ]


def test_throttles_are_told_as_the_power_of_their_engines() -> None:
    # The main engine gives 50 to 100 % for a throttle from 0 to 1; values beyond 1 are clipped.
    assert names(THROTTLES) == [
        "Do nothing",
        "Do nothing",
        "Fire main engine at 100 %, Fire left engine at 80 %",
        "Fire main engine at 75 %, Fire right engine at 90 %",
        "Fire right engine at 100 %",
    ]
