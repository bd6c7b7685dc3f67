"""Sweeps: many trainings at once, on this machine's cores, a Ray cluster, or SLURM."""
