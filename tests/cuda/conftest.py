"""Fixtures of the tests of the GPU driver."""

from tests.cuda.machine.fixtures import machine

__all__ = ["machine"]
