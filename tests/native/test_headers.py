"""The core headers stay what a GPU compiler can take."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.native import layers
from tests.native.build import NATIVE, TESTS

CORE = sorted(path for layer in layers.CORE for path in (NATIVE / layer).glob("*.h"))

pytestmark = pytest.mark.skipif(not CORE, reason="the sources are not here")


def code_of(path: Path) -> str:
    return re.sub(r"//.*", "", path.read_text())


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_the_portability_header_knows_the_standard_library(path) -> None:
    code = code_of(path)
    if path.name == "portability.h":
        return
    assert not re.findall(r"#include\s*<.*>", code)
    assert "std::" not in code
    assert "__host__" not in code


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_heap_no_exceptions_no_virtuals(path) -> None:
    code = code_of(path)
    assert not re.findall(r"\b(new|delete|malloc|throw|try|catch|virtual|typeid)\b", code)


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_headers_fit_in_a_head(path) -> None:
    assert len(path.read_text().splitlines()) <= 350


WITHOUT_BEHAVIOUR = {"portability.h", "constants.h", "sine_table.h", "trace.h", "state.h"}


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_header_has_a_test_of_its_name(path) -> None:
    test = TESTS / path.parent.name / f"{path.stem}.cpp"
    assert test.exists() != (path.name in WITHOUT_BEHAVIOUR)


KERNEL = """
#include "render/camera.h"
#include "env/serialize.h"
extern "C" __global__ void step_all(lander::State* states, const lander::Params* params,
                                    const int* actions, lander::StepResult* out, int count) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        lander::NoTrace trace;
        lander::State& state = states[i];
        const lander::StepDraws draws = lander::draw_step(state.random);
        out[i] = lander::step(state, *params, {actions[i], 0.0, 0.0}, draws, trace);
    }
}
extern "C" __global__ void reset_all(lander::State* states, const lander::Params* params,
                                     lander::StepResult* out, int count) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        lander::NoTrace trace;
        const unsigned int seed = i;
        states[i].random = lander::seeded_pcg64(&seed, 1);
        const lander::ResetDraws draws = lander::draw_reset(states[i].random, *params);
        const lander::StepDraws first = lander::draw_step(states[i].random);
        out[i] = lander::reset(states[i], *params, draws, first, trace);
    }
}
extern "C" __global__ void draw_all(const lander::Camera* camera, const lander::State* states,
                                    const lander::Particles* particles, const unsigned char* bases,
                                    lander::Scratch* scratch, unsigned char* out, int count) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        const int bytes = lander::picture_bytes(camera->reduction);
        lander::take_picture(*camera, states[i].world, particles[i], bases + i * bytes,
                             scratch[i], out + i * bytes);
    }
}
"""


@pytest.mark.skipif(shutil.which("nvcc") is None, reason="nvcc is not installed")
def test_the_core_compiles_as_a_cuda_kernel(tmp_path) -> None:
    source = tmp_path / "kernel.cu"
    source.write_text(KERNEL)
    command = ["nvcc", "-std=c++20", "--fmad=false", "-arch=sm_80", "-ptx", "-I", str(NATIVE)]
    subprocess.run([*command, str(source), "-o", str(tmp_path / "kernel.ptx")], check=True)
    assert "step_all" in (tmp_path / "kernel.ptx").read_text()
