"""Arguments of the kernels, against the structs that a C++ compiler lays out."""

import ctypes
import json
import subprocess

import pytest

from lander_envs.cuda import structures
from lander_envs.vector.device import pictures
from tests.native.build import compile_cpp

MIRRORED = {
    name: getattr(structures, name)
    for name in (
        *("Outputs", "DeviceLanders", "StepArguments", "OrderArguments"),
        *("SeedArguments", "ParamArguments"),
        *("Record", "WriteArguments", "RestoreArguments", "PictureArguments"),
    )
}

CONSTANTS = {
    "state_and_particles_capacity": structures.STATE_CAPACITY,
    "picture_threads": pictures.WARP,
}


def fields(structure) -> list[str]:
    return [name for name, *_ in structure._fields_]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory) -> dict[str, dict[str, int]]:
    """Size and offsets of the fields of each struct, and other sizes, from the compiler."""
    folder = tmp_path_factory.mktemp("structures")
    lines = ['#include "kernels/landers.h"', '#include "kernels/pictures.h"', "#include <cstddef>"]
    lines += ["#include <cstdio>", "using namespace lander;", "int main() {", 'std::puts("{");']
    for name, structure in MIRRORED.items():
        lines.append(f'std::printf("\\"{name}\\": {{\\"total\\": %zu", sizeof({name}));')
        for field in fields(structure):
            member = field.rstrip("_")
            offset = f"offsetof({name}, {member})"
            lines.append(f'std::printf(", \\"{field}\\": %zu", {offset});')
        lines.append('std::puts("},");')
    sizes = {"entry": "sizeof(Entry)", "state": "sizeof(State)"}
    sizes |= {name: f"std::size_t{{{name}}}" for name in CONSTANTS}
    for name, value in sizes.items():
        lines.append(f'std::printf("\\"{name}\\": {{\\"total\\": %zu}},\\n", {value});')
    lines += ['std::puts("\\"end\\": {}}");', "}"]
    (folder / "layout.cpp").write_text("\n".join(lines))
    compile_cpp(folder / "layout", [folder / "layout.cpp"], ["-Wno-invalid-offsetof"])
    out = subprocess.run([folder / "layout"], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


@pytest.mark.parametrize("name", MIRRORED)
def test_a_structure_has_the_size_and_offsets_of_its_struct(laid_out, name) -> None:
    structure = MIRRORED[name]
    mine = {field: getattr(structure, field).offset for field in fields(structure)}
    assert mine | {"total": ctypes.sizeof(structure)} == laid_out[name]


def test_an_entry_has_the_size_of_its_struct(laid_out) -> None:
    size = structures.entry_bytes(laid_out["state"]["total"])
    assert size == laid_out["entry"]["total"]


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_constant_is_the_engines(laid_out, name) -> None:
    assert laid_out[name]["total"] == CONSTANTS[name]
