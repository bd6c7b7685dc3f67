"""Sessions: they last while they are used, for one agent and one number of observations."""

import pytest

from baselines.service import sessions
from baselines.service.problems import ProblemError
from baselines.service.sessions import Sessions


class Clock:
    """A clock that is set by hand."""

    time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def held(clock):
    return Sessions(10.0, clock)


def refusal(call, *arguments):
    with pytest.raises(ProblemError) as raised:
        call(*arguments)
    return raised.value.status, raised.value.detail


def test_a_session_keeps_its_policy(held, agents) -> None:
    agent = agents.get("lander_ppo")
    first, policy = held.find("new", agent, 1)
    second, other = held.find("new", agent, 1)
    assert len({first, second}) == 2
    assert held.find(first, agent, 1) == (first, policy)
    assert held.find(second, agent, 1) == (second, other)


def test_a_session_expires_ten_seconds_after_its_last_use(held, clock, agents) -> None:
    agent = agents.get(None)
    session, _ = held.find("new", agent, 1)
    for clock.time in (9.0, 18.0, 27.9):
        held.find(session, agent, 1)
    clock.time = 37.9
    status, detail = refusal(held.find, session, agent, 1)
    assert status == 404
    assert "has expired; begin one with session 'new'" in detail
    assert len(held) == 0


def test_an_expired_session_does_not_count_even_if_no_other_follows(held, clock, agents) -> None:
    for clock.time in (0.0, 5.0):
        held.find("new", agents.get(None), 1)
    assert len(held) == 2
    clock.time = 10.0
    assert len(held) == 1


def test_a_session_changes_neither_agent_nor_number_of_observations(held, agents) -> None:
    session, _ = held.find("new", agents.get(None), 2)
    changed = refusal(held.find, session, agents.get("lander_ppo"), 2)
    assert changed == (422, "session: it was begun with the agent lander_dqn, got lander_ppo")
    more = refusal(held.find, session, agents.get(None), 3)
    assert more == (422, "session: it was begun with 2 states, got 3")


def test_sessions_are_bounded(held, agents, monkeypatch) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 1)
    held.find("new", agents.get(None), 1)
    assert refusal(held.find, "new", agents.get(None), 1)[0] == 503
