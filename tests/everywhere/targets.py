"""Compilers, processors and systems on which the same flights are flown."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.native.build import EXACT, NATIVE, SETS, UNFUSED

HERE = Path(__file__).parent
BASE = ["-std=c++20", *EXACT, "-Wno-psabi", f"-I{NATIVE}", f"-I{HERE}"]

# Expectations of a target.
EQUAL, DIFFERS, COMPILES = "equal", "differs", "compiles"

# Tools that lie where no PATH looks, and the package of ziglang's compiler.
ELSEWHERE = {"wine64": "/usr/lib/wine/wine64"}
ZIG = "ziglang"


@dataclass(frozen=True)
class Target:
    """A way to build and run the flights.

    ``compiler`` and ``runner`` are command lines that begin with a tool; ``needs`` are flags of the
    processor in /proc/cpuinfo; ``cost`` is the time to run, of that of the first target.
    """

    name: str
    compiler: tuple[str, ...]
    flags: str
    runner: tuple[str, ...] = ()
    cost: float = 1.0
    expects: str = EQUAL
    lanes: bool = True
    needs: str = ""
    source: str = "flights.cpp"
    out: str = "flights"

    def missing(self) -> list[str]:
        """Tools and features of the processor that are not here."""
        tools = [self.compiler[0], *self.runner[:1]]
        absent = [tool for tool in tools if not command(tool)]
        if self.needs and not self.runner:
            absent += [flag for flag in self.needs.split() if flag not in processor_flags()]
        return absent

    def build_command(self, program: Path) -> list[str]:
        """Command line that builds ``program``."""
        words = [*command(self.compiler[0]), *self.compiler[1:], *BASE, *self.flags.split()]
        return [*words, str(HERE / self.source), "-o", str(program)]

    def run_command(self, program: Path, steps: int) -> list[str]:
        """Command line that flies ``steps`` steps of each lander."""
        runner = [*command(self.runner[0]), *self.runner[1:]] if self.runner else []
        last = [] if self.source == "wasm.cpp" else ["lanes" if self.lanes else "single"]
        return [*runner, str(program), str(steps), *last]


def command(tool: str) -> list[str]:
    """Command line of a tool; empty if it is not here."""
    if tool == ZIG:
        return [sys.executable, "-m", ZIG] if importlib.util.find_spec(ZIG) else []
    path = shutil.which(tool) or shutil.which(ELSEWHERE.get(tool, ""))
    return [path] if path else []


def processor_flags() -> list[str]:
    """Features of the processor; empty where /proc/cpuinfo does not exist."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split() for line in lines if line.startswith("flags")), [])


def zig(triple: str) -> tuple[str, ...]:
    """Zig's C++ compiler for a target triple."""
    return (ZIG, "c++", "-target", triple)


GCC, CLANG = ("g++",), ("clang++",)
ARM, MINGW = ("aarch64-linux-gnu-g++",), ("x86_64-w64-mingw32-g++",)
NODE = ("node", str(HERE / "flights.mjs"))
WASM = (
    "-O3 -nostdlib -ffreestanding -Wl,--no-entry -Wl,-z,stack-size=1048576 "
    f"-isystem {NATIVE / 'wasm' / 'freestanding'}"
)

X86_64 = [
    Target("x86-64, GCC -O3: the reference", GCC, f"-O3 {UNFUSED}"),
    Target("x86-64, GCC -O1", GCC, f"-O1 {UNFUSED}", cost=1.2),
    Target("x86-64, GCC -O2", GCC, f"-O2 {UNFUSED}"),
    Target("x86-64, GCC -O3, link-time optimisation", GCC, f"-O3 -flto {UNFUSED}"),
    Target("x86-64, GCC -O3, no lanes", GCC, f"-O3 {UNFUSED}", lanes=False, cost=2),
    Target("x86-64, GCC -O3, AVX2", GCC, f"-O3 {SETS['avx2']}", needs="avx2", cost=0.8),
    Target(
        "x86-64, GCC -O3, AVX-512",
        GCC,
        f"-O3 {SETS['avx512']}",
        needs="avx512f avx512dq avx512vl avx512bw",
        cost=0.6,
    ),
    Target("x86-64, clang -O3", CLANG, f"-O3 {UNFUSED}"),
    Target("x86-64, clang -O3, AVX2", CLANG, f"-O3 {SETS['avx2']}", needs="avx2", cost=0.8),
    Target("x86-64, clang -O3, no lanes", CLANG, f"-O3 {UNFUSED}", lanes=False, cost=2),
    Target(
        "x86-64 without AVX and FMA (Nehalem)",
        GCC,
        f"-O3 -static {UNFUSED}",
        runner=("qemu-x86_64", "-cpu", "Nehalem"),
        cost=30,
    ),
    Target(
        "x86-64 with AVX2, without AVX-512 (Haswell)",
        GCC,
        f"-O3 -static {SETS['avx2']}",
        runner=("qemu-x86_64", "-cpu", "Haswell"),
        cost=30,
    ),
]
OTHERS = [
    Target("Linux on 64-bit Arm, NEON", ARM, "-O2 -static", runner=("qemu-aarch64",), cost=25),
    Target(
        "Linux on 64-bit Arm, no lanes",
        ARM,
        "-O2 -static",
        runner=("qemu-aarch64",),
        lanes=False,
        cost=12,
    ),
    Target(
        "negative control: the same with fused multiply-adds",
        ARM,
        "-O2 -static -ffp-contract=fast",
        runner=("qemu-aarch64",),
        cost=25,
        expects=DIFFERS,
    ),
    Target("musl on x86-64", zig("x86_64-linux-musl"), "-O3 -mno-fma"),
    Target("macOS on Arm", zig("aarch64-macos"), "-O3 -c", expects=COMPILES, cost=0.1),
    Target("macOS on x86-64", zig("x86_64-macos"), "-O3 -c -mno-fma", expects=COMPILES, cost=0.1),
    Target(
        "Windows on x86-64 (MinGW's C library)",
        MINGW,
        f"-O3 -static {UNFUSED}",
        runner=("wine64",),
        out="flights.exe",
        cost=1.5,
    ),
    Target(
        "WebAssembly, no lanes",
        (*CLANG, "--target=wasm32"),
        WASM,
        runner=NODE,
        source="wasm.cpp",
        out="flights.wasm",
        lanes=False,
        cost=3,
    ),
    Target(
        "WebAssembly with SIMD",
        (*CLANG, "--target=wasm32"),
        f"-msimd128 {WASM}",
        runner=NODE,
        source="wasm.cpp",
        out="flights.wasm",
        cost=3,
    ),
]
TARGETS = [*X86_64, *OTHERS]
