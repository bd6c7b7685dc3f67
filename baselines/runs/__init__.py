"""Training runs: config, training loop, logs, checkpoints."""
