"""Translation of PTX to C++: runs the code that NVIDIA's compiler made of a kernel on the CPU.

    python -m tests.cuda.machine.ptx kernels.ptx > kernels.cpp

Each kernel becomes a function that runs one thread. A register is its bits; an instruction of a
type reads them as that type (``ptx.h``). Kernels in which threads share memory or wait for one
another are refused, and so is each instruction that the tables below do not have.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_TYPES = {
    **{f"{kind}{bits}": f"uint{bits}_t" for kind in ("b", "u") for bits in (8, 16, 32, 64)},
    **{f"s{bits}": f"int{bits}_t" for bits in (8, 16, 32, 64)},
    "f32": "float",
    "f64": "double",
    "pred": "bool",
}
_REGISTERS = {"f32": "uint32_t", "f64": "uint64_t"}  # their bits
_SPECIAL = {
    f"%{register}.{axis}": f"{register}.{axis}"
    for register in ("ctaid", "ntid", "tid")
    for axis in "xyz"
}
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_COMPARISONS |= {"lo": "<", "ls": "<=", "hi": ">", "hs": ">="}
_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "rem": "%"}
_OPERATORS |= {"and": "&", "or": "|", "xor": "^"}
_WIDER = {"u16": "u32", "s16": "s32", "u32": "u64", "s32": "s64"}
# Modifiers that change no value here: rounding to nearest, low half, state spaces, cache hints.
_NEUTRAL = {"rn", "lo", "uni", "nc", "global", "local", "to", "wide", "volatile"}


class Kernel(NamedTuple):
    """One kernel of a PTX file: its name and the text of its body."""

    name: str
    parameter: str
    body: str


class UntranslatableError(ValueError):
    """Instruction or declaration that the translator does not know."""


def kernels(ptx: str) -> list[Kernel]:
    """Kernels of a PTX file, each of one parameter, a struct."""
    found = []
    for match in re.finditer(r"\.visible \.entry (\w+)\((.*?)\)(.*?)\n\{\n(.*?)\n\}\n", ptx, re.S):
        name, parameters, _, body = match.groups()
        names = re.findall(r"(\w+_param_\d+)", parameters)
        if len(names) != 1:
            raise UntranslatableError(f"{name} must have one parameter, got {len(names)}")
        found.append(Kernel(name, names[0], body))
    return found


Note = Callable[[str], list[str]]


def no_note(statement: str) -> list[str]:
    """Nothing before any statement."""
    return []


def translated(ptx: str, notes: Mapping[str, Note] = MappingProxyType({})) -> str:
    """C++ of a PTX file: a function ``void run_NAME(const void*)`` for each kernel.

    Args:
        ptx: the file's text.
        notes: by the name of a kernel, the C++ to put before each of its statements.
    """
    text = re.sub(r"//.*", "", ptx)
    functions = [_function(k, notes.get(k.name, no_note)) for k in kernels(text)]
    return "\n".join(['#include "ptx.h"', *_constants(text), *functions, ""])


def instructions(ptx: str) -> list[str]:
    """Names of the instructions of a PTX file with their modifiers, such as ``add.rn.f32``."""
    bodies = (_statements(kernel.body) for kernel in kernels(re.sub(r"//.*", "", ptx)))
    return [parts_of(s)[1] for body in bodies for s in body if is_instruction(s)]


def is_instruction(statement: str) -> bool:
    """Whether a statement is neither a declaration, nor a label, nor a brace."""
    return not statement.startswith((".", "$", "{", "}"))


def _constants(ptx: str) -> list[str]:
    pattern = r"\.(?:global|const) \.align (\d+) \.b8 (\w+)\[(\d+)\] = \{([^}]*)\};"
    return [
        f"alignas({align}) static const unsigned char {name}[{size}] = {{{values}}};"
        for align, name, size, values in re.findall(pattern, ptx)
    ]


def _statements(body: str) -> list[str]:
    body = re.sub(r"^(\$\w+):", r"\1:;", body, flags=re.M)
    body = re.sub(r"^\s*([{}])\s*$", r"\1;", body, flags=re.M)  # a block with registers of its own
    return [" ".join(part.split()) for part in body.split(";") if part.strip()]


def _function(kernel: Kernel, note: Note) -> str:
    lines = [f"const void* const {kernel.parameter} = call;"]
    for statement in _statements(kernel.body):
        lines += note(statement)
        if statement.startswith("."):
            lines += _declared(statement)
        else:
            lines.append(statement if statement in "{}" else _instruction(statement))
    body = "\n  ".join(lines)
    return f'extern "C" void run_{kernel.name}(const void* call) {{\n  {body}\n}}'


def _declared(statement: str) -> list[str]:
    if match := re.match(r"\.reg \.(\w+) %(\w+)<(\d+)>$", statement):
        kind, name, count = match.groups()
        registers = ", ".join(f"{name}{i} = 0" for i in range(int(count)))
        return [f"{_REGISTERS.get(kind, _TYPES[kind])} {registers};"]
    if match := re.match(r"\.reg \.(\w+) %(\w+)$", statement):
        return [f"{_REGISTERS.get(match[1], _TYPES[match[1]])} {match[2]} = 0;"]
    if match := re.match(r"\.local \.align (\d+) \.b8 (\w+)\[(\d+)\]$", statement):
        align, name, size = match.groups()
        # Not zeros: a kernel that reads what it never wrote shall not look right.
        return [
            f"alignas({max(16, int(align))}) static thread_local unsigned char {name}[{size}];",
            f"std::memset({name}, 0xa5, sizeof {name});",
        ]
    if statement.startswith((".loc", ".pragma")):
        return []
    raise UntranslatableError(statement)


def parts_of(statement: str) -> tuple[str, str, list[str]]:
    """Guard, instruction and operands of a statement."""
    guard = ""
    if match := re.match(r"@(!?)%(\w+) (.*)", statement):
        guard, statement = f"if ({match[1]}{match[2]}) ", match[3]
    name, _, rest = statement.partition(" ")
    return guard, name, re.findall(r"\{[^}]*\}|\[[^\]]*\]|[^,\s]+", rest)


def _instruction(statement: str) -> str:
    if statement.startswith("$"):
        return f"{_label(statement[:-1])}:;"
    guard, name, operands = parts_of(statement)
    base, *modifiers = name.split(".")
    if base == "bra":
        return f"{guard}goto {_label(operands[0])};"
    if base == "ret":
        return f"{guard}return;"
    try:
        return guard + _TRANSLATORS[base](modifiers, operands)
    except KeyError as unknown:
        raise UntranslatableError(f"{statement} ({unknown})") from None


def _label(name: str) -> str:
    return name.replace("$", "")


def _require_neutral(modifiers: list[str]) -> None:
    for modifier in modifiers:
        if modifier not in _NEUTRAL:
            raise KeyError(modifier)


def _get(operand: str, kind: str) -> str:
    """Value of an operand, read as a type."""
    if operand in _SPECIAL:
        return f"get<{_TYPES[kind]}>({_SPECIAL[operand]})"
    if operand.startswith("%"):
        return f"get<{_TYPES[kind]}>({operand[1:]})"
    if match := re.match(r"0[fF]([0-9a-fA-F]{8})$", operand):
        return f"get<{_TYPES[kind]}>(uint32_t{{0x{match[1]}u}})"
    if match := re.match(r"0[dD]([0-9a-fA-F]{16})$", operand):
        return f"get<{_TYPES[kind]}>(uint64_t{{0x{match[1]}ull}})"
    if re.match(r"-?\d+$", operand):
        number = "INT64_MIN" if int(operand) == -(2**63) else operand
        suffix = "" if number == "INT64_MIN" else "ull" if int(operand) >= 2**63 else "ll"
        return f"static_cast<{_TYPES[kind]}>({number}{suffix})"
    return f"static_cast<{_TYPES[kind]}>(address({operand}))"


def _put(operand: str, value: str, kind: str) -> str:
    return f"put({operand[1:]}, static_cast<{_TYPES[kind]}>({value}));"


def _packed(operand: str) -> list[str]:
    return [part.strip() for part in operand[1:-1].split(",")]


def place_of(operand: str) -> str:
    """Address of an operand in brackets."""
    match = re.match(r"\[([%\w$.]+)(?:([+-])(-?\d+))?\]$", operand)
    if match is None:
        raise UntranslatableError(operand)
    base, sign, offset = match.groups()
    start = base[1:] if base.startswith("%") else f"address({base})"
    return f"({start} {sign or '+'} ({offset or 0}))"


def _load(modifiers: list[str], operands: list[str]) -> str:
    *spaces, kind = modifiers
    _require_neutral([s for s in spaces if s not in ("param", "v2", "v4")])
    wide = operands[0].startswith("{")
    registers = _packed(operands[0]) if wide else [operands[0]]
    size = int(kind[1:]) // 8
    place = place_of(operands[1])
    kept = [(k, r) for k, r in enumerate(registers) if r != "_"]
    # All parts are read before a register changes: the address can be among them.
    read = " ".join(
        f"const auto t{k} = load<{_TYPES[kind]}>({place} + {k * size});" for k, _ in kept
    )
    return f"{{ {read} {' '.join(f'put({r[1:]}, t{k});' for k, r in kept)} }}"


def _store(modifiers: list[str], operands: list[str]) -> str:
    *spaces, kind = modifiers
    _require_neutral([s for s in spaces if s not in ("v2", "v4")])
    wide = operands[1].startswith("{")
    values = _packed(operands[1]) if wide else [operands[1]]
    size = int(kind[1:]) // 8
    stores = (
        f"store({place_of(operands[0])} + {k * size}, {_get(v, kind)});"
        for k, v in enumerate(values)
    )
    return f"{{ {' '.join(stores)} }}"


def _move(modifiers: list[str], operands: list[str]) -> str:
    kind = modifiers[-1]
    to, of = operands
    if of.startswith("{"):
        low, high = _packed(of)
        half = f"u{int(kind[1:]) // 2}"
        return _put(to, f"join({_get(low, half)}, {_get(high, half)})", f"u{kind[1:]}")
    if to.startswith("{"):
        half, whole = f"u{int(kind[1:]) // 2}", _get(of, f"u{kind[1:]}")
        shift = int(kind[1:]) // 2
        parts = ((p, k * shift) for k, p in enumerate(_packed(to)) if p != "_")
        puts = " ".join(_put(p, f"t >> {by}", half) for p, by in parts)
        return f"{{ const auto t = {whole}; {puts} }}"
    return _put(to, _get(of, kind), kind)


def _convert(modifiers: list[str], operands: list[str]) -> str:
    *ways, to, of = modifiers
    value = _get(operands[1], of)
    if to[0] in "us" and of[0] == "f":
        rounded = {"rzi": "std::trunc", "rni": "std::nearbyint", "rmi": "std::floor"}[ways[0]]
        return _put(operands[0], f"saturated<{_TYPES[to]}>({rounded}({value}))", to)
    if ways in (["rmi"], ["rni"], ["rzi"]):
        rounded = {"rmi": "std::floor", "rni": "std::nearbyint", "rzi": "std::trunc"}[ways[0]]
        return _put(operands[0], f"{rounded}({value})", to)
    _require_neutral(ways)
    return _put(operands[0], value, to)


def _compare(modifiers: list[str], operands: list[str]) -> str:
    comparison, kind = modifiers
    a, b = _get(operands[1], kind), _get(operands[2], kind)
    if kind[0] == "f" and comparison in ("nan", "num"):
        value = f"unordered({a}, {b}) == {'true' if comparison == 'nan' else 'false'}"
    elif kind[0] == "f" and comparison[-1] == "u":  # or unordered
        value = f"{a} {_COMPARISONS[comparison[:-1]]} {b} || unordered({a}, {b})"
    elif kind[0] == "f" and comparison == "ne":  # C++'s != is true for a NaN
        value = f"{a} != {b} && !unordered({a}, {b})"
    else:
        value = f"{a} {_COMPARISONS[comparison]} {b}"
    return _put(operands[0], value, "pred")


def _binary(symbol: str) -> Callable[[list[str], list[str]], str]:
    def translate(modifiers: list[str], operands: list[str]) -> str:
        *ways, kind = modifiers
        if "hi" in ways:
            value = f"high_product({_get(operands[1], kind)}, {_get(operands[2], kind)})"
            return _put(operands[0], value, kind)
        _require_neutral(ways)
        wide = _WIDER[kind] if "wide" in ways else kind
        a, b = (f"static_cast<{_TYPES[wide]}>({_get(x, kind)})" for x in operands[1:])
        if kind[0] == "s" and symbol in "+-*":  # they wrap around
            a, b = (f"static_cast<{_TYPES['u' + wide[1:]]}>({x})" for x in (a, b))
        return _put(operands[0], f"{a} {symbol} {b}", wide)

    return translate


def _function_of(name: str) -> Callable[[list[str], list[str]], str]:
    """Instruction whose value is a C++ function of its operands, all of its type."""

    def translate(modifiers: list[str], operands: list[str]) -> str:
        *ways, kind = modifiers
        _require_neutral(ways)
        values = ", ".join(_get(x, kind) for x in operands[1:])
        return _put(operands[0], f"{name}({values})", kind)

    return translate


def _fused(modifiers: list[str], operands: list[str]) -> str:
    if modifiers != ["rn", "f64"]:
        raise KeyError(".".join(modifiers))
    return _function_of("std::fma")(modifiers, operands)


def _multiply_add(modifiers: list[str], operands: list[str]) -> str:
    *ways, kind = modifiers
    _require_neutral(ways)
    wide = _WIDER[kind] if "wide" in ways else kind
    unsigned = _TYPES["u" + wide[1:]]
    a, b = (f"static_cast<{unsigned}>({_get(x, kind)})" for x in operands[1:3])
    return _put(
        operands[0], f"{a} * {b} + static_cast<{unsigned}>({_get(operands[3], wide)})", wide
    )


def _select(modifiers: list[str], operands: list[str]) -> str:
    a, b = (_get(x, modifiers[0]) for x in operands[1:3])
    return _put(operands[0], f"{operands[3][1:]} ? {a} : {b}", modifiers[0])


def _shift(name: str) -> Callable[[list[str], list[str]], str]:
    def translate(modifiers: list[str], operands: list[str]) -> str:
        kind = modifiers[0]
        value = f"{name}({_get(operands[1], kind)}, {_get(operands[2], 'u32')})"
        return _put(operands[0], value, kind)

    return translate


def _insert(modifiers: list[str], operands: list[str]) -> str:
    kind = modifiers[0]
    values = [_get(x, kind) for x in operands[1:3]] + [_get(x, "u32") for x in operands[3:]]
    return _put(operands[0], f"insert({', '.join(values)})", kind)


def _not(modifiers: list[str], operands: list[str]) -> str:
    kind = modifiers[0]
    return _put(operands[0], f"{'!' if kind == 'pred' else '~'}{_get(operands[1], kind)}", kind)


_TRANSLATORS: dict[str, Callable[[list[str], list[str]], str]] = {
    **{name: _binary(symbol) for name, symbol in _OPERATORS.items()},
    "ld": _load,
    "st": _store,
    "mov": _move,
    "cvt": _convert,
    "setp": _compare,
    "selp": _select,
    "fma": _fused,
    "mad": _multiply_add,
    "bfi": _insert,
    "not": _not,
    "shl": _shift("left_shift"),
    "shr": _shift("right_shift"),
    "neg": _function_of("negative"),
    "abs": _function_of("magnitude"),
    "min": _function_of("lesser"),
    "max": _function_of("greater"),
    "rcp": _function_of("reciprocal"),
    "sqrt": _function_of("std::sqrt"),
    "prmt": _function_of("permuted"),
    "copysign": _function_of("with_sign_of"),
    "cvta": _function_of(""),
}


if __name__ == "__main__":
    sys.stdout.write(translated(Path(sys.argv[1]).read_text()))
