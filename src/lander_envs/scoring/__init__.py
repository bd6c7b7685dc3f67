"""Scores: policies, episodes on held-out seeds, statistics."""
