"""Arguments of the kernels, laid out as the structs of ``native/kernels``."""

from __future__ import annotations

import ctypes
import enum
from typing import Any, ClassVar

_POINTER = ctypes.c_void_p
_I32 = ctypes.c_int32
_U8 = ctypes.c_uint8
_ROW = ctypes.c_double * 11  # param_count

STATE_CAPACITY = 4096 + 3072  # bytes: state_and_particles_capacity


class Fault(enum.IntEnum):
    """Invalid call of one lander."""

    NONE = 0
    ACTION = 1
    ENDED = 2


class Progress(enum.IntEnum):
    """Effect of the last call on a lander."""

    NONE = 0
    STEPPED = 1
    STARTED = 2


class Pass(enum.IntEnum):
    """Purpose of a pass over the landers."""

    STEP = 0
    RESET = 1
    RESTART = 2


class Outputs(ctypes.Structure):
    """Arrays that a step writes (``batch/outputs.h``)."""

    _fields_ = [
        (name, _POINTER)
        for name in (
            *("obs", "rewards", "terminated", "truncated", "ended"),
            *("outcomes", "on_pad", "final_obs"),
        )
    ]


class DeviceLanders(ctypes.Structure):
    """Arrays of the landers."""

    _fields_ = [
        *((name, _POINTER) for name in ("entries", "particles", "decisions", "progress", "faults")),
        *((name, _POINTER) for name in ("sort_keys", "order")),
        ("outputs", Outputs),
        ("count", _I32),
    ]


class StepArguments(ctypes.Structure):
    """Argument of ``lander_step``."""

    _fields_ = [
        ("landers", DeviceLanders),
        *((name, _POINTER) for name in ("actions", "throttles", "mask")),
        *((name, _I32) for name in ("frame_skip", "base_steps", "decision_limit")),
        *((name, _U8) for name in ("autoreset", "pass_")),
    ]


class OrderArguments(ctypes.Structure):
    """Argument of ``lander_order``."""

    _fields_ = [*((name, _POINTER) for name in ("keys", "order")), ("count", _I32)]


class SeedArguments(ctypes.Structure):
    """Argument of ``lander_seed``."""

    _fields_ = [
        *((name, _POINTER) for name in ("entries", "digits", "lengths")),
        *((name, _I32) for name in ("width", "count")),
    ]


class ParamArguments(ctypes.Structure):
    """Argument of ``lander_set_params``."""

    _fields_ = [
        *((name, _POINTER) for name in ("entries", "mask", "rows")),
        ("count", _I32),
        *((name, ctypes.c_bool) for name in ("continuous", "next")),
    ]


class Record(ctypes.Structure):
    """Clock and arguments of a lander's episode."""

    _fields_ = [
        *((name, _I32) for name in ("size", "elapsed", "decisions")),
        ("ended", ctypes.c_bool),
        ("params", _ROW),
    ]


class WriteArguments(ctypes.Structure):
    """Argument of ``lander_write``."""

    _fields_ = [
        ("landers", DeviceLanders),
        *((name, _POINTER) for name in ("bytes", "records")),
        *((name, _I32) for name in ("first", "count")),
    ]


class RestoreArguments(ctypes.Structure):
    """Argument of ``lander_restore``."""

    _fields_ = [
        ("landers", DeviceLanders),
        *((name, _POINTER) for name in ("states", "particles", "records")),
        *((name, _I32) for name in ("first", "count")),
    ]


class PictureArguments(ctypes.Structure):
    """Argument of the kernels in ``picture_kernels.cu``."""

    _fields_ = [
        *((name, _POINTER) for name in ("entries", "particles", "camera", "progress")),
        *((name, _POINTER) for name in ("bases", "stacks", "final_stacks")),
        *((name, _I32) for name in ("count", "depth")),
        ("restarts", ctypes.c_bool),
    ]


class _Params(ctypes.Structure):
    _fields_ = [
        ("continuous", ctypes.c_bool),
        ("gravity", ctypes.c_double),
        ("enable_wind", ctypes.c_bool),
        *((name, ctypes.c_double) for name in ("wind_power", "turbulence_power")),
        *((name, ctypes.c_double) for name in ("main_engine_power", "side_engine_power")),
        *((name, ctypes.c_double) for name in ("dispersion", "initial_force", "fuel_cost")),
        *((name, ctypes.c_bool) for name in ("constant_wind", "flat_terrain")),
    ]


def entry_bytes(state_bytes: int) -> int:
    """Size of a lander's ``Entry``, from that of its state (``batch/entry.h``)."""

    class Entry(ctypes.Structure):
        _fields_: ClassVar[list[tuple[str, Any]]] = [
            ("state", ctypes.c_uint64 * (state_bytes // 8)),
            ("params", _Params),
            ("elapsed", _I32),
            ("particles", _POINTER),
            ("next_params", _Params),
            ("params_change", ctypes.c_bool),
            ("randomizes", ctypes.c_bool),
            *((name, _ROW) for name in ("low", "high")),
        ]

    return ctypes.sizeof(Entry)
