"""Command ``play``: fly the lander by keys, alone or beside an agent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

import gymnasium as gym
import tyro

from lander_envs.checks import whole
from lander_envs.commands.policies import LANDER, contender, full_id
from lander_envs.flights.flight import Flight, Result, pilot_of
from lander_envs.flights.game import fly, verdict, wait_for_next
from lander_envs.flights.keyboard import Keyboard
from lander_envs.flights.screen import Screen
from lander_envs.scoring.contender import Contender


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
        arguments = {"continuous": True} if self.continuous else {}
        opponent = None if self.against is None else contender(self.against)
        screen = Screen("lander_envs", 1 if opponent is None else 2)
        try:
            seed = self.seed
            while _round(screen, env_id, arguments, opponent, self.against, seed, self.json):
                seed += 1
        finally:
            screen.close()
        return 0


def _round(
    screen: Screen,
    env_id: str,
    arguments: dict[str, Any],
    opponent: Contender | None,
    name: str | None,
    seed: int,
    as_json: bool,
) -> bool:
    """One seed; returns whether another is to follow."""
    keyboard = _keyboard(env_id, arguments)
    pilot = lambda obs: keyboard.action()  # noqa: E731  # a pilot reads observations; a human the screen
    flights = [Flight("You", pilot, env_id, arguments, seed)]
    if opponent is not None:
        pilot_of_opponent = pilot_of(opponent.policy)
        flights.append(
            Flight(str(name), pilot_of_opponent, opponent.env_id, opponent.env_kwargs, seed)
        )
    try:
        if not fly(screen, flights, keyboard):
            return False
        results = [flight.result for flight in flights]
        print(_told(results, as_json), flush=True)
        return wait_for_next(screen, flights, verdict(results))
    finally:
        for flight in flights:
            flight.close()


def _keyboard(env_id: str, arguments: dict[str, Any]) -> Keyboard:
    env = gym.make(env_id, **arguments)
    env.close()
    actions = env.get_wrapper_attr("get_keys_to_action")()
    return Keyboard(actions, int(getattr(env.unwrapped, "frame_skip", 1)))


def _told(results: list[Result], as_json: bool) -> str:
    if not as_json:
        return verdict(results)
    flights = [result._asdict() for result in results]
    return json.dumps({"flights": flights, "verdict": verdict(results)}, allow_nan=False)
