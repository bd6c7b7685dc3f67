"""Compile the kernels into the cache, all files at once: a minute or two that runs then save.

    LANDER_ENVS_CACHE=build/cubins python -m tests.gpu.warm_cache --capability 9.0

Needs no GPU. An image serves machines with the same NVRTC only.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from lander_envs.cuda.compiler import Compiler, cache_folder
from tests.cuda.machine.build import KERNELS


def warm(capability: tuple[int, int]) -> dict[str, int]:
    """Size of each file's image, in bytes."""
    compiler = Compiler()
    with ThreadPoolExecutor() as pool:
        images = pool.map(lambda kernels: compiler.image(kernels, capability), KERNELS)
        return {name: len(image) for name, image in zip(KERNELS, images, strict=True)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capability", default="9.0", help="of the GPU")
    major, minor = map(int, parser.parse_args().capability.split("."))
    start = time.perf_counter()
    sizes = warm((major, minor))
    seconds = time.perf_counter() - start
    print(f"{sizes} bytes in {cache_folder()}, {seconds:.0f} s")


if __name__ == "__main__":
    main()
