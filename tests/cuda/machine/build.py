"""Builds the stand-in for libcuda, with kernels from the host's compiler or from NVIDIA's PTX."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from lander_envs.cuda.compiler import MAX_CAPABILITY
from tests.cuda.machine.counting import counted
from tests.cuda.machine.nvrtc import ReportingCompiler
from tests.cuda.machine.ptx import translated
from tests.native.build import COMPILER, NATIVE, ROOT, UNFUSED, compile_cpp

MACHINE = Path(__file__).parent
KERNELS = ("state_kernels", "picture_kernels", "pure_kernels", "pure_picture_kernels")
_SHARED = ["-shared", "-fPIC", f"-I{MACHINE}"]
NVCC = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")


def on_host(flags: tuple[str, ...] = ("-O2",)) -> Path:
    """Library whose kernels the host's compiler made, for this version of the sources."""
    parts = [("state.o", []), ("pictures.o", ["-DPICTURES"]), ("pure.o", ["-DPURE"])]
    parts.append(("pure_pictures.o", ["-DPURE_PICTURES"]))

    def build(folder: Path) -> list[Path]:
        for name, defines in parts:
            options = ["-c", "-fPIC", f"-I{MACHINE}", *UNFUSED.split(), *flags, *defines]
            source = ["-x", "c++", str(MACHINE / "kernels_on_host.cpp")]
            compile_cpp(folder / name, [], [*options, *source])
        return [folder / name for name, _ in parts]

    return _library("host", flags, build)


def from_ptx() -> Path:
    """Library whose kernels are NVRTC's PTX, translated to C++."""

    def build(folder: Path) -> list[Path]:
        for name in KERNELS:
            source = folder / f"{name}.cpp"
            source.write_text(translated(ptx_of(name)))
            options = ["-c", "-fPIC", "-O1", "-w", f"-I{MACHINE}", *UNFUSED.split()]
            compile_cpp(folder / f"{name}.o", [source], options)
        return [folder / f"{name}.o" for name in KERNELS]

    return _library("ptx", (), build)


def counting() -> Path:
    """Library whose state kernels are NVRTC's PTX, translated to C++; ``lander_step`` counts."""

    def build(folder: Path) -> list[Path]:
        source = folder / "state_kernels.cpp"
        source.write_text(counted(ptx_of("state_kernels"), "lander_step"))
        for name, file in (("kernels", source), ("landers", MACHINE / "landers.cpp")):
            # Not optimized: a short flight takes less than an optimizing compiler.
            options = ["-c", "-fPIC", "-O0", "-w", f"-I{MACHINE}", *UNFUSED.split()]
            compile_cpp(folder / f"{name}.o", [file], options)
        return [folder / "kernels.o", folder / "landers.o"]

    return _library("counting", (), build)


def ptx_of(name: str) -> str:
    """PTX of a file of kernels, by the package's own compiler and options."""
    return ReportingCompiler().report(name, MAX_CAPABILITY).ptx


def nvcc(name: str, out: Path, *options: str) -> str:
    """Compile a file of kernels with nvcc, with the package's options; returns what it printed."""
    if NVCC is None:
        raise FileNotFoundError("nvcc is neither on the PATH nor in /usr/local/cuda/bin")
    command = [NVCC, "-std=c++20", "--fmad=false", f"-I{NATIVE}", *options]
    source = NATIVE / "kernels" / f"{name}.cu"
    run = [*command, str(source), "-o", str(out)]
    return subprocess.run(run, check=True, stderr=subprocess.PIPE, text=True).stderr


def _library(kind: str, flags: tuple[str, ...], build: Callable[[Path], list[Path]]) -> Path:
    library = ROOT / "build" / "machine" / f"{kind}-{_digest(*flags)}.so"
    if not library.exists():
        library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=library.parent) as folder:
            draft = Path(folder) / library.name
            objects = build(Path(folder))
            compile_cpp(draft, [MACHINE / "driver.cpp", *objects], [*_SHARED, *flags])
            draft.replace(library)  # at once, in case two workers build it
    return library


def _digest(*flags: str) -> str:
    out = hashlib.sha256(" ".join([str(COMPILER), *flags]).encode())
    sources = [*MACHINE.glob("*.*"), *NATIVE.rglob("*.h"), *NATIVE.rglob("*.cu")]
    for path in sorted(sources):
        if path.is_file():
            out.update(path.read_bytes())
    return out.hexdigest()[:16]
