"""Trained agents as ONNX files, without PyTorch.

Needs the extra ``agents``: ``pip install "lander-envs[agents]"``.
"""

from lander_envs.agents.card import AgentError, Card, read_card
from lander_envs.agents.library import load, shipped
from lander_envs.agents.policy import OnnxPolicy

__all__ = ["AgentError", "Card", "OnnxPolicy", "load", "read_card", "shipped"]
