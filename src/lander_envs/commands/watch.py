"""Command ``watch``: a policy flies in a window."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import tyro

from lander_envs.checks import whole
from lander_envs.commands.policies import flier
from lander_envs.flights.flight import Flight, pilot_of
from lander_envs.flights.game import fly, verdict
from lander_envs.flights.screen import Screen


@dataclass
class Watch:
    """Watch a policy in a window, in real time; Esc leaves."""

    policy: Annotated[str, tyro.conf.Positional] = "lander"
    """An agent's name, the path of an ONNX file, "random" or "heuristic"."""
    env_id: str | None = None
    """Environment, for "random" and "heuristic"; an agent brings its own."""
    continuous: bool = False
    """Throttles instead of four actions, for "random" and "heuristic"."""
    seed: int = 0
    """Seed of the first episode; each further one takes the next."""
    episodes: int = 1
    """Number of episodes."""
    json: bool = False
    """Print a JSON object an episode instead of a sentence."""

    def run(self) -> int:
        """Shows the episodes, and returns the exit status."""
        whole("seed", self.seed, 0)
        whole("episodes", self.episodes, 1)
        shown = flier(self.policy, self.env_id, self.continuous)
        screen = Screen("lander_envs", 1)
        try:
            for seed in range(self.seed, self.seed + self.episodes):
                pilot = pilot_of(shown.policy, seed)
                flight = Flight(self.policy, pilot, shown.env_id, shown.env_kwargs, seed)
                ended = fly(screen, [flight])
                result = flight.result
                flight.close()
                if not ended:
                    break
                print(json.dumps(result._asdict()) if self.json else verdict([result]), flush=True)
        finally:
            screen.close()
        return 0
