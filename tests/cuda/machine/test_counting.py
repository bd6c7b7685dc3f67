"""Counting kernels, on one of four basic blocks."""

import ctypes

import numpy as np
import pytest

from tests.cuda.machine.build import MACHINE
from tests.cuda.machine.counting import counted
from tests.cuda.prediction import Counts
from tests.native.build import compile_cpp

# Adds the first word of a thread's item to itself, as often as its second word says; the sum goes
# through the stack to the fourth word.
KERNEL = """.visible .entry tried(
\t.param .align 8 .b8 tried_param_0[8]
)
{
\t.local .align 16 .b8 __local_depot0[32];
\t.reg .pred %p<3>;
\t.reg .b32 %r<9>;
\t.reg .b64 %rd<9>;
\tmov.u64 %rd5, __local_depot0;
\tld.param.u64 %rd0, [tried_param_0];
\tmov.u32 %r0, %tid.x;
\tmul.wide.u32 %rd1, %r0, 16;
\tadd.s64 %rd2, %rd0, %rd1;
\tld.global.v2.u32 {%r1, %r2}, [%rd2];
\tmov.u32 %r3, 0;
\tsetp.eq.s32 %p1, %r2, 0;
\t@%p1 bra $L__BB0_2;
$L__BB0_1:
\tadd.s32 %r3, %r3, %r1;
\tadd.s32 %r2, %r2, -1;
\tsetp.ne.s32 %p1, %r2, 0;
\t@%p1 bra $L__BB0_1;
\tst.local.u32 [%rd5+8], %r3;
\tld.local.u32 %r3, [%rd5+8];
$L__BB0_2:
\tsetp.ne.s32 %p2, %r3, 0;
\t@%p2 st.global.u32 [%rd2+12], %r3;
\tret;

}
"""
GRID = '#include "counting.h"\nCounts test_counts;\n'
GRID += "thread_local GridPlace blockIdx, blockDim, threadIdx;\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("counting")
    (folder / "tried.cpp").write_text(GRID + counted(KERNEL, "tried"))
    flags = ["-shared", "-fPIC", "-w", f"-I{MACHINE}"]
    compile_cpp(folder / "tried.so", [folder / "tried.cpp"], flags)
    return ctypes.CDLL(str(folder / "tried.so"))


def test_a_thread_counts_its_blocks_and_the_words_that_it_accesses(library) -> None:
    executions = np.zeros((2, 4), np.uint32)
    accesses = np.zeros((2, 2), np.uint32)
    words = np.zeros((2, 4 + 8), np.uint8)  # of an item of 16 bytes, and of a stack of 32
    pointers = (array.ctypes.data for array in (executions, accesses, words))
    counts = Counts.in_dll(library, "test_counts")
    counts.executions, counts.accesses, counts.words = pointers
    counts.blocks, counts.bytes[:] = 4, (16, 32)
    items = np.array([[7, 3, 0, 0], [5, 0, 0, 0]], np.uint32)
    address = ctypes.c_uint64(items.ctypes.data)
    for thread in range(2):
        (ctypes.c_uint * 3).in_dll(library, "threadIdx")[0] = thread
        library.run_tried(ctypes.byref(address))
    assert items.tolist() == [[7, 3, 0, 21], [5, 0, 0, 0]]
    assert executions.tolist() == [[1, 3, 1, 1], [1, 0, 0, 1]]
    # The first loads two words at once and stores one; the other's store is under a predicate.
    assert accesses.tolist() == [[2, 2], [1, 0]]
    assert words.tolist() == [[1, 1, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0], [1, 1] + [0] * 10]


def test_a_block_has_the_instructions_up_to_a_branch_or_a_label(library) -> None:
    sizes = (ctypes.c_uint32 * 4).in_dll(library, "test_block_sizes")
    assert list(sizes) == [9, 4, 2, 3]
    assert ctypes.c_uint64.in_dll(library, "test_stack_bytes").value == 32
