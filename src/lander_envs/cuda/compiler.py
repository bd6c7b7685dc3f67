"""Compilation of the kernels by NVRTC, with a cache on disk."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lander_envs.cuda.libraries import nvrtc_library
from lander_envs.headers import get_include

MIN_CAPABILITY = (8, 0)  # Ampere
# Hopper. Newer GPUs get its PTX, which their driver assembles: for compute capability 12.0 NVRTC
# generates other code, in minutes, that no proof here covers.
MAX_CAPABILITY = (9, 0)
CACHE_VARIABLE = "LANDER_ENVS_CACHE"
_OPTIONS = ("--std=c++20", "--fmad=false")  # the bits depend on the second
_DIGEST = 32  # bytes of SHA-256 before a cached image


class CompilationError(RuntimeError):
    """NVRTC did not compile the kernels."""


class Compiler:
    """NVRTC, which makes modules of the engine's kernels.

    Args:
        library: NVRTC; None for the installed one.

    Raises:
        gymnasium.error.DependencyNotInstalled: if NVRTC is not installed.
    """

    def __init__(self, library: ctypes.CDLL | None = None) -> None:
        self._nvrtc = nvrtc_library() if library is None else library
        major, minor = ctypes.c_int(), ctypes.c_int()
        self._nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
        self.version = (major.value, minor.value)

    def image(self, kernels: str, capability: tuple[int, int]) -> bytes:
        """Image of a file of kernels that the driver can load, from the cache or compiled.

        It is machine code, or PTX for a GPU newer than ``MAX_CAPABILITY``.

        Args:
            kernels: name of a file in ``native/kernels``, without ``.cu``.
            capability: the GPU's compute capability, such as (9, 0).

        Raises:
            CompilationError: if NVRTC refuses; for example, it is older than the GPU.
        """
        options = _options(capability)
        what = "PTX" if capability > MAX_CAPABILITY else "CUBIN"
        path = cache_folder() / f"{kernels}-{self._key(options)}.{what.lower()}"
        cached = _read(path)
        if cached is None:
            with self._program(kernels, options) as program:
                cached = self._buffer(program, what)
            _write(path, cached)
        return cached

    def _key(self, options: list[str]) -> str:
        parts = [sources_digest(), *options, *map(str, self.version)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @contextlib.contextmanager
    def _program(self, kernels: str, options: list[str]) -> Iterator[ctypes.c_void_p]:
        """Compiled program of NVRTC; CompilationError if it refuses."""
        source = source_file(kernels).read_bytes()
        options = [*options, f"--include-path={get_include()}"]
        program = ctypes.c_void_p()
        name = f"{kernels}.cu".encode()
        self._nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, name, 0, None, None)
        try:
            given = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
            if self._nvrtc.nvrtcCompileProgram(program, len(options), given) != 0:
                log = self._buffer(program, "ProgramLog").decode(errors="replace").strip("\0\n ")
                raise CompilationError(
                    f"NVRTC {self.version[0]}.{self.version[1]} could not compile {kernels}.cu "
                    f"with {options[0]}: {log.splitlines()[0] if log else 'it does not say why'}"
                )
            yield program
        finally:
            self._nvrtc.nvrtcDestroyProgram(ctypes.byref(program))

    def _buffer(self, program: ctypes.c_void_p, what: str) -> bytes:
        size = ctypes.c_size_t()
        getattr(self._nvrtc, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
        out = ctypes.create_string_buffer(size.value)
        getattr(self._nvrtc, f"nvrtcGet{what}")(program, out)
        return out.raw


def cache_folder() -> Path:
    """Folder of the images: ``LANDER_ENVS_CACHE``, or one in the user's cache folder."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "lander_envs" / "cubins"


def source_file(kernels: str) -> Path:
    """File with some kernels."""
    return Path(get_include()) / "kernels" / f"{kernels}.cu"


@functools.cache
def sources_digest() -> str:
    """SHA-256 of the engine's headers and kernels, with their paths."""
    root = Path(get_include())
    out = hashlib.sha256()
    for path in sorted([*root.rglob("*.h"), *root.rglob("*.cu")]):
        out.update(str(path.relative_to(root)).encode())
        out.update(path.read_bytes())
    return out.hexdigest()


def _options(capability: tuple[int, int]) -> list[str]:
    kind = "compute" if capability > MAX_CAPABILITY else "sm"
    major, minor = min(capability, MAX_CAPABILITY)
    return [f"--gpu-architecture={kind}_{major}{minor}", *_OPTIONS]


def _read(path: Path) -> bytes | None:
    """Cached image; None if there is none, or a damaged one."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, image = content[:_DIGEST], content[_DIGEST:]
    return image if hashlib.sha256(image).digest() == digest else None


def _write(path: Path, image: bytes) -> None:
    """Cache an image, as several processes may at once; do nothing without a writable folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            draft = Path(folder) / path.name
            draft.write_bytes(hashlib.sha256(image).digest() + image)
            draft.replace(path)  # at once: no process reads a part of it
    except OSError:
        return
