"""Run tests of the bindings under a sanitizer.

    python -m tests.native.sanitized thread tests/native/python/test_gil.py

builds the package with the sanitizer into ``build/sanitized/`` and runs pytest in an interpreter
that loads the sanitizer's library first.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from tests.native.build import COMPILER, ROOT

# Flags of the compiler, libraries to load first, and the sanitizer's options. Python never frees
# what lives until its exit, so leaks are not looked for.
SANITIZERS = {
    "thread": ("thread", ["libtsan.so"], {"TSAN_OPTIONS": "exitcode=66"}),
    "address": (
        "address,undefined",
        ["libasan.so", "libubsan.so", "libstdc++.so.6"],
        {"ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=1"},
    ),
}


def library(name: str) -> str:
    """Path of a library of the compiler."""
    command = [*shlex.split(COMPILER or "c++"), f"-print-file-name={name}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def run(kind: str, tests: list[str]) -> int:
    """Build with a sanitizer and run tests under it; returns pytest's status."""
    checked, libraries, options = SANITIZERS[kind]
    target = ROOT / "build" / "sanitized" / kind
    flags = f"-O1 -g -DNDEBUG -fno-omit-frame-pointer -fsanitize={checked}"
    build = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    build += ["--target", str(target), "-C", "cmake.build-type=None", "-C", "install.strip=false"]
    environment = {**os.environ, "CXXFLAGS": f"{flags} -fno-sanitize-recover=all"}
    subprocess.run([*build, str(ROOT)], check=True, env=environment)
    preloaded = " ".join(map(library, libraries))
    environment = {**os.environ, "PYTHONPATH": str(target), "LD_PRELOAD": preloaded, **options}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, check=False, env=environment, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
