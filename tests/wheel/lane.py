"""Lane ``tox run -e wheel``: builds sdist and wheels, checks them, and tests the package with them.

A wheel for each Python at hand is built from the sdist. Each is installed into a clean environment
whose PATH has no compiler, and the tests of the package run against it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rattler_build import Stage0Recipe, VariantConfig

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
STABLE_SINCE = (3, 12)  # one wheel serves this Python and all later ones
LARGEST_SDIST = 1_000_000  # bytes


def run(*command: str | Path, **options: object) -> None:
    """Run a command; say which one if it fails, and end."""
    print("$", *command, flush=True)
    if subprocess.run([str(part) for part in command], check=False, **options).returncode != 0:
        sys.exit(f"error: this command failed: {' '.join(map(str, command))}")


def environment(python: str, folder: Path) -> Path:
    """Make a virtual environment; returns its interpreter."""
    run(python, "-m", "venv", "--clear", folder)
    return folder / "bin" / "python"


def build_sdist(out: Path) -> Path:
    """Build the source distribution, and refuse one that has grown."""
    run(sys.executable, "-m", "build", "--sdist", "--outdir", out, ROOT)
    (sdist,) = out.glob("*.tar.gz")
    size = sdist.stat().st_size
    print(f"{sdist.name}: {size:,} bytes")
    if size > LARGEST_SDIST:
        sys.exit(f"error: the sdist has {size:,} bytes, but must have at most {LARGEST_SDIST:,}")
    return sdist


def build_wheel(version: str, sdist: Path, out: Path) -> None:
    """Build the wheel of one Python from the sdist."""
    python = environment(f"python{version}", out.parent / f"build-{version}")
    run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, sdist)


def check_sources() -> None:
    """Check what describes the package elsewhere: workflows, Dockerfile, conda recipe."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    run("hadolint", ROOT / "Dockerfile")
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")
    recipe = Stage0Recipe.from_file(str(ROOT / "packaging" / "conda" / "recipe.yaml"))
    print(*recipe.render(VariantConfig({"c_stdlib": ["sysroot"], "python": ["3.12"]})))


def check(sdist: Path, wheels: list[Path]) -> None:
    """Check metadata, contents, and which systems the wheels can be installed on."""
    run(sys.executable, "-m", "twine", "check", "--strict", sdist, *wheels)
    run("check-wheel-contents", *wheels)
    for wheel in wheels:
        run(sys.executable, "-m", "auditwheel", "show", wheel)


def test(version: str, wheels: Path, folder: Path) -> None:
    """Install the package from its wheel where no compiler is to be found, and test it."""
    python = environment(f"python{version}", folder)
    bare = {"PATH": str(python.parent), "HOME": os.environ["HOME"], "SDL_VIDEODRIVER": "dummy"}
    install = ["-m", "pip", "install", "--quiet", "--find-links", wheels]
    run(python, *install, "--only-binary", "lander-envs", "lander-envs[agents]", env=bare)
    play(python, bare, folder)
    run(python, *install, "--only-binary", "lander-envs", "lander-envs[test]", env=bare)
    run(python, ROOT / "tests" / "wheel" / "flight.py", env=bare, cwd=folder)
    compiling = ["--ignore=tests/native", "--ignore=tests/everywhere"]
    run(python, "-m", "pytest", "-q", "-n", "2", *compiling, env=bare, cwd=ROOT)


def play(python: Path, environment: dict[str, str], folder: Path) -> None:
    """Run the console script as installed: check, score an agent, and fly against it."""
    script = python.with_name("lander-envs")
    run(script, "check", env=environment, cwd=folder)
    run(script, "score", "lander", "--episodes", "10", env=environment, cwd=folder)
    run(python, ROOT / "tests" / "wheel" / "play.py", env=environment, cwd=folder)


def main() -> None:
    """Run the lane."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "wheel-lane")
    work = parser.parse_args().work
    shutil.rmtree(work, ignore_errors=True)
    pythons = [version for version in PYTHONS if shutil.which(f"python{version}")]
    stable = [v for v in pythons if tuple(map(int, v.split("."))) >= STABLE_SINCE]
    wheels = work / "wheels"
    check_sources()
    sdist = build_sdist(work)
    for version in [v for v in pythons if v not in stable] + stable[:1]:
        build_wheel(version, sdist, wheels)
    check(sdist, sorted(wheels.glob("*.whl")))
    for version in pythons:
        test(version, wheels, work / f"test-{version}")
    print("tested on Python", *pythons, "| not at hand:", *sorted({*PYTHONS} - {*pythons}))


if __name__ == "__main__":
    main()
