"""Fixtures of the scripts for machines with a GPU, which run here on the stand-in for one."""

from tests.cuda.machine.fixtures import machine

__all__ = ["machine"]
