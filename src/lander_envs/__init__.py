"""The Lunar Lander benchmark suite for Gymnasium."""

from lander_envs._native import __version__

__all__ = ["__version__"]
