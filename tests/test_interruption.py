"""Interrupted calls: every form goes on rightly, or says that it needs a reset."""

import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from lander_envs.interruption import Interruptible, interruptible
from tests.test_copies import BATCHES, SINGLES, fly_batch, fly_single, random_actions

MOMENTS = 40  # at which a call is interrupted, spread over its instructions


class Part(Interruptible):
    """Two numbers that belong together."""

    def __init__(self) -> None:
        self.first = self.second = 0

    @interruptible
    def step(self, failure: BaseException | None) -> None:
        self.first += 1
        if failure is not None:
            raise failure
        self.second += 1


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), SystemExit(), TimeoutError()], ids=repr)
def test_an_interruption_is_remembered(failure) -> None:
    part = Part()
    with pytest.raises(type(failure)):
        part.step(failure)
    with pytest.raises(ResetNeeded, match=r"^a call was interrupted: call reset\(\) before step"):
        part._require_whole("step")


@pytest.mark.parametrize("failure", [None, ValueError(), TypeError(), ResetNeeded()], ids=repr)
def test_a_refusal_is_no_interruption(failure) -> None:
    part = Part()
    with suppress(Exception):
        part.step(failure)
    part._require_whole("step")


@contextmanager
def interrupted_at(moment: int) -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at one of the package's bytecode instructions; yields their count."""
    count = [0]

    def trace(frame: Any, event: str, _: Any) -> Any:
        if "/lander_envs/" not in frame.f_code.co_filename.replace("\\", "/"):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            count[0] += 1
            if count[0] == moment:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)


def step(env: Any) -> None:
    """Step a batch or a single env with random actions, the same every time."""
    env.step(random_actions(env.action_space, np.random.default_rng(4)))


def moments(last: int, count: int) -> list[int]:
    """At most ``count`` numbers from 1 to ``last``."""
    return np.unique(np.linspace(1, last, count).astype(int)).tolist()


def check_interruptions(
    env: Any, call: Callable[[Any], Any], fly: Callable[[Any, int], list[Any]]
) -> set[str]:
    """Interrupt ``call`` at many moments, each in a fresh copy of ``env``.

    Returns:
        What the copies did afterwards: "asks for a reset", or "goes on" as if the call had not been
        made or as after it. Anything else fails.
    """
    undisturbed, called, restarted = (copy.copy(env) for _ in range(3))
    with interrupted_at(0) as count:
        call(called)
    allowed = [fly(undisturbed, 3), fly(called, 3)]
    restarted.reset(seed=3)
    anew = fly(restarted, 3)
    seen = set()
    for moment in moments(count[0], 8 if env.render_mode else MOMENTS):
        again = copy.copy(env)
        with interrupted_at(moment):
            call(again)
        try:
            assert fly(again, 3) in allowed, moment
            seen.add("goes on")
        except ResetNeeded:
            again.reset(seed=3)
            assert fly(again, 3) == anew, moment
            seen.add("asks for a reset")
    return seen


@pytest.mark.parametrize("form", BATCHES)
def test_an_interrupted_batch_goes_on_rightly_or_asks_for_a_reset(form) -> None:
    envs = BATCHES[form]()
    envs.reset(seed=0)
    # The next step ends the episodes by the limit of 20, but under DISABLED none could follow.
    fly_batch(envs, 10 if "Disabled" in form else 19)
    assert "goes on" in check_interruptions(envs, step, fly_batch)
    seen = check_interruptions(envs, lambda e: e.reset(seed=7, options={}), fly_batch)
    assert seen == {"goes on", "asks for a reset"}


@pytest.mark.parametrize("form", [form for form in BATCHES if "wrapper" not in form])
def test_an_interrupted_first_reset_or_restore_asks_for_a_reset(form) -> None:
    envs, other = BATCHES[form](), BATCHES[form]()
    seen = check_first_reset(envs)
    assert seen == {"goes on", "asks for a reset"}
    envs.reset(seed=0)
    other.reset(seed=5)
    fly_batch(other, 4)
    state = other.clone_state(1)
    check_interruptions(envs, lambda e: e.restore_state(state, 2), fly_batch)


def check_first_reset(envs: Any) -> set[str]:
    """Like check_interruptions, for the first reset of a batch."""
    called = copy.copy(envs)
    options = {"gravity": -4.0}
    with interrupted_at(0) as count:
        called.reset(seed=7, options=options)
    allowed = fly_batch(called, 3)
    called.reset(seed=3)
    anew = fly_batch(called, 3)
    seen = set()
    for moment in moments(count[0], MOMENTS):
        again = copy.copy(envs)
        with interrupted_at(moment):
            again.reset(seed=7, options=options)
        try:
            assert fly_batch(again, 3) == allowed, moment
            seen.add("goes on")
        except ResetNeeded:
            again.reset(seed=3, options=options)
            assert fly_batch(again, 3) == anew, moment
            seen.add("asks for a reset")
    return seen


def test_after_an_interruption_a_reset_with_a_mask_is_refused() -> None:
    for form in BATCHES:
        envs = BATCHES[form]()
        envs.reset(seed=0)
        envs._interrupted = True
        if isinstance(envs, Interruptible):
            with pytest.raises(ResetNeeded, match="reset_mask"):
                envs.reset(options={"reset_mask": np.array([True, False, True])})
            envs.reset(seed=0)
            step(envs)


@pytest.mark.parametrize("form", SINGLES)
def test_an_interrupted_single_env_goes_on_rightly_or_asks_for_a_reset(form) -> None:
    env = SINGLES[form]()
    env.reset(seed=0)
    fly_single(env, 5)
    assert "goes on" in check_interruptions(env, step, fly_single)
    seen = check_interruptions(env, lambda e: e.reset(seed=7), fly_single)
    assert seen == {"goes on", "asks for a reset"}
