"""The lanes of every instruction set of the machine, and the code that they are compiled to."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lander_envs import _native
from tests.native.build import NATIVE, TESTS, compile_cpp, run_driver

SETS = {
    "baseline": [],
    "avx2": ["-mavx2"],
    "avx512": [
        *("-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw"),
        *("-fno-tree-vectorize", "-fno-tree-slp-vectorize"),
    ],
}
AVAILABLE = [name for name in SETS if name in _native.INSTRUCTION_SETS]


@pytest.mark.parametrize("name", AVAILABLE)
def test_lanes_compute_what_single_floats_do(name, tmp_path) -> None:
    run_driver([TESTS / "host" / "simd.cpp"], tmp_path, ["-O2", "-Wno-psabi", *SETS[name]])


@pytest.fixture(scope="module", params=[(name, o) for name in AVAILABLE for o in ("-O2", "-O3")])
def compiled(request, tmp_path_factory) -> tuple[str, Path]:
    """step_lanes.cpp as builds compile it, set by set; -O2 is what distributions often use."""
    name, level = request.param
    out = tmp_path_factory.mktemp(name) / "step_lanes.o"
    names = [f"-DLANDER_NAMESPACE=lander_{name}", f"-DLANDER_ENTRY=lander_step_entries_{name}"]
    flags = [level, "-DNDEBUG", "-c", "-Wno-psabi", *SETS[name], *names]
    compile_cpp(out, [NATIVE / "host" / "step_lanes.cpp"], flags)
    return name, out


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs binutils")
def test_no_inline_function_is_shared_between_sets(compiled) -> None:
    """The linker would keep one of them, perhaps that of a set which the processor lacks."""
    name, out = compiled
    symbols = subprocess.run(
        ["nm", "--demangle", "--defined-only", str(out)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    shared = [line for line in symbols if re.search(r" [WVu] ", line)]
    assert [line for line in shared if f"lander_{name}::" not in line] == []


@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs binutils")
def test_no_multiply_add_is_fused(compiled) -> None:
    _, out = compiled
    code = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", str(out)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "mulps" in code or "fmul" in code
    assert re.findall(r"\bvfn?m(?:add|sub)\w*", code) == []
    assert re.findall(r"\bfmla\b", code) == []
