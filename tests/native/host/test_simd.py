"""The lanes of every instruction set of the machine, and the code that they are compiled to.

LANDER_ENVS_LEVELS names the optimisation levels to compile at, with and without the processor's
own instructions; by default -O2 with them, which distributions often use.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lander_envs import _native
from tests.native.build import NATIVE, ROOT, TESTS, binding_flags, compile_cpp, run_driver

X86 = platform.machine().lower() in ("x86_64", "amd64")
UNFUSED = "-mno-fma -mno-fma4 -mno-avx512f" if X86 else ""
NOT_VECTORIZED = "-fno-tree-vectorize -fno-tree-slp-vectorize"
SETS = {  # flags as in CMakeLists.txt
    "baseline": UNFUSED,
    "avx2": f"{UNFUSED} -mavx2",
    "avx512": f"-mavx512f -mavx512dq -mavx512vl -mavx512bw {NOT_VECTORIZED}",
}
AVAILABLE = [name for name in SETS if name in _native.INSTRUCTION_SETS]

LEVELS = os.environ.get("LANDER_ENVS_LEVELS", "").split()
CXXFLAGS = [f"{o}{cpu}" for o in LEVELS for cpu in ("", " -march=native")] or ["-O2 -march=native"]


@pytest.mark.parametrize("name", AVAILABLE)
def test_lanes_compute_what_single_floats_do(name, tmp_path) -> None:
    flags = ["-O2", "-Wno-psabi", *SETS[name].split()]
    run_driver([TESTS / "host" / "simd.cpp"], tmp_path, flags)


@pytest.mark.skipif(not X86, reason="other processors need no flags")
def test_the_flags_are_those_of_the_build() -> None:
    text = re.sub(r"\s+", " ", (ROOT / "CMakeLists.txt").read_text())
    variables = {UNFUSED: "unfused", NOT_VECTORIZED: "not_vectorized"}
    for flags, variable in variables.items():
        assert f"set({variable} {flags})" in text
    assert "target_compile_options(_native PRIVATE ${exact} ${unfused})" in text
    for name, flags in SETS.items():
        line = f"add_lanes({name} {flags})"
        for part, variable in variables.items():
            line = line.replace(part, f"${{{variable}}}")
        assert line in text


def compiled_lanes(name: str, out: Path, cxxflags: str) -> Path:
    """step_lanes.cpp as builds compile it for one set."""
    names = [f"-DLANDER_NAMESPACE=lander_{name}", f"-DLANDER_ENTRY=lander_step_entries_{name}"]
    flags = [*cxxflags.split(), "-DNDEBUG", "-c", "-Wno-psabi", *SETS[name].split(), *names]
    compile_cpp(out, [NATIVE / "host" / "step_lanes.cpp"], flags)
    return out


def compiled_bindings(out: Path, cxxflags: str) -> Path:
    """bindings.cpp as builds compile it, with all that steps landers one by one, and draws."""
    flags = [*cxxflags.split(), "-c", "-w", *binding_flags(), *UNFUSED.split()]
    compile_cpp(out, [NATIVE / "python" / "bindings.cpp"], [*flags, '-DLANDER_ENVS_VERSION="0"'])
    return out


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs binutils")
@pytest.mark.parametrize("name", AVAILABLE)
def test_no_inline_function_is_shared_between_sets(name, tmp_path) -> None:
    """The linker would keep one of them, perhaps that of a set which the processor lacks."""
    out = compiled_lanes(name, tmp_path / "lanes.o", "-O1")
    symbols = subprocess.run(
        ["nm", "--demangle", "--defined-only", str(out)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    shared = [line for line in symbols if re.search(r" [WVu] ", line)]
    assert [line for line in shared if f"lander_{name}::" not in line] == []


# The only functions with fused multiply-adds (math/fused.h).
MEANT = "call_with_instruction"
# On doubles one by one; compilers form the others from products and sums.
OF_A_DOUBLE = r"v?fn?m(add|sub)(132|213|231)?(sd)?"


def fused(code: Path) -> list[tuple[str, str]]:
    """Fused multiply-adds in the machine code of a file: names of function and instruction."""
    if shutil.which("objdump") is None:
        pytest.skip("needs binutils")
    command = ["objdump", "-d", "--no-show-raw-insn", str(code)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"\bmul[ps]s\b|\bvmul[ps]s\b|\bfmul\b", text)
    function, out = "", []
    for line in text.splitlines():
        if header := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = header[1]
        elif found := re.search(r"\bv?fn?m(?:add|sub)\w*|\bfml[as]\b", line):
            out.append((function, found[0]))
    return out


def not_meant(code: Path) -> list[tuple[str, str]]:
    """Fused multiply-adds that math/fused.h does not name."""
    return [
        (function, instruction)
        for function, instruction in fused(code)
        if MEANT not in function or not re.fullmatch(OF_A_DOUBLE, instruction)
    ]


def test_the_module_fuses_nothing_but_doubles() -> None:
    # (Its functions have no names.)
    found = {instruction for _, instruction in fused(Path(_native.__file__))}
    assert [name for name in found if not re.fullmatch(OF_A_DOUBLE, name)] == []
    assert found or not X86


@pytest.mark.parametrize("cxxflags", CXXFLAGS)
@pytest.mark.parametrize("name", AVAILABLE)
def test_no_multiply_add_of_the_lanes_is_fused(name, cxxflags, tmp_path) -> None:
    lanes = compiled_lanes(name, tmp_path / "lanes.o", cxxflags)
    assert not_meant(lanes) == []
    assert fused(lanes) != [] or not X86


@pytest.mark.parametrize("cxxflags", CXXFLAGS)
def test_no_multiply_add_of_the_bindings_is_fused(cxxflags, tmp_path) -> None:
    assert not_meant(compiled_bindings(tmp_path / "bindings.o", cxxflags)) == []
