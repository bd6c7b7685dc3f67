"""Forms of every environment: the table is what the comparisons give, and only libraries differ."""

import functools
import re
import warnings

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.vec_env import DummyVecEnv

from tests.integration import form_table
from tests.integration.form_table import EQUAL, FORMS, PAGE, ROUNDED, ROWS

# Differences of the libraries beneath, which the last tests show on LunarLander-v3.
NOT_OURS = {
    ("step", "`LanderVecEnv`"): ROUNDED,
    ("copy", "async"): "cannot be copied",
    ("copy", "Box2D, single"): "a copy needs a reset",
    ("copy", "Box2D, batch"): "a copy needs a reset",
}


@functools.cache
def written() -> dict[tuple[str, str], str]:
    """Cells of the table in the page."""
    part = re.search(r"<!-- generated: forms -->\n(.*?)<!-- end -->", PAGE.read_text(), re.S)
    head, _, *rows = ([c.strip() for c in row.split("|")[1:-1]] for row in part[1].splitlines())
    assert head[1:] == list(FORMS)
    return {(row[0], form): cell for row in rows for form, cell in zip(FORMS, row[1:], strict=True)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("row", ROWS)
def test_a_form_equals_single_envs_unless_a_library_differs(row, form) -> None:
    found = form_table.cell(row, form)
    assert found == NOT_OURS.get((row, form), EQUAL)
    assert written()[row, form] == found


def test_the_page_has_a_cell_for_each_comparison() -> None:
    assert set(written()) == {(row, form) for row in ROWS for form in FORMS}


def test_a_difference_is_told() -> None:
    expected = form_table.whole_flight(form_table.Singles("lander_envs/Lander-v0"), 5)
    other = [[event._replace(truncated=True) for event in trace] for trace in expected]
    assert form_table.difference(expected, expected) == EQUAL
    assert form_table.difference(other, expected) == "differs"
    paid = [[event._replace(reward=event.reward + 1) for event in trace] for trace in expected]
    assert form_table.difference(paid, expected) == "rewards differ"


def test_stable_baselines3_stores_rewards_as_float32() -> None:
    envs = DummyVecEnv([lambda: gym.make("LunarLander-v3")])
    envs.reset()
    assert envs.step(np.array([0]))[1].dtype == np.float32


def test_a_copied_lunar_lander_forgets_its_state() -> None:
    envs = gym.make_vec("LunarLander-v3", num_envs=1, vectorization_mode="async")
    try:
        with pytest.raises(AttributeError, match="local object"):
            form_table.pickle.dumps(envs)
    finally:
        envs.close()
    env = gym.make("LunarLander-v3").unwrapped
    env.reset(seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        duplicate = form_table.copy.deepcopy(env)
    assert duplicate.lander is None
