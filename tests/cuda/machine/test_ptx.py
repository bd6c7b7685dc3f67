"""Translation of PTX to C++: each kind of instruction, on small kernels."""

import ctypes

import numpy as np
import pytest

from tests.cuda.machine import ptx
from tests.cuda.machine.build import MACHINE
from tests.native.build import compile_cpp

GRID = '#include "grid.h"\nthread_local GridPlace blockIdx, blockDim, threadIdx;\n'
HEAD = """.visible .entry tried(
\t.param .align 8 .b8 tried_param_0[8]
)
{
\t.reg .pred %p<9>;
\t.reg .b16 %rs<9>;
\t.reg .b32 %r<9>;
\t.reg .f32 %f<9>;
\t.reg .b64 %rd<9>;
\t.reg .f64 %fd<9>;
\tld.param.u64 %rd0, [tried_param_0];
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Function that runs some instructions over eight words of 64 bits and returns these."""
    count = 0

    def run_instructions(code: str, words: list[int]) -> list[int]:
        nonlocal count
        count += 1
        folder = tmp_path_factory.mktemp("ptx")
        source = folder / "tried.cpp"
        source.write_text(GRID + ptx.translated(f"{HEAD}{code}\n\tret;\n\n}}\n"))
        library = folder / f"tried{count}.so"
        compile_cpp(library, [source], ["-shared", "-fPIC", "-w", "-O1", f"-I{MACHINE}"])
        memory = np.array([w % 2**64 for w in words] + [0] * (8 - len(words)), np.uint64)
        address = ctypes.c_uint64(memory.ctypes.data)
        ctypes.CDLL(str(library)).run_tried(ctypes.byref(address))
        return [int(word) for word in memory]

    return run_instructions


def f32(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def test_integers_wrap_shift_and_extend_by_their_signs(run) -> None:
    code = """
\tld.u32 %r1, [%rd0];
\tadd.s32 %r2, %r1, 1;
\tst.u32 [%rd0+8], %r2;
\tshr.s32 %r3, %r1, 40;
\tst.u32 [%rd0+16], %r3;
\tshl.b32 %r4, %r1, 32;
\tst.u32 [%rd0+24], %r4;
\tld.s8 %rs1, [%rd0];
\tcvt.s64.s16 %rd1, %rs1;
\tst.u64 [%rd0+32], %rd1;
\tmul.wide.s32 %rd2, %r1, -2;
\tst.u64 [%rd0+40], %rd2;
"""
    words = run(code, [0x800000FF])
    assert words[1:4] == [0x80000100, 0xFFFFFFFF, 0]
    assert words[4] == 2**64 - 1  # the byte 0xff is -1
    assert words[5] == (2**31 - 255) * 2  # -(2^31 - 255) times -2


def test_minima_order_zeros_and_prefer_numbers_to_nans(run) -> None:
    code = """
\tld.f32 %f1, [%rd0];
\tld.f32 %f2, [%rd0+8];
\tmin.f32 %f3, %f1, %f2;
\tst.f32 [%rd0+16], %f3;
\tmax.f32 %f4, %f1, %f2;
\tst.f32 [%rd0+24], %f4;
"""
    assert run(code, [f32(0.0), f32(-0.0)])[2:4] == [f32(-0.0), f32(0.0)]
    assert run(code, [f32(float("nan")), f32(5.0)])[2:4] == [f32(5.0), f32(5.0)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3.9, 3), (-3.9, -3), (1e20, 2**31 - 1), (-1e20, -(2**31)), (float("nan"), 0)],
)
def test_conversions_to_integers_truncate_and_saturate(run, value, expected) -> None:
    code = """
\tld.f32 %f1, [%rd0];
\tcvt.rzi.s32.f32 %r1, %f1;
\tst.u32 [%rd0+8], %r1;
"""
    assert run(code, [f32(value)])[1] == expected % 2**32


@pytest.mark.parametrize(
    ("comparison", "of_numbers", "of_nan"),
    [("lt", 1, 0), ("ltu", 1, 1), ("ne", 1, 0), ("neu", 1, 1), ("nan", 0, 1), ("num", 1, 0)],
)
def test_comparisons_are_ordered_or_not(run, comparison, of_numbers, of_nan) -> None:
    code = f"""
\tld.f32 %f1, [%rd0];
\tsetp.{comparison}.f32 %p1, %f1, 0f40000000;
\tselp.b32 %r1, 1, 0, %p1;
\tst.u32 [%rd0+8], %r1;
"""
    assert run(code, [f32(1.0)])[1] == of_numbers
    assert run(code, [f32(float("nan"))])[1] == of_nan


def test_bytes_are_permuted_and_bits_inserted(run) -> None:
    code = """
\tld.u32 %r1, [%rd0];
\tld.u32 %r2, [%rd0+8];
\tprmt.b32 %r3, %r1, %r2, 0x7A40;
\tst.u32 [%rd0+16], %r3;
\tbfi.b32 %r4, %r1, %r2, 8, 16;
\tst.u32 [%rd0+24], %r4;
""".replace("0x7A40", str(0x7A40))
    words = run(code, [0x44338211, 0x88776655])
    # Bytes 0 and 4, the sign of byte 2 (0x33, so 0), byte 7.
    assert words[2] == 0x88005511
    assert words[3] == 0x88821155


def test_pairs_are_split_and_joined(run) -> None:
    code = """
\tld.u64 %rd1, [%rd0];
\tmov.b64 {%r1, %r2}, %rd1;
\tmov.b64 %rd2, {%r2, %r1};
\tst.u64 [%rd0+8], %rd2;
\tld.v2.u32 {%r3, %r4}, [%rd0];
\tst.v2.u32 [%rd0+16], {%r4, %r3};
"""
    assert run(code, [0x1111111122222222])[1:3] == [0x2222222211111111] * 2


def test_branches_loop(run) -> None:
    code = """
\tmov.u32 %r1, 0;
\tmov.u32 %r2, 0;
$L__BB0_1:
\tadd.s32 %r1, %r1, 1;
\tadd.s32 %r2, %r2, %r1;
\tsetp.lt.u32 %p1, %r1, 10;
\t@%p1 bra $L__BB0_1;
\tst.u32 [%rd0], %r2;
"""
    assert run(code, [])[0] == 55


def test_blocks_have_registers_of_their_own(run) -> None:
    code = """
\tmov.u64 %rd1, 5;
\t{
\t.reg .b64 %lhs;
\tshl.b64 %lhs, %rd1, 3;
\tadd.u64 %rd2, %lhs, 2;
\t}
\tst.u64 [%rd0], %rd2;
"""
    assert run(code, [])[0] == 42


@pytest.mark.parametrize(
    "instruction",
    [
        "sin.approx.f32 %f1, %f2",
        "add.rz.f32 %f1, %f2, %f3",
        "bar.sync 0",
        "cvt.rn.ftz.f32.f64 %f1, %fd2",
    ],
)
def test_an_unknown_instruction_is_refused(instruction) -> None:
    with pytest.raises(ptx.UntranslatableError, match=instruction.split()[0]):
        ptx.translated(f"{HEAD}\t{instruction};\n\tret;\n\n}}\n")


def test_fused_multiply_adds_of_floats_are_refused() -> None:
    with pytest.raises(ptx.UntranslatableError):
        ptx.translated(f"{HEAD}\tfma.rn.f32 %f1, %f2, %f3, %f4;\n\tret;\n\n}}\n")
    assert ptx.instructions(f"{HEAD}\tfma.rn.f64 %fd1, %fd2, %fd3, %fd4;\n\tret;\n\n}}\n") == [
        *("ld.param.u64", "fma.rn.f64", "ret")
    ]
