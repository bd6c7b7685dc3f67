"""Custom calls for GPUs on the stand-in for libcuda: bytes, streams, refusals."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from lander_envs import _native
from lander_envs.jax import gpu
from lander_envs.transforms.pixels import PictureSize
from tests.cuda.machine.session import STREAM
from tests.jax.on_stand_in import COPIED, FLIGHTS, states


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


@pytest.mark.parametrize("name", FLIGHTS)
def test_states_have_the_bytes_of_the_calls_for_cpu_devices(found, name) -> None:
    assert found["states"][name] == states(name)


@pytest.mark.parametrize("name", COPIED)
def test_a_state_that_shares_no_memory_is_copied_first(found, name) -> None:
    assert found["without_aliases"][name] == found["states"][name]
    assert found["copies"] > 0


NEW_PICTURE = ["lander_place_pictures", "lander_lay_bases", "lander_draw_new_pictures"]
FIRST_PICTURE = ["lander_draw_new_bases", *NEW_PICTURE, "lander_spread_pictures"]


def test_a_call_of_pictures_launches_its_kernels_in_order(found) -> None:
    launches = found["pixel_launches"]
    first = ["lander_pure", *FIRST_PICTURE, "lander_write_stacks"]
    step = ["lander_pure", *NEW_PICTURE, "lander_write_stacks"]
    assert launches["reset"] == ["fill"] * 7 + first
    assert launches["step"] == step + first
    assert launches["step_env"] == [*step, "copy"]


def test_all_is_launched_on_xlas_stream_and_a_camera_is_uploaded_once(found) -> None:
    counts = {kernel: count for kernel, _, count in found["launches"]}
    assert {stream for _, stream, _ in found["launches"]} == {STREAM}
    assert counts["upload"] == 4  # 84 x 84, 30 x 40, 28 x 28 in colour, 42 x 42
    assert found["contexts"] == 0


@pytest.mark.parametrize("kind", ["states", "pictures"])
def test_the_old_state_stays_valid(found, kind) -> None:
    assert found["one_lander"][kind]["pure"]


@pytest.mark.parametrize("kind", ["states", "pictures"])
def test_an_invalid_action_or_argument_gives_nan_and_keeps_the_state(found, kind) -> None:
    one = found["one_lander"][kind]
    assert one["nan"]
    assert one["kept"]
    assert not one["done"]


def test_an_invalid_call_shows_the_old_stack_and_an_invalid_reset_a_black_one(found) -> None:
    assert found["one_lander"]["pictures"]["old_stack"]
    assert found["one_lander"]["pictures"]["black"]


def test_a_batch_of_no_environments_is_stepped(found) -> None:
    assert found["empty_batch"] == "no error"


def test_calls_before_the_kernels_are_loaded_are_refused(found) -> None:
    assert "the kernels are not loaded: call lander_envs.jax.make()" in found["unloaded"]


@pytest.mark.parametrize("function", ["cuLaunchKernel", "cuMemAlloc"])
def test_a_function_of_libcuda_that_fails_is_told(found, function) -> None:
    assert f"{function} failed with CUDA error 2" in found["failures"][function]


def test_a_picture_whose_cells_are_too_large_for_a_thread_is_refused(found) -> None:
    assert "obs_size must be at least [24, 24] on a GPU" in found["failures"]["small"]


PIXELS = PictureSize(84, 84, True)


@pytest.mark.parametrize(
    ("platform", "picture", "loads"),
    [
        ("cpu", None, []),
        ("cpu", PIXELS, []),
        ("gpu", None, ["pure_kernels"]),
        ("gpu", PIXELS, ["pure_picture_kernels", "pure_kernels"]),
    ],
)
def test_kernels_are_loaded_where_the_default_device_is_a_gpu(
    monkeypatch, platform, picture, loads
) -> None:
    device, loaded = SimpleNamespace(platform=platform, compute_capability="8.6"), []
    monkeypatch.setattr(gpu.jax, "devices", lambda: [device])
    monkeypatch.setattr(gpu, "load_for", lambda *call: loaded.append(call))
    gpu.load_kernels(picture)
    assert loaded == [("8.6", kernels) for kernels in loads]


def test_small_pictures_are_refused_before_anything_is_compiled(monkeypatch) -> None:
    device = SimpleNamespace(platform="gpu", compute_capability="8.6")
    monkeypatch.setattr(gpu.jax, "devices", lambda: [device])
    with pytest.raises(ValueError, match=r"^obs_size must be at least \[24, 24\].*got \[23, 23\]$"):
        gpu.load_kernels(PictureSize(23, 23, True))


def test_an_old_gpu_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"compute capability 8\.0 or higher, got 7\.5"):
        gpu.load_for("7.5", gpu.KERNELS)


def test_the_engine_offers_reset_and_step_for_gpus() -> None:
    assert sorted(_native.jax_cuda_targets()) == ["lander_envs_reset", "lander_envs_step"]


def test_another_number_of_functions_is_refused() -> None:
    with pytest.raises(ValueError, match="functions must be those of CudaFunctions"):
        _native.start_jax_cuda([0], "pure_kernels", b"image")
