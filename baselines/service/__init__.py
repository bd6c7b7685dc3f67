"""HTTP service of trained agents, its client, and a dashboard that talks to it."""
