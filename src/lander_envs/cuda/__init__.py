"""GPU driver: compiles the engine's kernels, caches and launches them.

Needs PyTorch, NVIDIA's driver and NVRTC (in PyTorch's CUDA builds, or the PyPI package
``nvidia-cuda-nvrtc``). Nothing else of the package imports it unless an environment is asked for
with ``device="cuda"``.
"""
