"""Interrupted calls (Ctrl-C, a time-out, an exit): the environment then asks for a reset."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import gymnasium as gym
from gymnasium.error import ResetNeeded

_Method = TypeVar("_Method", bound=Callable[..., Any])

# Exceptions by which an environment refuses a call before anything changes.
_REFUSALS = (ValueError, TypeError, AssertionError, gym.error.Error)


class Interruptible:
    """Mixin of environments and wrappers whose calls have several parts.

    A call that an exception leaves half-way must not be taken for a whole one: the parts would
    belong to different moments. Decorate such methods with :func:`interruptible`.
    """

    _interrupted = False  # a call ended half-way, and there was no reset since
    _was_reset = False  # of wrappers, which may be around an env that steps without a reset

    def _require_whole(self, call: str) -> None:
        """Raise ResetNeeded if a call ended half-way."""
        if self._interrupted:
            raise ResetNeeded(f"a call was interrupted: call reset() before {call}()")

    def _require_reset(self, call: str) -> None:
        """Raise ResetNeeded before the first reset too."""
        self._require_whole(call)
        if not self._was_reset:
            raise ResetNeeded(f"call reset() before {call}()")

    def _reset_done(self) -> None:
        """Note that a reset is whole."""
        self._interrupted, self._was_reset = False, True


def interruptible(method: _Method) -> _Method:
    """Decorate a method of an :class:`Interruptible` that changes it in several parts.

    A refusal (ValueError, TypeError, AssertionError, ``gymnasium.error.Error``) changes nothing;
    any other exception, KeyboardInterrupt above all, is remembered until the next reset.

    Example:
        >>> from lander_envs.interruption import Interruptible, interruptible
        >>> class Env(Interruptible):
        ...     @interruptible
        ...     def step(self):
        ...         raise KeyboardInterrupt
        >>> env = Env()
        >>> try:
        ...     env.step()
        ... except KeyboardInterrupt:
        ...     env._require_whole("step")
        Traceback (most recent call last):
        gymnasium.error.ResetNeeded: a call was interrupted: call reset() before step()
    """

    @functools.wraps(method)
    def guarded(self: Interruptible, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except _REFUSALS:
            raise
        except BaseException:
            self._interrupted = True
            raise

    return cast(_Method, guarded)
