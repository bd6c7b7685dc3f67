"""Reports of NVRTC on the kernels: registers, spills and PTX."""

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
    """Registers of a kernel, and bytes of registers that did not fit."""

    registers: int
    spilled: int


class ReportingCompiler(Compiler):
    """Compiler that says more than the package needs."""

    def resources(self, kernels: str, capability: tuple[int, int]) -> dict[str, Resources]:
        """Resources of each kernel of a file."""
        options = [*_options(capability), "--ptxas-options=-v"]
        with self._program(kernels, options) as program:
            return resources_of(self._buffer(program, "ProgramLog").decode())

    def ptx(self, kernels: str, capability: tuple[int, int]) -> str:
        """PTX of a file of kernels."""
        options = [option.replace("sm_", "compute_") for option in _options(capability)]
        with self._program(kernels, options) as program:
            return self._buffer(program, "PTX").decode().rstrip("\0")


def resources_of(report: str) -> dict[str, Resources]:
    """Resources in the report of ``ptxas -v``."""
    out = {}
    for part in report.split("Compiling entry function '")[1:]:
        stores, loads = map(int, re.findall(r"(\d+) bytes spill", part))
        registers = re.search(r"Used (\d+) registers", part)
        assert registers is not None
        out[part.split("'")[0]] = Resources(int(registers[1]), stores + loads)
    return out
