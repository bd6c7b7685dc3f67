"""Commands of the console script ``lander-envs``, one a file."""
