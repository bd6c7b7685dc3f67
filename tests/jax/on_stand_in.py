"""Flights of the custom calls for GPUs, on the stand-in for libcuda, in a process of their own.

    python -m tests.jax.on_stand_in FOLDER [--ptx]

Prints a JSON object; ends with status 1 if a byte of a flight differs. XLA calls the functions of
jax_cuda_targets.cpp for CPU devices, in the place of the engine's own calls for these. The kernels
are their source, compiled for the host, or with ``--ptx`` NVRTC's PTX, translated to C++.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import hashlib
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
from tests.cuda.machine.build import from_ptx, on_host
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
        {"grayscale": False, "obs_size": 28, "frame_stack": 2, "channels_last": True},
    ),
    "PixelLander, base steps, throttles": (
        "lander_envs/PixelLander-v0",
        {"frame_skip": 1, "max_episode_steps": 30, "obs_size": 42, "continuous": True},
    ),
}
COPIED = ("Lander", "PixelLander, both, wind")  # flown without aliases, too
NUM_ENVS, STEPS, DECISIONS = 8, 200, 80


def handlers(folder: Path) -> ctypes.CDLL:
    """The custom calls for GPUs, compiled for CPU devices."""
    library = folder / "handlers.so"
    source = Path(__file__).with_name("cuda_on_host.cpp")
    flags = ["-O2", "-shared", "-fPIC", "-w", *UNFUSED.split(), "-DLANDER_HAS_XLA"]
    compile_cpp(library, [source], [*flags, f"-I{NATIVE}", f"-I{jax.ffi.include_dir()}"])
    return ctypes.CDLL(str(library))


@contextlib.contextmanager
def gpu_calls(folder: Path, machine: Path) -> Iterator[Machine]:
    """``lander_envs.jax`` with the custom calls for GPUs, on a stand-in for libcuda."""
    library = handlers(folder)
    names = {"lander_envs_reset": library.test_reset, "lander_envs_step": library.test_step}
    targets = {name: jax.ffi.pycapsule(function) for name, function in names.items()}

    def start(functions: list[int], kernels: str, image: bytes) -> None:
        addresses = (ctypes.c_void_p * len(functions))(*functions)
        library.test_start(addresses, kernels.encode(), image, ctypes.c_size_t(len(image)))

    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(session(machine, folder / "cubins"))
        for owner, name, value in (
            (_native, "jax_targets", lambda: targets),
            (_native, "start_jax_cuda", start),
            ("lander_envs.cuda.libraries", "driver_library", lambda: opened.library),
        ):
            patch = mock.patch(f"{owner}.{name}", value) if isinstance(owner, str) else None
            stack.enter_context(patch or mock.patch.object(owner, name, value))
        yield opened


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


def bytes_of(tree: Any) -> bytes:
    """Bytes of all arrays of a tree."""
    return b"".join(np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(tree))


def one_lander(env_id: str, **kwargs: Any) -> dict[str, Any]:
    """Purity, and numbers and pictures of invalid calls."""
    import lander_envs.jax

    env, params = lander_envs.jax.make(env_id, **kwargs)
    obs, state = env.reset(lander_envs.jax.seed_key(5), params)
    before = bytes_of(state)
    first = env.step(None, state, 2, params)
    env.step(None, state, 0, params)
    again = env.step(None, state, 2, params)
    invalid = env.step(None, state, 9, params)
    lost = env.step(None, state, 0, params.replace(gravity=jnp.float32(3.0)))
    lost_reset, _ = env.reset(
        lander_envs.jax.seed_key(5), params.replace(wind_power=jnp.float32(1e9))
    )
    found = {
        "pure": bytes_of(state) == before and bytes_of(first) == bytes_of(again),
        "kept": bytes_of(invalid[1]) == bytes_of(lost[1]) == before,
        "nan": bool(np.isnan([invalid[2], lost[2]]).all())
        and all(np.isnan(state_of(found)).all() for found in (invalid[0], lost[0], lost_reset)),
        "done": bool(invalid[3]),
    }
    if isinstance(obs, dict):
        shown = (invalid[0], invalid[4]["final_obs"], lost[0])
        found["old_stack"] = all(np.array_equal(o["pixels"], obs["pixels"]) for o in shown)
        found["black"] = not np.asarray(lost_reset["pixels"]).any()
    return found


def state_of(obs: Any) -> Any:
    """The eight numbers of an observation."""
    return obs["state"] if isinstance(obs, dict) else obs


def states(name: str) -> str:
    """Digest of all bytes of a flight's states, which end episodes, and of its last step."""
    import lander_envs.jax

    env_id, kwargs = FLIGHTS[name]
    env, params = lander_envs.jax.make(env_id, **kwargs)
    step = jax.jit(jax.vmap(env.step, (None, 0, 0, None)))
    reset = jax.jit(jax.vmap(env.reset, (0, None)))
    keys = jnp.stack([lander_envs.jax.seed_key(seed) for seed in range(NUM_ENVS)])
    actions = jax.vmap(env.action_space().sample)
    obs, state = reset(keys, params)
    digest = hashlib.sha256(bytes_of((obs, state)))
    for t in range(DECISIONS // 2):
        chosen = actions(jax.random.split(jax.random.key(t), NUM_ENVS))
        found = step(None, state, chosen, params)
        state = found[1]
        digest.update(bytes_of(found))
    return digest.hexdigest()


def without_aliases(name: str) -> str:
    """``states``, when XLA gives the new state memory of its own."""
    from lander_envs.jax import calls

    custom_call = calls._custom_call

    def unshared(target: str, results: Any, attributes: dict[str, Any], _: dict[int, int]) -> Any:
        return custom_call(target, results, attributes, {})

    calls.step_call.cache_clear()
    with mock.patch.object(calls, "_custom_call", unshared):
        return states(name)


def empty_batch() -> str:
    """Message of a step of no environment."""
    import lander_envs.jax

    env, params = lander_envs.jax.make("lander_envs/PixelLander-v0")
    _, state = jax.vmap(env.reset, (0, None))(jnp.zeros((0, 2), jnp.uint32), params)
    step = jax.vmap(env.step, (None, 0, 0, None))
    return message_of(lambda: step(None, state, jnp.zeros(0, int), params))


def launches_of(machine: Machine, call: Any) -> list[str]:
    """Kernels that a call launches, in order."""
    before = len(machine.launches)
    jax.block_until_ready(call())
    return [launch.kernel for launch in machine.launches[before:]]


def launches_of_pixels(machine: Machine) -> dict[str, list[str]]:
    """Kernels of the functions of a PixelLander that has flown."""
    import lander_envs.jax

    env, params = lander_envs.jax.make("lander_envs/PixelLander-v0")
    key = lander_envs.jax.seed_key(0)
    _, state = env.reset(key, params)
    return {
        "reset": launches_of(machine, lambda: env.reset(key, params)),
        "step": launches_of(machine, lambda: env.step(None, state, 0, params)),
        "step_env": launches_of(machine, lambda: env.step_env(None, state, 0, params)),
    }


def failures(machine: Machine) -> dict[str, str]:
    """Messages of calls that fail in a function of libcuda or for a small picture."""
    import lander_envs.jax

    key = lander_envs.jax.seed_key(0)
    small, _ = lander_envs.jax.make("lander_envs/PixelLander-v0", obs_size=23)
    other, _ = lander_envs.jax.make("lander_envs/PixelLander-v0", obs_size=50)
    env, _ = lander_envs.jax.make("lander_envs/Lander-v0")
    found = {"small": message_of(lambda: small.reset(key))}
    machine.fail("cuMemAlloc_v2", 2)
    found["cuMemAlloc"] = message_of(lambda: other.reset(key))
    machine.fail("cuLaunchKernel", 2)
    found["cuLaunchKernel"] = message_of(lambda: jax.jit(env.reset)(key))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for what is compiled")
    parser.add_argument("--ptx", action="store_true", help="run NVRTC's PTX")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    stand_in = from_ptx() if arguments.ptx else on_host()
    with gpu_calls(arguments.folder, stand_in) as machine:
        import lander_envs.jax
        from lander_envs.jax import gpu

        env, params = lander_envs.jax.make("lander_envs/Lander-v0")
        unloaded = message_of(lambda: env.reset(lander_envs.jax.seed_key(0), params))
        gpu.load_for("9.0", gpu.KERNELS)
        gpu.load_for("9.0", gpu.PICTURE_KERNELS)
        result = {
            "unloaded": unloaded,
            "one_lander": {
                "states": one_lander("lander_envs/Lander-v0"),
                "pictures": one_lander("lander_envs/PixelLander-v0", obs="both"),
            },
            "flights": flights(),
            "states": {name: states(name) for name in FLIGHTS},
            "empty_batch": empty_batch(),
            "pixel_launches": launches_of_pixels(machine),
        }
        launches = Counter((launch.kernel, launch.stream) for launch in machine.launches)
        result["launches"] = [[*key, count] for key, count in launches.items()]
        result["without_aliases"] = {name: without_aliases(name) for name in COPIED}
        result["copies"] = sum(launch.kernel == "copy" for launch in machine.launches)
        result["failures"] = failures(machine)
        result["contexts"] = machine.library.test_contexts()
        print(json.dumps(result))
    return int(any(differences for differences, _ in result["flights"].values()))


if __name__ == "__main__":
    sys.exit(main())
