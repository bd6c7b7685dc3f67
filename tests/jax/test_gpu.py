"""Custom calls for GPUs on the stand-in for libcuda: bytes, streams, refusals."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from lander_envs import _native
from lander_envs.jax import gpu
from tests.cuda.machine.session import STREAM
from tests.jax.on_stand_in import FLIGHTS


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict:
    """Results of the flights, from a process in which XLA's CPU devices have these calls."""
    command = [sys.executable, "-m", "tests.jax.on_stand_in", str(tmp_path_factory.mktemp("gpu"))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("name", FLIGHTS)
def test_the_kernels_give_the_bytes_of_the_vector_environments(found, name, bits) -> None:
    differences, episodes = found["flights"][f"{name}, {bits} bits"]
    assert differences == 0
    assert episodes >= 4


def test_each_call_is_one_launch_on_xlas_stream(found) -> None:
    assert [launch[:2] for launch in found["launches"]] == [["lander_pure", STREAM]]
    assert found["contexts"] == 0


def test_the_old_state_stays_valid(found) -> None:
    assert found["pure"]


def test_an_invalid_action_or_argument_gives_nan_and_keeps_the_state(found) -> None:
    assert found["nan"]
    assert found["kept"]
    assert not found["done"]


def test_pictures_are_refused_in_a_sentence(found) -> None:
    assert "PixelLander-v0 has no custom calls for GPUs: run it on CPU devices" in found["pixels"]


def test_calls_before_the_kernels_are_loaded_are_refused(found) -> None:
    assert "the kernels are not loaded: call lander_envs.jax.make()" in found["unloaded"]


def test_a_failed_launch_is_told(found) -> None:
    assert "cuLaunchKernel failed with CUDA error 2" in found["failed"]


@pytest.mark.parametrize(("platform", "loads"), [("cpu", []), ("gpu", ["8.6"])])
def test_kernels_are_loaded_where_the_default_device_is_a_gpu(monkeypatch, platform, loads) -> None:
    device, loaded = SimpleNamespace(platform=platform, compute_capability="8.6"), []
    monkeypatch.setattr(gpu.jax, "devices", lambda: [device])
    monkeypatch.setattr(gpu, "load_for", loaded.append)
    gpu.load_kernels()
    assert loaded == loads


def test_an_old_gpu_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"compute capability 8\.0 or higher, got 7\.5"):
        gpu.load_for("7.5")


def test_the_engine_offers_reset_and_step_for_gpus() -> None:
    assert sorted(_native.jax_cuda_targets()) == ["lander_envs_reset", "lander_envs_step"]


def test_another_number_of_functions_is_refused() -> None:
    with pytest.raises(ValueError, match="functions must be those of CudaFunctions"):
        _native.start_jax_cuda([0], b"cubin")
