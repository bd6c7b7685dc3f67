"""Optimisers: Adam over flat parameters, and whole gradient steps compiled."""
