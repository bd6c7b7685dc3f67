"""The Python package on 64-bit Arm: cross-built, installed into Debian's Python, and flown there.

    python -m tests.everywhere.arm_package --out docs/results/arm_package.md

needs mmdebstrap, Debian's cross compiler for aarch64 and qemu-user. Debian's Python 3.11 and its
headers come from Debian's archive; wheels of the dependencies for Arm from the package index.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import tomllib

PROJECT = Path(__file__).parents[2]
RELEASE, PYTHON = "bookworm", "3.11"
MODULE = f"_native.cpython-{PYTHON.replace('.', '')}-aarch64-linux-gnu.so"
DEPENDENCIES = ("gymnasium>=1.1,<2", "numpy>=1.26", "opencv-python-headless>=4.8", "pygame-ce>=2.5")


def run(*command: str | Path, **variables: str) -> None:
    """Run a command with more environment variables; end if it fails."""
    words = [str(word) for word in command]
    print("$", *words, flush=True)
    if subprocess.run(words, check=False, env={**os.environ, **variables}).returncode != 0:
        sys.exit(f"error: this command failed: {' '.join(words)}")


def make_root(root: Path) -> None:
    """Extract Debian's Python for Arm, with its headers; nothing in it is configured."""
    packages = f"python{PYTHON},libpython{PYTHON}-dev,libstdc++6"
    options = ["--mode=root", "--variant=extract", "--arch=arm64", f"--include={packages}"]
    run("mmdebstrap", *options, RELEASE, root)


def install_dependencies(site: Path) -> None:
    """Unpack wheels for Arm into a folder."""
    machine = ["--platform=manylinux2014_aarch64", "--platform=manylinux_2_28_aarch64"]
    pure = ["--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp"]
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        f"--target={site}",
        *machine,
        *pure,
        *DEPENDENCIES,
    )


def build(root: Path, folder: Path) -> Path:
    """Cross-build the module; returns its path."""
    includes = root / "usr" / "include"
    # The multi-architecture folder alone is Arm's; the C library's headers are the compiler's.
    flags = f"-idirafter {includes}"
    nanobind = subprocess.check_output([sys.executable, "-m", "nanobind", "--cmake_dir"], text=True)
    settings = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_SYSTEM_NAME": "Linux",
        "CMAKE_SYSTEM_PROCESSOR": "aarch64",
        "CMAKE_CXX_COMPILER": "aarch64-linux-gnu-g++",
        "CMAKE_CXX_FLAGS": flags,
        "Python_EXECUTABLE": sys.executable,
        "Python_INCLUDE_DIR": includes / f"python{PYTHON}",
        "nanobind_DIR": nanobind.strip(),
        "SKBUILD_PROJECT_VERSION": version(),
    }
    run(
        "cmake",
        "-S",
        PROJECT,
        "-B",
        folder,
        *(f"-D{key}={value}" for key, value in settings.items()),
    )
    run("cmake", "--build", folder, "--target", "_native", "--parallel", str(os.cpu_count()))
    (module,) = folder.glob("_native.*.so")  # with the suffix of this machine's Python
    return module


def version() -> str:
    """The project's version, as pyproject.toml has it."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def fly(root: Path, path: str) -> str:
    """Hash and machine of a flight of every id by Arm's Python, or the error that ended it."""
    python = root / "usr" / "bin" / f"python{PYTHON}"
    flight = PROJECT / "tests" / "wheel" / "flight.py"
    variables = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "SDL_VIDEODRIVER": "dummy"}
    command = ["qemu-aarch64", "-L", str(root), str(python), str(flight)]
    flown = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **variables}
    )
    if flown.returncode != 0:
        sys.exit(f"error: {flown.stdout}{flown.stderr}")
    return flown.stdout.strip()


def main() -> None:
    """Run the lane."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=PROJECT / "build" / "arm")
    parser.add_argument("--out", type=Path, help="where to write the hash")
    arguments = parser.parse_args()
    work = arguments.work
    root, site = work / "root", work / "site"
    if not root.exists():
        make_root(root)
    if not site.exists():
        install_dependencies(site)
    module = build(root, work / "module")
    run("cp", "-rT", PROJECT / "src" / "lander_envs", site / "lander_envs")
    run("cp", module, site / "lander_envs" / MODULE)
    flown = fly(root, str(site))
    print(flown)
    if arguments.out:
        arguments.out.write_text(f"```text\n{flown}\n```\n")


if __name__ == "__main__":
    main()
