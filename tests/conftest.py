"""Settings of every test: no window, no sound; without PyTorch or JAX, what needs none."""

import importlib.util
import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

# Tests that need the extra `baselines`: the lanes of the package alone have no PyTorch.
_NEEDS_BASELINES = [
    *("baselines", "benchmarks", "cuda", "fuzz", "gpu", "integration", "vector/device"),
    *("test_floating_point.py", "test_forms.py", "test_refused_calls.py", "test_sb3.py"),
]
collect_ignore = [] if importlib.util.find_spec("torch") else _NEEDS_BASELINES
if importlib.util.find_spec("jax") is None:  # the extra `jax`
    collect_ignore.append("jax")
if importlib.util.find_spec("tianshou") is None:  # only `tox run -e ecosystem` has it
    collect_ignore.append("test_tianshou.py")
