"""Table of the forms of every environment: each row is a comparison with single envs.

    python -m tests.integration.form_table

writes the generated part of ``docs/forms.md``.
"""

from __future__ import annotations

import copy
import functools
import itertools
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

import lander_envs
from baselines.results.pages import with_parts
from tests.comparing import same
from tests.integration.form_drivers import Event, Sb3, Singles, Vector

PAGE = Path(__file__).parents[2] / "docs" / "forms.md"
EQUAL = "equal"
ROUNDED = "rewards are float32"
SEED = 3

FORMS: dict[str, Callable[..., Any]] = {
    "single": Singles,
    "sync": functools.partial(Vector, mode="sync"),
    "async": functools.partial(Vector, mode="async"),
    "native batch": Vector,
    "`LanderVecEnv`": Sb3,
    "Box2D, single": functools.partial(Singles, backend="box2d"),
    "Box2D, batch": functools.partial(Vector, backend="box2d"),
}


def flight(form: Any, steps: int) -> list[list[Event]]:
    """Events of each env: ``steps`` steps of fixed actions, and the resets between episodes."""
    traces: list[list[Event]] = [[], []]
    counts = [0, 0]
    while min(counts) < steps:
        actions = [[0, 2, 2, 0, 1, 3][counts[0] % 6], 0]  # the second env falls
        for i, events in enumerate(form.step(actions)):
            traces[i] += events
            counts[i] += sum(not event.is_reset for event in events)
    return [first_steps(trace, steps) for trace in traces]


def first_steps(trace: list[Event], steps: int) -> list[Event]:
    """The trace up to its step number ``steps``."""
    ends = [at for at, event in enumerate(trace) if not event.is_reset]
    return trace[: ends[steps - 1] + 1]


def whole_flight(form: Any, steps: int, **options: Any) -> list[list[Event]]:
    """A seeded reset and the flight after it."""
    starts = form.reset(SEED, options or None)
    return [[start, *rest] for start, rest in zip(starts, flight(form, steps), strict=True)]


def merged(traces: list[list[Event]]) -> list[Event]:
    """Events of all envs, one env after the other."""
    return list(itertools.chain.from_iterable(traces))


def difference(got: list[list[Event]], expected: list[list[Event]]) -> str:
    """Difference of observations, rewards and flags: "equal", or what differs."""
    for mine, theirs in zip(merged(got), merged(expected), strict=True):
        if (mine.is_reset, mine.obs, *mine[3:5]) != (theirs.is_reset, theirs.obs, *theirs[3:5]):
            return "differs"
    rewards = [[event.reward for trace in traces for event in trace] for traces in (got, expected)]
    if rewards[0] == rewards[1]:
        return EQUAL
    rounded = [float(np.float32(reward)) for reward in rewards[1]]
    return ROUNDED if rewards[0] == rounded else "rewards differ"


def path_difference(got: list[list[Event]], expected: list[list[Event]]) -> str:
    """Difference of flights, of which another row tells that rewards are rounded."""
    found = difference(got, expected)
    return EQUAL if found == ROUNDED else found


def pair(form: str, env_id: str, **kwargs: Any) -> tuple[Any, Singles]:
    """A form of an id, and the single envs that it is compared with."""
    return FORMS[form](env_id, **kwargs), Singles(env_id, **kwargs)


def flights(form: str, env_id: str, steps: int, /, **kwargs: Any) -> list[list[list[Event]]]:
    """Flights of a form and of its single envs."""
    both = pair(form, env_id, **kwargs)
    try:
        return [whole_flight(one, steps) for one in both]
    finally:
        for one in both:
            one.close()


@functools.cache
def several_episodes(form: str, env_id: str) -> list[list[list[Event]]]:
    """Flights through crashes and time-outs."""
    is_pixel = "Pixel" in env_id
    return flights(form, env_id, 50 if is_pixel else 200, max_episode_steps=23 if is_pixel else 92)


def resets(form: str, env_id: str) -> str:
    """Observations of resets, with a seed and after episodes."""
    only = [
        [[event for event in trace if event.is_reset] for trace in traces]
        for traces in several_episodes(form, env_id)
    ]
    return difference(*only)


def steps(form: str, env_id: str) -> str:
    """Observations, rewards and flags of steps."""
    return difference(*several_episodes(form, env_id))


def infos(form: str, env_id: str) -> str:
    """Keys, types and values of infos at resets and steps."""
    got, expected = several_episodes(form, env_id)
    return agreement(
        lambda: same(*([event.info for event in merged(traces)] for traces in (got, expected)))
    )


def options(form: str, env_id: str) -> str:
    """Options of a reset: they act, and an unknown one is refused."""
    both = pair(form, env_id, max_episode_steps=12)
    changes = {"gravity": -3.0, "enable_wind": True, "wind_power": 2.0, "turbulence_power": 0.5}
    try:
        found = path_difference(*(whole_flight(one, 30, **changes) for one in both))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*ERROR")  # AsyncVectorEnv's log
            both[0].reset(SEED, {"gravty": -3.0})
    except ValueError as refusal:
        return found if "gravity" in str(refusal) else "an unknown option is not named"
    finally:
        for one in both:
            one.close()
    return "an unknown option is ignored"


def attributes(form: str, env_id: str) -> str:
    """Attributes: they are read, and one that is set acts from the next reset."""
    both = pair(form, env_id, wind_power=7.0, max_episode_steps=12)
    names = ("gravity", "enable_wind", "wind_power", "turbulence_power", "continuous", "np_random")
    results = []
    for one in both:
        one.reset(SEED)
        values = [one.get(name) for name in names[:-1]]
        values.append([np.random.Generator(g.bit_generator).random() for g in one.get("np_random")])
        one.reset(SEED)
        one.set("gravity", -3.0)
        before = flight(one, 5)
        results.append((values, one.get("gravity"), before, whole_flight(one, 20)))
        one.close()
    got, expected = results
    told = agreement(lambda: same(got[:2], expected[:2]))
    return told if told != EQUAL else path_difference(got[2] + got[3], expected[2] + expected[3])


def time_limit(form: str, env_id: str) -> str:
    """Time limits: truncation and TIMEOUT, for a given limit and for none."""
    for limit in (5, -1):
        got, expected = flights(form, env_id, 12, max_episode_steps=limit)
        outcomes = [[e.info["outcome"] for e in merged(traces)] for traces in (got, expected)]
        cuts = [[event.truncated for event in merged(traces)] for traces in (got, expected)]
        if outcomes[0] != outcomes[1] or cuts[0] != cuts[1] or any(cuts[0]) != (limit == 5):
            return "differs"
    return EQUAL


def render(form: str, env_id: str) -> str:
    """Frames of ``render_mode="rgb_array"``, and flights that they leave alone."""
    both = pair(form, env_id, render_mode="rgb_array")
    frames: list[list[bytes]] = [[], []]
    for one, seen in zip(both, frames, strict=True):
        one.reset(SEED)
        for _ in range(8):
            one.step([2, 1])
            seen += [frame.tobytes() for frame in one.frames()]
        one.close()
    return EQUAL if frames[0] == frames[1] else "differs"


LAYOUTS = [
    {"channels_last": True},
    {"dtype": "float32", "obs_size": [60, 40]},
    {"channels_last": True, "dtype": "float32", "grayscale": False},
]


def pixel_layouts(form: str, env_id: str) -> str:
    """Pixels with channels last and as float32; other ids have none."""
    if "Pixel" not in env_id:
        return EQUAL
    found = {
        path_difference(*flights(form, env_id, 12, max_episode_steps=5, **layout))
        for layout in LAYOUTS
    }
    return "; ".join(sorted(found - {EQUAL})) or EQUAL


def copies(form: str, env_id: str) -> str:
    """Deep copies in mid-flight: they go on as the original does."""
    original = FORMS[form](env_id, max_episode_steps=40)
    try:
        whole_flight(original, 20)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*Box2D world cannot be copied")
            # A deep copy of processes fails and closes their pipes; pickle only fails.
            duplicate = (pickle.dumps if form == "async" else copy.deepcopy)(original)
        return difference(flight(duplicate, 60), flight(original, 60))
    except gym.error.ResetNeeded:
        return "a copy needs a reset"
    except AttributeError:
        return "cannot be copied"
    finally:
        original.close()


def agreement(compare: Callable[[], None]) -> str:
    """Result of a comparison that raises AssertionError for a difference."""
    try:
        compare()
    except AssertionError:
        return "differs"
    return EQUAL


ROWS: dict[str, Callable[[str, str], str]] = {
    "reset": resets,
    "step": steps,
    "infos": infos,
    "options": options,
    "attributes": attributes,
    "time limit": time_limit,
    "render": render,
    "pixel layout": pixel_layouts,
    "copy": copies,
}


def cell(row: str, form: str) -> str:
    """Differences of a form from single envs, over all ids."""
    found = {ROWS[row](form, env_id) for env_id in lander_envs.REGISTERED_IDS}
    return "; ".join(sorted(found - {EQUAL})) or EQUAL


def table() -> str:
    """The table, in Markdown."""
    lines = [["", *FORMS], ["---"] * (len(FORMS) + 1)]
    lines += [[row, *(cell(row, form) for form in FORMS)] for row in ROWS]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("|  |", "| |")


def main() -> None:
    """Write the table into its page."""
    PAGE.write_text(with_parts(PAGE.read_text(), {"forms": table()}))
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
