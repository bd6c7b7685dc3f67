"""Reference agents for the variants of lander_envs; run from a checkout.

Everything here uses the public API only: gymnasium.make_vec and what it returns.
"""
