"""Native engine: LunarLander-v3, bit for bit."""

from collections.abc import Sequence
import enum
from typing import Annotated, Any

import numpy
from numpy.typing import NDArray


# Generated from the bindings in native/python by the command below; do not edit.
#
#   python -m nanobind.stubgen -m lander_envs._native -p src/lander_envs/native/python/stub.pat \
#       -o src/lander_envs/_native.pyi

__version__: str
STATE_VERSION: int

OBSERVATION_SIZE: int

NUM_ACTIONS: int

PARAMS: dict[str, tuple[float, float, float]]
"""Default, minimum and maximum of each argument of an episode, in the order of a row."""

INSTRUCTION_SETS: list[str]
"""Instruction sets that batches can use on this machine, from "scalar" to the widest, the default.

The environment variable LANDER_ENVS_INSTRUCTION_SET names another for batches made afterwards.
"""

class Outcome(enum.IntEnum):
    """End of an episode."""

    RUNNING = 0

    LANDED = 1

    CRASHED = 2

    OUT_OF_BOUNDS = 3

    TIMEOUT = 4

class Autoreset(enum.Enum):
    """Gymnasium's AutoresetMode."""

    NEXT_STEP = 0

    SAME_STEP = 1

    DISABLED = 2

class FloatingPointContext:
    """
    Context with rounding to nearest and subnormal numbers in the calling thread.
    """

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object | None, error: object | None, traceback: object | None) -> None: ...

default_floating_point: FloatingPointContext = ...

class Camera:
    """
    Camera for small pictures, gray or RGB, of at most 400 x 600 pixels.

    It keeps the base of one episode, so each single lander has its own. A
    PixelBatch takes only the settings from it.
    """

    def __init__(self, rows: int, columns: int, grayscale: bool) -> None: ...

    @property
    def settings(self) -> bytes:
        """Memory of the settings, which a GPU lays out alike."""

    def __getstate__(self) -> tuple[object, ...]: ...

    def __setstate__(self, state: tuple[object, ...], /) -> None: ...

def check_gpu_picture(rows: int, columns: int) -> None:
    """
    Raise ValueError if a GPU's thread cannot draw a cell of pictures of a size.
    """

ENTRY_BYTES: int

PARTICLES_BYTES: int

def jax_targets() -> dict[str, Any]:
    """
    Capsules for ``jax.ffi.register_ffi_target`` by name; empty in a build without XLA.
    """

def jax_cuda_targets() -> dict[str, Any]:
    """Like ``jax_targets``, for GPUs."""

def start_jax_cuda(functions: Sequence[int], kernels: str, image: bytes) -> None:
    """
    Set the functions of libcuda, as addresses in the order of ``CudaFunctions``, and the image of a file in ``native/kernels``: machine code or PTX.
    """

class Lander:
    """
    One lander: LunarLander-v3 without the Python around it.

    Random numbers come from the ``bit_generator`` of a call, through NumPy's C
    interface: any kind works, and it advances as under Gymnasium's env. No
    other thread may draw from it meanwhile.
    """

    def __init__(self, continuous: bool = False, draws: bool = False) -> None:
        """``draws``: simulate particles, which frames need."""

    def set_params(self, row: Annotated[NDArray[numpy.float64], dict(shape=(11), order='C', device='cpu', writable=False)]) -> None:
        """
        Sets the arguments, float64 in the order of PARAMS, from the next step on.
        """

    def params(self) -> Annotated[NDArray[numpy.float64], dict(shape=(11))]:
        """Arguments of the episode, in the order of PARAMS."""

    def reset(self, bit_generator: object) -> Annotated[NDArray[numpy.float32], dict(shape=(8))]:
        """Starts an episode; returns the first observation, float32 (8,)."""

    def step(self, action: int, bit_generator: object) -> tuple[Annotated[NDArray[numpy.float32], dict(shape=(8))], float, bool]:
        """
        One base step under an action from 0 to 3; returns observation, reward, terminated.
        """

    def step_continuous(self, main: float, lateral: float, bit_generator: object) -> tuple[Annotated[NDArray[numpy.float32], dict(shape=(8))], float, bool]:
        """One base step under two throttles, which are clipped to [-1, 1]."""

    @property
    def outcome(self) -> Outcome:
        """End of the episode, RUNNING before it."""

    @property
    def random_state(self) -> dict[str, Any]:
        """Generator in the state's bytes, as ``numpy.random.PCG64().state``."""

    @random_state.setter
    def random_state(self, arg: dict[str, Any], /) -> None: ...

    def clone_state(self) -> bytes:
        """
        State as bytes: everything but the arguments; with particles if ``draws``.
        """

    def restore_state(self, state: bytes) -> Annotated[NDArray[numpy.float32], dict(shape=(8))]:
        """
        Restores a cloned state; returns its observation, float32 (8,). Other bytes raise
        ValueError and change nothing.
        """

    def draw(self, out: Annotated[NDArray[numpy.uint8], dict(shape=(400, 600, 3), order='C', device='cpu')]) -> None:
        """Draws the frame into ``out``, uint8 (400, 600, 3)."""

    def small_picture(self, camera: Camera) -> Annotated[NDArray[numpy.uint8], dict(shape=(None, None, None))]:
        """Small picture of the camera, uint8 (channels, rows, columns)."""

    def __getstate__(self) -> tuple[object, ...]: ...

    def __setstate__(self, state: tuple[object, ...], /) -> None: ...

class Landers:
    """
    Common part of the batches: landers that write into the caller's arrays.

    The arrays are C-contiguous, with one item a lander; the batch keeps them
    alive. ``outcomes`` holds values of Outcome. ``ended`` is also input: a
    step reads there which episodes were over before it.
    """

    def reset(self, mask: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
        """Starts an episode of each lander in ``mask``."""

    def step(self, actions: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
        """
        Steps all landers under actions from 0 to 3, int64 (num_envs,), not checked again.
        """

    def step_continuous(self, actions: Annotated[NDArray[numpy.float64], dict(shape=(None, 2), order='C', device='cpu', writable=False)]) -> None:
        """Steps all landers under throttles, float64 (num_envs, 2)."""

    def set_params(self, mask: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], rows: Annotated[NDArray[numpy.float64], dict(shape=(None, 11), order='C', device='cpu', writable=False)]) -> None:
        """
        Sets the arguments of the landers in ``mask``, from their next step on: a row a
        lander, float64 (num_envs, len(PARAMS)).
        """

    def set_next_params(self, mask: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], rows: Annotated[NDArray[numpy.float64], dict(shape=(None, 11), order='C', device='cpu', writable=False)]) -> None:
        """
        Sets the arguments of the landers in ``mask``, from their next episode on.
        """

    def params(self, index: int) -> Annotated[NDArray[numpy.float64], dict(shape=(11))]:
        """Arguments of one lander's episode, in the order of PARAMS."""

    def write_params(self, rows: Annotated[NDArray[numpy.float64], dict(shape=(None, 11), order='C', device='cpu')]) -> None:
        """Writes the arguments of all landers' episodes."""

    def set_ranges(self, ranges: Annotated[NDArray[numpy.float64], dict(shape=(2, 11), order='C', device='cpu', writable=False)]) -> None:
        """
        Has each episode draw the arguments with low <= high, float64 (2, len(PARAMS)).
        """

    def seed(self, seeds: list[int | None]) -> None:
        """
        Seeds each lander's generator as ``numpy.random.PCG64(seed)``; None leaves it.
        """

    def random_state(self, index: int) -> dict[str, Any]:
        """One lander's generator, as ``numpy.random.PCG64().state``."""

    def clone_state(self, index: int) -> bytes:
        """One lander's state, in the layout of ``Lander.clone_state``."""

    def memory(self, index: int) -> tuple[bytes, bytes]:
        """
        Memory of one lander's state and particles, which a GPU lays out alike.
        """

    def restore_state(self, index: int, state: bytes, elapsed: int, ended: bool = False, decisions: int = 0, stack: bytes = ...) -> None:
        """
        Restores one lander, ``elapsed`` base steps into its episode, and writes its
        observation. A PixelBatch needs its decisions and its stack of pictures, too.
        Other bytes, and steps beyond the time limit, raise ValueError and change nothing.
        """

    def elapsed(self, index: int) -> int:
        """Base steps of one lander's episode."""

    def draw(self, index: int, out: Annotated[NDArray[numpy.uint8], dict(shape=(400, 600, 3), order='C', device='cpu')]) -> None:
        """
        Draws one lander into ``out``, uint8 (400, 600, 3); needs ``draws=True``.
        """

    @property
    def instruction_set(self) -> str:
        """Member of INSTRUCTION_SETS that steps the landers."""

class Batch(Landers):
    """
    State batch: a step is a base step.

    Under SAME_STEP ``final_obs`` holds the last observation of each
    episode that ended.
    """

    def __init__(self, num_envs: int, continuous: bool, draws: bool, autoreset: Autoreset, max_episode_steps: int, num_threads: int, obs: Annotated[NDArray[numpy.float32], dict(shape=(None, 8), order='C', device='cpu')], rewards: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], terminated: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], truncated: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], ended: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], outcomes: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu')], on_pad: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], final_obs: Annotated[NDArray[numpy.float32], dict(shape=(None, 8), order='C', device='cpu')]) -> None: ...

class PixelBatch(Landers):
    """
    Pixel batch: a step is a decision of up to ``frame_skip`` base steps.

    A stack holds the last ``frame_stack`` pictures of ``camera``, oldest first; ``obs`` holds
    the states. Arrays of stacks are uint8 (num_envs, bytes of a stack). An episode lasts at
    most ``base_steps`` base steps and ``max_episode_steps`` decisions. Under SAME_STEP
    ``final_obs`` and ``final_stacks`` hold the last observation of each episode that ended.
    """

    def __init__(self, num_envs: int, continuous: bool, autoreset: Autoreset, frame_skip: int, base_steps: int, max_episode_steps: int, num_threads: int, camera: Camera, frame_stack: int, obs: Annotated[NDArray[numpy.float32], dict(shape=(None, 8), order='C', device='cpu')], rewards: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], terminated: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], truncated: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], ended: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], outcomes: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu')], on_pad: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], final_obs: Annotated[NDArray[numpy.float32], dict(shape=(None, 8), order='C', device='cpu')], final_stacks: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu')]) -> None: ...

    def step(self, actions: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], stacks: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu')] | None = None) -> None:
        """Like ``Landers.step``; also writes the stacks into ``stacks``."""

    def step_continuous(self, actions: Annotated[NDArray[numpy.float64], dict(shape=(None, 2), order='C', device='cpu', writable=False)], stacks: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu')] | None = None) -> None:
        """
        Like ``Landers.step_continuous``; also writes the stacks into ``stacks``.
        """

    def write_stacks(self, out: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu')]) -> None:
        """Writes the stacks of all landers into ``out``."""

    def stack(self, index: int) -> bytes:
        """One lander's stack."""

    def decisions(self, index: int) -> int:
        """Decisions of one lander's episode."""
