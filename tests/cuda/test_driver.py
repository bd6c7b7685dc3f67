"""Driver of GPUs, on the stand-in for libcuda."""

import ctypes
import re

import pytest

from lander_envs.cuda import driver
from lander_envs.cuda.driver import CudaError, Gpu
from lander_envs.cuda.structures import SeedArguments
from tests.native.build import NATIVE


def seeding(count: int) -> SeedArguments:
    """Argument of a kernel that leaves every generator as it is."""
    seeding.lengths = (ctypes.c_int32 * count)()
    return SeedArguments(None, None, ctypes.addressof(seeding.lengths), 1, count)


def opened() -> Gpu:
    gpu = Gpu(0)
    gpu.load("state_kernels", "lander_seed")
    return gpu


@pytest.mark.parametrize(("threads", "blocks"), [(1, 1), (128, 1), (129, 2), (262_144, 2048)])
def test_a_launch_has_a_block_for_each_128_threads(machine, threads, blocks) -> None:
    opened().launch("lander_seed", threads, seeding(threads))
    (launch,) = machine.launches
    assert (launch.kernel, launch.grid, launch.block) == ("lander_seed", blocks, 128)


def test_a_launch_is_on_the_current_stream_of_its_time(machine) -> None:
    gpu = opened()
    for stream in (0, 77):
        machine.stream = stream
        gpu.launch("lander_seed", 1, seeding(1))
    assert [launch.stream for launch in machine.launches] == [0, 77]


def test_a_call_leaves_the_threads_context_as_it_was(machine) -> None:
    gpu = opened()
    gpu.launch("lander_seed", 1, seeding(1))
    machine.fail("cuLaunchKernel", 2)
    with pytest.raises(CudaError):
        gpu.launch("lander_seed", 1, seeding(1))
    assert machine.library.test_contexts() == 0


def test_kernels_are_loaded_once(machine) -> None:
    gpu = opened()
    machine.fail("cuModuleLoadData", 2)
    gpu.load("state_kernels", "lander_seed")


@pytest.mark.parametrize("function", ["cuInit", "cuDeviceGet", "cuDevicePrimaryCtxRetain"])
def test_an_error_at_the_opening_names_the_function_the_gpu_and_the_code(machine, function) -> None:
    machine.fail(function, 2)
    with pytest.raises(CudaError) as refused:
        Gpu(1)
    expected = f"{function} on cuda:1 failed with CUDA_ERROR_OUT_OF_MEMORY (2)"
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    "function", ["cuModuleLoadData", "cuModuleGetFunction", "cuCtxPushCurrent_v2"]
)
def test_an_error_of_loading_is_told(machine, function) -> None:
    gpu = Gpu(0)
    machine.fail(function, 2)
    with pytest.raises(CudaError, match=f"^{function} on cuda:0 failed with"):
        gpu.load("state_kernels", "lander_seed")


@pytest.mark.parametrize("capability", [(7, 5), (3, 5)])
def test_a_gpu_older_than_ampere_is_refused(machine, capability) -> None:
    machine.set_device(*capability)
    with pytest.raises(CudaError) as refused:
        Gpu(0)
    major, minor = capability
    expected = f"cuda:0 must have compute capability 8.0 or higher, got {major}.{minor}"
    assert str(refused.value) == expected


def test_a_gpu_newer_than_hopper_loads_ptx(machine) -> None:
    machine.set_device(12, 0)
    opened().launch("lander_seed", 1, seeding(1))
    assert "--gpu-architecture=compute_90 " in machine.compilations[0]


def test_a_process_opens_a_gpu_once(machine) -> None:
    assert driver.gpu(0) is driver.gpu(0)
    assert driver.gpu(0) is not driver.gpu(1)


def test_blocks_have_the_threads_that_the_kernels_are_compiled_for() -> None:
    header = (NATIVE / "kernels" / "launch.h").read_text()
    assert re.findall(r"block_threads = (\d+);", header) == [str(driver.BLOCK)]
