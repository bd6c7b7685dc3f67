"""The functions on a GPU, without one: NVRTC's PTX of them, translated and run on the CPU."""

import ctypes
from unittest import mock

import numpy as np
import pytest

from lander_envs.cuda import compiler
from tests.cuda.machine import ptx
from tests.cuda.machine.build import MACHINE
from tests.cuda.machine.nvrtc import ReportingCompiler, needs_nvrtc
from tests.gpu import functions
from tests.native.build import compile_cpp

ON_ALL = """
thread_local GridPlace blockIdx, blockDim{1, 1, 1}, threadIdx;
extern "C" void functions_on_host(const void* call, long long count) {
    for (long long i = 0; i < count; ++i) {
        blockIdx.x = static_cast<unsigned>(i);
        run_functions(call);
    }
}
"""


@pytest.fixture(scope="module")
def arguments() -> np.ndarray:
    dice = np.random.default_rng(1)
    parts = [dice.uniform(-bound, bound, 25_000) for bound in functions.RANGES]
    return np.concatenate([*parts, [0.0, -0.0, np.nan, np.inf, 5e-324, 1e300]])


@needs_nvrtc
def test_nvrtcs_code_of_sine_cosine_and_tanh_gives_the_hosts_bytes(tmp_path, arguments) -> None:
    file = functions.HERE / "functions.cu"
    with mock.patch.object(compiler, "source_file", return_value=file):
        text = ReportingCompiler().report("functions", (9, 0)).ptx
    source, translated, host = (tmp_path / name for name in ("f.cpp", "ptx.so", "host.so"))
    source.write_text(ptx.translated(text) + ON_ALL)
    shared = ["-O1", "-w", "-shared", "-fPIC", f"-I{MACHINE}", f"-I{functions.HERE}"]
    compile_cpp(translated, [source], shared)
    compile_cpp(host, [functions.HERE / "functions.cpp"], shared)
    expected = functions.on_host(ctypes.CDLL(str(host)), arguments)
    values = np.empty_like(expected)
    call = functions.FunctionArguments(arguments.ctypes.data, values.ctypes.data, arguments.size)
    run = ctypes.CDLL(str(translated)).functions_on_host
    run(ctypes.byref(call), ctypes.c_longlong(arguments.size))
    numbers = ~np.isnan(expected)  # the bits of a NaN are the processor's
    assert (np.isnan(values) == ~numbers).all()
    assert values[numbers].tobytes() == expected[numbers].tobytes()
    assert numbers.sum() > 300_000
