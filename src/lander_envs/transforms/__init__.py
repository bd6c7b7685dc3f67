"""The pure functions behind variants and wrappers.

A variant and the wrapper of the same meaning call the same function, for one environment or for
a batch, so that they cannot drift apart. Nothing here knows an environment.
"""
