"""Command ``play``: fly the lander by keys, alone or beside an agent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

import gymnasium as gym
import tyro
from numpy.typing import NDArray

from lander_envs.checks import whole
from lander_envs.commands.policies import flier, full_id
from lander_envs.flights.flight import Flight, Result, pilot_of
from lander_envs.flights.game import fly, verdict, wait_for_next
from lander_envs.flights.keyboard import Keyboard
from lander_envs.flights.screen import Screen
from lander_envs.scoring.contender import Contender
from lander_envs.scoring.flight import LANDER, frame_skip_of


@dataclass
class Play:
    """Fly the lander: A, W, D or the arrows turn left, fire the main engine, turn right."""

    env_id: Annotated[str, tyro.conf.Positional] = LANDER
    """Environment, with or without "lander_envs/"."""
    against: str | None = None
    """An agent's name, an ONNX file, "random" or "heuristic", which flies the same seed."""
    continuous: bool = False
    """Throttles instead of four actions: a key that is held opens one by and by."""
    seed: int = 0
    """Seed of the first episode; each further one takes the next."""
    json: bool = False
    """Print a JSON object a flight instead of a sentence."""

    def run(self) -> int:
        """Flies until the window is closed, and returns the exit status."""
        env_id = full_id(self.env_id)
        whole("seed", self.seed, 0)
        opponent = None if self.against is None else flier(self.against)
        screen = Screen("lander_envs", 1 if opponent is None else 2)
        try:
            seed = self.seed
            while self._fly(screen, env_id, opponent, seed):
                seed += 1
        finally:
            screen.close()
        return 0

    def _fly(self, screen: Screen, env_id: str, opponent: Contender | None, seed: int) -> bool:
        """Fly one seed, and say how it ended; returns whether another is to follow."""
        flights: list[Flight] = []
        try:
            keyboard = self._take_seat(flights, env_id, seed)
            if opponent is not None:
                pilot, physics = pilot_of(opponent.policy, seed), opponent.env_kwargs
                flights.append(Flight(str(self.against), pilot, opponent.env_id, physics, seed))
            if not fly(screen, flights, keyboard):
                return False
            results = [flight.result for flight in flights]
            print(_told(results, self.json), flush=True)
            return wait_for_next(screen, flights, verdict(results))
        finally:
            for flight in flights:
                flight.close()

    def _take_seat(self, flights: list[Flight], env_id: str, seed: int) -> Keyboard:
        """Add the flight of whoever sits before the screen; returns its keyboard."""
        arguments = {"continuous": True} if self.continuous else {}
        keyboard = _keyboard(env_id, arguments)

        def pilot(obs: NDArray[Any]) -> Any:
            return keyboard.action()

        flights.append(Flight("You", pilot, env_id, arguments, seed))
        return keyboard


def _keyboard(env_id: str, arguments: dict[str, Any]) -> Keyboard:
    env = gym.make(env_id, **arguments)
    env.close()
    actions = env.get_wrapper_attr("get_keys_to_action")()
    return Keyboard(actions, frame_skip_of(env))


def _told(results: list[Result], as_json: bool) -> str:
    if not as_json:
        return verdict(results)
    flights = [result._asdict() for result in results]
    return json.dumps({"flights": flights, "verdict": verdict(results)}, allow_nan=False)
