"""Flights of the custom calls for GPUs, on the stand-in for libcuda, in a process of their own.

    python -m tests.jax.on_stand_in FOLDER

Prints a JSON object. XLA calls the functions of jax_cuda_targets.cpp for CPU devices, in the place
of the engine's own calls for these.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np

from lander_envs import _native
from tests.cuda.machine.build import on_host
from tests.cuda.machine.session import Machine, session
from tests.native.build import NATIVE, UNFUSED, compile_cpp

WIND = {"enable_wind": True, "wind_power": 20.0, "turbulence_power": 2.0}
FLIGHTS: dict[str, tuple[str, dict[str, Any]]] = {
    "Lander": ("lander_envs/Lander-v0", {}),
    "Lander, wind": ("lander_envs/Lander-v0", WIND),
    "LanderContinuous": ("lander_envs/LanderContinuous-v0", {"max_episode_steps": 70}),
    "MaskedVelocityLander": ("lander_envs/MaskedVelocityLander-v0", {"angular": False}),
    "NormalizedLander": ("lander_envs/NormalizedLander-v0", {"scale": "unit"}),
    "ShapedLander": ("lander_envs/ShapedLander-v0", {"distance": 100.0}),
    "PixelLander": ("lander_envs/PixelLander-v0", {}),
    "PixelLander, both, wind": (
        "lander_envs/PixelLander-v0",
        {"obs": "both", "obs_size": [30, 40], **WIND},
    ),
    "PixelLander, RGB, two frames": (
        "lander_envs/PixelLander-v0",
        {"grayscale": False, "obs_size": 28, "frame_stack": 2},
    ),
    "PixelLander, base steps, throttles": (
        "lander_envs/PixelLander-v0",
        {"frame_skip": 1, "max_episode_steps": 30, "obs_size": 42, "continuous": True},
    ),
}
NUM_ENVS, STEPS, DECISIONS = 8, 200, 80


def handlers(folder: Path) -> ctypes.CDLL:
    """The custom calls for GPUs, compiled for CPU devices."""
    library = folder / "handlers.so"
    source = Path(__file__).with_name("cuda_on_host.cpp")
    flags = ["-O2", "-shared", "-fPIC", "-w", *UNFUSED.split(), "-DLANDER_HAS_XLA"]
    compile_cpp(library, [source], [*flags, f"-I{NATIVE}", f"-I{jax.ffi.include_dir()}"])
    return ctypes.CDLL(str(library))


@contextlib.contextmanager
def gpu_calls(folder: Path) -> Iterator[Machine]:
    """``lander_envs.jax`` with the custom calls for GPUs."""
    library = handlers(folder)
    names = {"lander_envs_reset": library.test_reset, "lander_envs_step": library.test_step}
    targets = {name: jax.ffi.pycapsule(function) for name, function in names.items()}

    def start(functions: list[int], kernels: str, cubin: bytes) -> None:
        addresses = (ctypes.c_void_p * len(functions))(*functions)
        library.test_start(addresses, kernels.encode(), cubin, ctypes.c_size_t(len(cubin)))

    with contextlib.ExitStack() as stack:
        machine = stack.enter_context(session(on_host(), folder / "cubins"))
        for owner, name, value in (
            (_native, "jax_targets", lambda: targets),
            (_native, "start_jax_cuda", start),
            ("lander_envs.cuda.libraries", "driver_library", lambda: machine.library),
        ):
            patch = mock.patch(f"{owner}.{name}", value) if isinstance(owner, str) else None
            stack.enter_context(patch or mock.patch.object(owner, name, value))
        yield machine


def message_of(call: Any) -> str:
    """Message of the error that a call raises."""
    try:
        jax.block_until_ready(call())
    except Exception as error:
        return str(error)
    return "no error"


def flights() -> dict[str, Any]:
    """Differences from the vector environments, and ended episodes, of each flight."""
    from tests.jax.parity import Fleet

    found = {}
    for name, (env_id, kwargs) in FLIGHTS.items():
        for wide in (False, True):
            with jax.enable_x64(wide):
                fleet = Fleet(env_id, NUM_ENVS, seed=3, **kwargs)
                steps = DECISIONS if "Pixel" in env_id else STEPS
                differences = fleet.first_differences + fleet.differences(steps)
                found[f"{name}, {64 if wide else 32} bits"] = [
                    differences,
                    sum(fleet.outcomes.values()),
                ]
    return found


def one_lander() -> dict[str, Any]:
    """Purity, and numbers of invalid calls."""
    import lander_envs.jax

    env, params = lander_envs.jax.make("lander_envs/Lander-v0")
    _, state = env.reset(lander_envs.jax.seed_key(5), params)
    before = bytes(np.asarray(jax.tree.leaves(state)[0]))
    first = env.step(None, state, 2, params)
    env.step(None, state, 0, params)
    again = env.step(None, state, 2, params)
    obs, kept, reward, done, _ = env.step(None, state, 9, params)
    lost = env.step(None, state, 0, params.replace(gravity=jnp.float32(3.0)))
    lost_reset, _ = env.reset(lander_envs.jax.seed_key(5), params.replace(wind_power=1e9))
    return {
        "pure": bytes(np.asarray(jax.tree.leaves(state)[0])) == before
        and np.array_equal(first[0], again[0]),
        "kept": bytes(np.asarray(jax.tree.leaves(kept)[0])) == before,
        "nan": bool(
            np.isnan(obs).all()
            and np.isnan(reward)
            and np.isnan(lost[0]).all()
            and np.isnan(lost_reset).all()
        ),
        "done": bool(done),
    }


def main() -> None:
    with gpu_calls(Path(sys.argv[1])) as machine:
        import lander_envs.jax
        from lander_envs.jax import gpu

        env, params = lander_envs.jax.make("lander_envs/Lander-v0")
        unloaded = message_of(lambda: env.reset(lander_envs.jax.seed_key(0), params))
        gpu.load_for("9.0", gpu.KERNELS)
        gpu.load_for("9.0", gpu.PICTURE_KERNELS)
        result = {"unloaded": unloaded, **one_lander(), "flights": flights()}
        launches = Counter((launch.kernel, launch.stream) for launch in machine.launches)
        result["launches"] = [[*key, count] for key, count in launches.items()]
        machine.fail("cuLaunchKernel", 2)
        failing = jax.jit(env.reset)
        result["failed"] = message_of(lambda: failing(lander_envs.jax.seed_key(0), params))
        result["contexts"] = machine.library.test_contexts()
        print(json.dumps(result))


if __name__ == "__main__":
    main()
