"""Reports of NVIDIA's compilers on the kernels: registers, spills and PTX."""

from __future__ import annotations

import platform
import re
import sys
from typing import NamedTuple

import pytest

from lander_envs.cuda.compiler import Compiler, _options

needs_nvrtc = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the extra `test` has NVRTC for x86-64 Linux",
)


class Resources(NamedTuple):
    """Registers of a kernel on an architecture, and bytes of registers that did not fit."""

    kernel: str
    architecture: str
    registers: int
    spilled: int


class Report(NamedTuple):
    """Resources of each kernel of a file, and the file's PTX."""

    resources: list[Resources]
    ptx: str


class ReportingCompiler(Compiler):
    """Compiler that says more than the package needs."""

    def report(self, kernels: str, capability: tuple[int, int]) -> Report:
        """Compile a file of kernels and report on them."""
        with self._program(kernels, [*_options(capability), "--ptxas-options=-v"]) as program:
            log, ptx = (self._buffer(program, what).decode() for what in ("ProgramLog", "PTX"))
            return Report(resources_of(log), ptx.rstrip("\0"))


def resources_of(log: str) -> list[Resources]:
    """Resources in what ``ptxas -v`` prints."""
    out = []
    for part in log.split("Compiling entry function '")[1:]:
        kernel, _, architecture, *_ = part.split("'")
        stores, loads = map(int, re.findall(r"(\d+) bytes spill", part))
        registers = re.search(r"Used (\d+) registers", part)
        assert registers is not None
        out.append(Resources(kernel, architecture, int(registers[1]), stores + loads))
    return out
