"""Machine code and PTX of the kernels, from NVRTC and, where it is installed, from nvcc."""

import itertools
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from lander_envs.cuda.compiler import Compiler
from tests.cuda.machine import ptx
from tests.cuda.machine.build import KERNELS, NVCC, nvcc
from tests.cuda.machine.nvrtc import (
    Report,
    ReportingCompiler,
    Resources,
    needs_nvrtc,
    resources_of,
)
from tests.native.build import NATIVE

ARCHITECTURES = [(8, 0), (9, 0)]  # that NVRTC compiles for
ASSEMBLED = ["sm_90", "sm_120"]  # for which the PTX of the last of them is assembled
MAX_REGISTERS = 128  # 512 threads a multiprocessor

# Minima and maxima of floats in the PTX, by file. PTX takes -0 for less than 0, where
# `a < b ? a : b` gives the second of two zeros; of these, one number is a constant other than
# zero: 255 in `rounded` (render/downscale.h), 0.2 in `glow` (render/scene.h).
MINIMA_AND_MAXIMA = {
    "state_kernels": {},
    "picture_kernels": {"min.f32": 4, "max.f64": 4},
    "pure_kernels": {},
    "pure_picture_kernels": {"min.f32": 4, "max.f64": 4},
}


class Compiled(NamedTuple):
    """A file of kernels, compiled for an architecture."""

    kernels: str
    architecture: str
    report: Report
    instructions: list[str]  # of its PTX


def named(case: tuple[str, tuple[int, int]]) -> str:
    """Name of a file of kernels on an architecture."""
    kernels, (major, minor) = case
    return f"{kernels}-sm_{major}{minor}"


@pytest.fixture(scope="module", params=itertools.product(KERNELS, ARCHITECTURES), ids=named)
def compiled(request) -> Compiled:
    """A file that NVRTC has compiled, once for all tests below."""
    kernels, (major, minor) = request.param
    report = ReportingCompiler().report(kernels, (major, minor))
    return Compiled(kernels, f"sm_{major}{minor}", report, ptx.instructions(report.ptx))


def check_resources(kernels: str, found: list[Resources], architectures: int) -> None:
    source = (NATIVE / "kernels" / f"{kernels}.cu").read_text()
    assert len(found) == architectures * source.count("__global__")
    for resources in found:
        assert resources.registers <= MAX_REGISTERS, resources
        assert resources.spilled == 0, resources


@needs_nvrtc
def test_every_kernel_fits_128_registers_without_spills(compiled) -> None:
    check_resources(compiled.kernels, compiled.report.resources, 1)


@pytest.mark.skipif(NVCC is None, reason="nvcc is neither on the PATH nor in /usr/local/cuda/bin")
@pytest.mark.parametrize("kernels", KERNELS)
def test_nvccs_kernels_fit_too(kernels, tmp_path) -> None:
    # ptxas assembles Hopper's PTX, as the driver of a newer GPU does.
    targets = [f"-gencode=arch=compute_90,code={name}" for name in ASSEMBLED]
    log = nvcc(kernels, tmp_path / "fatbin", *targets, "-fatbin", "-Xptxas", "-v")
    check_resources(kernels, resources_of(log), len(ASSEMBLED))


@needs_nvrtc
def test_the_ptx_fuses_no_floats_and_approximates_nothing(compiled) -> None:
    names = compiled.instructions
    parts = [name.split(".") for name in set(names)]
    assert len(names) > 10_000
    assert [p for p in parts if "approx" in p or "ftz" in p] == []
    fused = [".".join(p) for p in parts if p[0] in ("fma", "mad") and p[-1] in ("f32", "f64")]
    assert set(fused) <= {"fma.rn.f64"}  # those that math/fused.h names
    assert (compiled.kernels in ("state_kernels", "pure_kernels")) == ("fma.rn.f64" in fused)


@needs_nvrtc
def test_minima_and_maxima_of_floats_are_those_listed(compiled) -> None:
    names = [name for name in compiled.instructions if ".f" in name]
    found = Counter(name for name in names if name.startswith(("min.", "max.", "abs.")))
    assert dict(found) == MINIMA_AND_MAXIMA[compiled.kernels]


@needs_nvrtc
def test_no_thread_waits_for_another_or_shares_memory(compiled) -> None:
    words = {part for name in compiled.instructions for part in name.split(".")}
    assert words & {"bar", "shfl", "vote", "atom", "red", "shared", "activemask", "call"} == set()


def test_a_report_is_read() -> None:
    report = """ptxas info    : Compiling entry function 'a' for 'sm_90'
ptxas info    : Function properties for a
ptxas         .     8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 30 registers, used 0 barriers
ptxas info    : Compiling entry function 'b' for 'sm_90'
ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 7 registers"""
    assert resources_of(report) == [("a", "sm_90", 30, 16), ("b", "sm_90", 7, 0)]


@needs_nvrtc
def test_what_nvrtc_does_not_know_is_told_in_one_sentence(tmp_path: Path) -> None:
    compiler = Compiler()
    with (
        pytest.raises(RuntimeError, match=r"^NVRTC \d+\.\d+ could not compile state_kernels\.cu"),
        compiler._program("state_kernels", ["--gpu-architecture=sm_10"]),
    ):
        pass
