"""Compiles the C++ of the tests: the drivers, and the inspection module."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
NATIVE = ROOT / "src" / "lander_envs" / "native"
TESTS = ROOT / "tests" / "native"
COMPILER = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")
# The flags of CMakeLists.txt on which the bits depend.
EXACT = ["-ffp-contract=off", "-fno-math-errno"]

X86 = platform.machine().lower() in ("x86_64", "amd64")
UNFUSED = "-mno-fma -mno-fma4 -mno-avx512f" if X86 else ""
NOT_VECTORIZED = "-fno-tree-vectorize -fno-tree-slp-vectorize"
SETS = {  # flags of the instruction sets, as in CMakeLists.txt
    "baseline": UNFUSED,
    "avx2": f"{UNFUSED} -mavx2",
    "avx512": f"-mavx512f -mavx512dq -mavx512vl -mavx512bw {NOT_VECTORIZED}",
}


def compile_cpp(out: Path, sources: list[Path], flags: list[str]) -> None:
    """Compile C++20 sources to ``out``; skip the test if there is no compiler."""
    if COMPILER is None:
        pytest.skip("no C++ compiler")
    includes = [f"-I{NATIVE}", f"-I{TESTS}"]
    command = [*shlex.split(COMPILER), "-std=c++20", *EXACT, *includes, *flags]
    subprocess.run([*command, *map(str, sources), "-o", str(out)], check=True)


def run_driver(tests: list[Path], folder: Path, flags: list[str]) -> None:
    """Build the tests of some C++ files as one program and run it; fail with what it printed.

    LANDER_ENVS_DRIVER_FLAGS adds flags, such as those of sanitizers; LANDER_ENVS_DRIVER_SCALE
    makes it run longer.
    """
    source, driver = folder / "driver.cpp", folder / "driver"
    main = "int main(int argc, char** argv) { return run_tests(argc, argv); }"
    source.write_text("\n".join([*(f'#include "{test}"' for test in tests), main, ""]))
    flags = [*flags, *shlex.split(os.environ.get("LANDER_ENVS_DRIVER_FLAGS", ""))]
    compile_cpp(driver, [source], flags)
    scale = os.environ.get("LANDER_ENVS_DRIVER_SCALE", "1")
    result = subprocess.run([str(driver), scale], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def binding_flags() -> list[str]:
    """Flags that a source with bindings needs; skip the test if there is no nanobind."""
    nanobind = pytest.importorskip("nanobind")
    flags = ["-fPIC", "-fvisibility=hidden", "-fno-strict-aliasing", "-DNDEBUG"]
    return [*flags, f"-I{sysconfig.get_path('include')}", f"-I{nanobind.include_dir()}"]


@functools.cache
def inspection() -> ModuleType:
    """The module of ``inspection.cpp``: landers whose physics can be inspected.

    Built once for each version of the sources, into ``build/``.
    """
    nanobind = pytest.importorskip("nanobind")
    source = TESTS / "inspection.cpp"
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    path = ROOT / "build" / "inspection" / _digest(source, nanobind.__version__) / f"i{suffix}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{os.getpid()}{suffix}")
        package = Path(nanobind.include_dir()).parent
        flags = [*binding_flags(), "-O2", "-shared", "-DNB_DOMAIN=inspection"]
        flags += [f"-I{package / 'ext' / 'robin_map' / 'include'}"]
        flags += ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
        compile_cpp(draft, [source, package / "src" / "nb_combined.cpp"], flags)
        draft.replace(path)  # at once, in case two workers build it
    spec = importlib.util.spec_from_file_location("inspection", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _digest(source: Path, *versions: str) -> str:
    out = hashlib.sha256("".join([*versions, str(COMPILER)]).encode())
    for path in [source, *sorted(TESTS.glob("*.h")), *sorted(NATIVE.rglob("*.h"))]:
        out.update(path.read_bytes())
    return out.hexdigest()[:16]
