"""Fixtures of the tests of vector environments on a GPU."""

from tests.cuda.machine.fixtures import machine

__all__ = ["machine"]
