"""Sessions: the memory of a flight between the requests of a client."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from baselines.service.agents import ServedAgent
from baselines.service.problems import busy, invalid, no_session
from lander_envs.scoring.policy import Policy

NEW = "new"
"""The session of a request that begins one."""
MAX_SESSIONS = 1000
"""Sessions at the same time."""


@dataclass
class _Session:
    agent: str
    observations: int
    policy: Policy
    expires: float


class Sessions:
    """Policies by session; a session that is not used for some time expires.

    Calls must not overlap, but the length may be asked for at any time.

    Args:
        seconds: the time.
        clock: gives the time in seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._sessions: dict[str, _Session] = {}

    def __len__(self) -> int:
        now = self._clock()
        held = list(self._sessions.values())  # a copy: metrics are read beside a prediction
        return sum(session.expires > now for session in held)

    def find(self, session: str, agent: ServedAgent, observations: int) -> tuple[str, Policy]:
        """Name and policy of a session, which lives on from now.

        Args:
            session: ``NEW``, or the name of one that was begun.
            agent: of the request; a session keeps the agent that it was begun with.
            observations: their number, which stays the same through a session.

        Raises:
            ProblemError: 404 for an unknown or expired session, 422 for another agent or number
                than before, 503 if there are too many sessions.
        """
        self._drop_expired()
        name = agent.card.name
        if session == NEW:
            return self._begin(agent, observations)
        found = self._sessions.get(session)
        if found is None:
            raise no_session(session)
        if found.agent != name:
            raise invalid("session", f"it was begun with the agent {found.agent}, got {name}")
        if found.observations != observations:
            raise invalid(
                "session", f"it was begun with {found.observations} states, got {observations}"
            )
        found.expires = self._clock() + self.seconds
        return session, found.policy

    def _begin(self, agent: ServedAgent, observations: int) -> tuple[str, Policy]:
        if len(self._sessions) >= MAX_SESSIONS:
            raise busy(f"there are {MAX_SESSIONS:,} sessions; try again later")
        session = secrets.token_urlsafe(16)
        policy, expires = agent.new_policy(), self._clock() + self.seconds
        self._sessions[session] = _Session(agent.card.name, observations, policy, expires)
        return session, policy

    def _drop_expired(self) -> None:
        now = self._clock()
        expired = [name for name, session in self._sessions.items() if session.expires <= now]
        for name in expired:
            del self._sessions[name]
