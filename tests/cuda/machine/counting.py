"""Kernels that count: executions of each basic block, and accesses to memory, by thread."""

from __future__ import annotations

import re

from tests.cuda.machine import ptx


def counted(text: str, kernel: str) -> str:
    """C++ of a PTX file in which a kernel with a stack counts, as ``counting.h`` says."""
    notes = _Notes()
    code = ptx.translated(text, {kernel: notes})
    sizes = ", ".join(map(str, notes.block_sizes))
    return f"""#include "counting.h"
{code}
extern "C" {{
extern const uint64_t test_blocks = {len(notes.block_sizes)}, test_stack_bytes = {notes.stack};
extern const uint32_t test_block_sizes[] = {{{sizes}}};
}}
"""


class _Notes:
    """Lines before each statement: a basic block begins, or memory is accessed.

    A block begins at a label and behind a branch. Instructions under a predicate belong to it: a
    warp issues them, whatever the predicate is.
    """

    def __init__(self) -> None:
        self.block_sizes: list[int] = []  # instructions
        self.stack = 0  # bytes
        self._stack_name = ""
        self._begins = True

    def __call__(self, statement: str) -> list[str]:
        if match := re.match(r"\.local .* (\w+)\[(\d+)\]$", statement):
            self._stack_name, self.stack = match[1], int(match[2])
        if not ptx.is_instruction(statement):
            self._begins |= statement.startswith("$")
            return []
        lines = self._begun() if self._begins else []
        self.block_sizes[-1] += 1
        guard, name, operands = ptx.parts_of(statement)
        base, *modifiers = name.split(".")
        self._begins = base in ("bra", "ret")
        if base in ("ld", "st") and "param" not in modifiers:
            lines.append(guard + _access(base, modifiers, operands))
        return lines

    def _begun(self) -> list[str]:
        self.block_sizes.append(0)
        block = len(self.block_sizes) - 1
        first = [] if block else [f"ThreadCounts counts(call, {self._stack_name});"]
        return [*first, f"counts.run({block});"]


def _access(base: str, modifiers: list[str], operands: list[str]) -> str:
    place, kind = (operands[1], "loaded") if base == "ld" else (operands[0], "stored")
    parts = next((int(m[1:]) for m in modifiers if re.match(r"v\d", m)), 1)
    size = parts * int(modifiers[-1][1:]) // 8
    return f"counts.access({ptx.place_of(place)}, {size}, {kind});"
