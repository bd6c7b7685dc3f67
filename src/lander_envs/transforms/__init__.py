"""Pure functions that variants and wrappers share.

A variant and the wrapper of the same meaning call the same function, for one environment and for a
batch, so that they cannot differ. No transform knows an environment.
"""
