"""Requests: what is taken, and what is refused."""

import math

import pytest
from pydantic import ValidationError

from baselines.service.schemas import MAX_STATES, PlayRequest, PredictRequest

STATE = [0.0, 1, -2.5, 0.0, 0.0, 0.0, 0.0, 1e6]  # whole numbers are numbers


def test_one_state_and_a_list_of_states_are_taken() -> None:
    assert PredictRequest(state=STATE).state == STATE
    assert PredictRequest(state=[STATE] * MAX_STATES).state == [STATE] * MAX_STATES


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1.1e6, "0.0", True, None, [0.0]])
@pytest.mark.parametrize("batch", [False, True])
def test_a_state_holds_finite_numbers_within_a_million_only(bad, batch) -> None:
    state = [*STATE[:7], bad]
    with pytest.raises(ValidationError):
        PredictRequest(state=[STATE, state] if batch else state)


@pytest.mark.parametrize("state", [STATE[:7], [*STATE, 0.0], [], [[]], [STATE] * 1025, "12345678"])
def test_a_state_has_eight_numbers_and_a_list_1024_states_at_most(state) -> None:
    with pytest.raises(ValidationError):
        PredictRequest(state=state)


@pytest.mark.parametrize("seed", [-1, 2**31, 1.0, "1", True])
def test_a_seed_is_a_whole_number_of_31_bits(seed) -> None:
    assert PlayRequest(seed=2**31 - 1).seed == 2**31 - 1
    with pytest.raises(ValidationError):
        PlayRequest(seed=seed)


@pytest.mark.parametrize("name", ["", "../lander_dqn", "a/b", "a b", "x" * 101, 3])
def test_an_agents_name_is_no_path(name) -> None:
    with pytest.raises(ValidationError):
        PlayRequest(agent=name)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="sedd"):
        PlayRequest(sedd=1)
