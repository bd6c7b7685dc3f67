"""Landers of a vector environment on a GPU: their memory, and the calls of the kernels.

The methods are those of ``_native.Batch``, with tensors in the place of arrays.
"""

from __future__ import annotations

import copy
import ctypes
from typing import Any, NamedTuple

import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from torch import Tensor

from lander_envs import _native
from lander_envs.cuda import structures
from lander_envs.cuda.driver import Gpu
from lander_envs.vector.device.pictures import DevicePictures
from lander_envs.vector.device.tensors import to_device

STATE_KERNELS = "state_kernels"
_NAMES = (
    *("lander_step", "lander_order", "lander_seed", "lander_set_params"),
    *("lander_write", "lander_restore"),
)
# Attributes of DeviceLanders: the tensors that a step writes, but for the pictures.
_WRITTEN = (
    *("entries", "particles", "_decisions", "progress", "faults", "_sort_keys", "_order"),
    *("obs", "rewards", "terminated", "truncated", "ended", "outcomes", "on_pad", "final_obs"),
)


class Timing(NamedTuple):
    """Length of steps and episodes."""

    frame_skip: int  # base steps a step
    base_steps: int  # time limit in base steps
    decisions: int | None  # time limit in steps of several base steps; None if a step is one


class DeviceLanders:
    """Landers in a GPU's memory.

    Args:
        gpu: the GPU.
        device: its name in PyTorch.
        num_envs: number of landers.
        continuous: actions are throttles.
        autoreset: time of the resets.
        timing: length of steps and episodes.
        simulates_particles: pictures or frames can be drawn.
    """

    instruction_set = "cuda"
    pictures: DevicePictures | None = None

    def __init__(
        self,
        gpu: Gpu,
        device: torch.device,
        num_envs: int,
        *,
        continuous: bool,
        autoreset: AutoresetMode,
        timing: Timing,
        simulates_particles: bool,
    ) -> None:
        self._gpu, self._device, self._count = gpu, device, num_envs
        self._continuous, self._autoreset, self._timing = continuous, autoreset, timing
        gpu.load(STATE_KERNELS, *_NAMES)
        self._host = _HostLander(continuous, timing.base_steps)
        state, particles = self._host.memory()
        self.entries = self._zeros(structures.entry_bytes(len(state)), dtype=torch.uint8)
        kept = len(particles) if simulates_particles else 0
        self.particles = self._zeros(kept, dtype=torch.uint8)
        self.obs, self.final_obs = (self._zeros(_native.OBSERVATION_SIZE) for _ in range(2))
        self.rewards = self._zeros(dtype=torch.float64)
        flags = (self._zeros(dtype=torch.bool) for _ in range(4))
        self.terminated, self.truncated, self.ended, self.on_pad = flags
        self.outcomes, self.progress, self.faults, self._sort_keys = (
            self._zeros(dtype=torch.uint8) for _ in range(4)
        )
        self._decisions = self._zeros(dtype=torch.int32)
        self._order = torch.arange(num_envs, dtype=torch.int32, device=device)
        self._bind()

    # --- Episodes -----------------------------------------------------------------------------

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Start an episode of each lander in ``mask``."""
        chosen = to_device(mask, self._device)
        self._step.mask = chosen.data_ptr()
        self._pass(structures.Pass.RESET)

    def step(self, actions: Tensor) -> None:
        """Step all landers.

        Args:
            actions: from 0 to 3, int64 (num_envs,), or throttles, float64 (num_envs, 2).
        """
        pointer = actions.data_ptr()
        discrete, throttles = (None, pointer) if self._continuous else (pointer, None)
        self._step.actions, self._step.throttles = discrete, throttles
        self._sort()
        self._pass(structures.Pass.STEP)
        if self._autoreset == AutoresetMode.SAME_STEP:
            self._sort()
            self._pass(structures.Pass.RESTART)

    def _sort(self) -> None:
        """Let landers with similar work share a warp."""
        call = structures.OrderArguments(
            self._sort_keys.data_ptr(), self._order.data_ptr(), self._count
        )
        self._gpu.launch("lander_order", self._count, call)

    def _pass(self, purpose: structures.Pass) -> None:
        self._step.pass_ = purpose
        self._gpu.launch("lander_step", self._count, self._step)
        if self.pictures is not None:
            self.pictures.draw(restarts=purpose == structures.Pass.RESTART)

    # --- Arguments and generators -------------------------------------------------------------

    def set_params(self, mask: NDArray[np.bool_], rows: NDArray[np.float64]) -> None:
        """Set the arguments of the landers in ``mask``, from their next step on."""
        self._set_params(mask, rows, on_reset=False)

    def set_next_params(self, mask: NDArray[np.bool_], rows: NDArray[np.float64]) -> None:
        """Set the arguments of the landers in ``mask``, from their next episode on."""
        self._set_params(mask, rows, on_reset=True)

    def _set_params(
        self, mask: NDArray[np.bool_], rows: NDArray[np.float64], on_reset: bool
    ) -> None:
        tensors = [to_device(array, self._device) for array in (mask, rows)]
        pointers = (tensor.data_ptr() for tensor in tensors)
        call = structures.ParamArguments(
            self.entries.data_ptr(), *pointers, self._count, self._continuous, on_reset
        )
        self._gpu.launch("lander_set_params", self._count, call)

    def seed(self, seeds: list[int | None]) -> None:
        """Seed each lander's generator as ``numpy.random.PCG64(seed)``; None leaves it."""
        digits, lengths = seed_digits(seeds)
        tensors = to_device(digits, self._device), to_device(lengths, self._device)
        call = structures.SeedArguments(
            self.entries.data_ptr(), *(t.data_ptr() for t in tensors), digits.shape[1], self._count
        )
        self._gpu.launch("lander_seed", self._count, call)

    # --- States -------------------------------------------------------------------------------

    def params(self, index: int) -> NDArray[np.float64]:
        """Arguments of one lander's episode, a row of the engine."""
        record, _ = self._written(index)
        return np.array(record.params)

    def random_state(self, index: int) -> dict[str, Any]:
        """One lander's generator, as ``numpy.random.PCG64().state``."""
        return self._host.holding(self._written(index)[1]).random_state(0)

    def clone_state(self, index: int) -> bytes:
        """One lander's state, in the layout of ``Lander.clone_state``."""
        return self._written(index)[1]

    def restore_state(
        self,
        index: int,
        state: bytes,
        elapsed: int,
        ended: bool = False,
        decisions: int = 0,
        stack: bytes = b"",
    ) -> None:
        """Restore one lander, ``elapsed`` base steps into its episode, and its observation.

        Raises:
            ValueError: for bytes of another kind, or steps beyond the time limit; nothing changes.
        """
        self._host.restore_state(state, elapsed, ended)
        parts = (np.frombuffer(part, np.uint8) for part in self._host.memory())
        memory = [to_device(part, self._device) for part in parts]
        record = structures.Record(elapsed=elapsed, decisions=decisions, ended=ended)
        memory.append(to_device(np.frombuffer(bytes(record), np.uint8), self._device))
        call = structures.RestoreArguments(
            self._structure, *(part.data_ptr() for part in memory), index, 1
        )
        self._gpu.launch("lander_restore", 1, call)
        if self.pictures is not None:
            self.pictures.restore(index, stack)

    def elapsed(self, index: int) -> int:
        """Base steps of one lander's episode."""
        return int(self._written(index)[0].elapsed)

    def decisions(self, index: int) -> int:
        """Steps of one lander's episode, if a step is several base steps."""
        return int(self._decisions[index])

    def stack(self, index: int) -> bytes:
        """One lander's stack of pictures."""
        assert self.pictures is not None
        return self.pictures.stacks[index].cpu().numpy().tobytes()

    def draw(self, index: int, out: NDArray[np.uint8]) -> None:
        """Draw one lander into ``out``, uint8 (400, 600, 3), on the host."""
        self._host.holding(self._written(index)[1]).draw(0, out)

    def _written(self, index: int) -> tuple[Any, bytes]:
        """Record and state of one lander, from the device."""
        size = ctypes.sizeof(structures.Record)
        out = torch.zeros(size + structures.STATE_CAPACITY, dtype=torch.uint8, device=self._device)
        records = out.data_ptr()
        call = structures.WriteArguments(self._structure, records + size, records, index, 1)
        self._gpu.launch("lander_write", 1, call)
        content = out.cpu().numpy().tobytes()
        record = structures.Record.from_buffer_copy(content[:size])
        return record, content[size : size + record.size]

    # --- Memory -------------------------------------------------------------------------------

    def memory(self) -> list[Tensor]:
        """All tensors that a step writes."""
        own = [getattr(self, name) for name in _WRITTEN]
        return own if self.pictures is None else [*own, *self.pictures.memory()]

    def at(self, memory: list[Tensor]) -> DeviceLanders:
        """The same landers in other tensors, in the order of :meth:`memory`."""
        pairs = zip(memory, self.memory(), strict=True)
        if all(given.data_ptr() == own.data_ptr() for given, own in pairs):
            return self
        moved = copy.copy(self)
        for name, tensor in zip(_WRITTEN, memory, strict=False):
            setattr(moved, name, tensor)
        moved._bind()
        if self.pictures is not None:
            rest = memory[len(_WRITTEN) :]
            moved.pictures = self.pictures.at(moved.drawn(), rest)
        return moved

    def drawn(self) -> tuple[Tensor, Tensor, Tensor]:
        """Entries, particles and progress, which pictures show."""
        return self.entries, self.particles, self.progress

    def _bind(self) -> None:
        """Write the addresses of the tensors into the arguments of the kernels."""
        self._structure = self._landers_structure(self._timing.decisions is not None)
        self._step = self._step_structure()

    def _zeros(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return torch.zeros((self._count, *shape), dtype=dtype, device=self._device)

    def _landers_structure(self, counts_decisions: bool) -> structures.DeviceLanders:
        outputs = structures.Outputs(
            *(
                tensor.data_ptr()
                for tensor in (
                    *(self.obs, self.rewards, self.terminated, self.truncated, self.ended),
                    *(self.outcomes, self.on_pad, self.final_obs),
                )
            )
        )
        return structures.DeviceLanders(
            self.entries.data_ptr(),
            self.particles.data_ptr() if self.particles.numel() else None,
            self._decisions.data_ptr() if counts_decisions else None,
            *(tensor.data_ptr() for tensor in (self.progress, self.faults)),
            *(tensor.data_ptr() for tensor in (self._sort_keys, self._order)),
            outputs,
            self._count,
        )

    def _step_structure(self) -> structures.StepArguments:
        modes = (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP, AutoresetMode.DISABLED)
        timing = self._timing
        return structures.StepArguments(
            landers=self._structure,
            frame_skip=timing.frame_skip,
            base_steps=timing.base_steps,
            decision_limit=timing.decisions or 0,
            autoreset=modes.index(self._autoreset),
        )


class _HostLander:
    """One lander on the host, which validates, reads and draws states."""

    def __init__(self, continuous: bool, limit: int) -> None:
        flags = (np.zeros(1, dtype=np.bool_) for _ in range(4))
        terminated, truncated, ended, on_pad = flags
        obs, final_obs = (np.zeros((1, _native.OBSERVATION_SIZE), np.float32) for _ in range(2))
        self._batch = _native.Batch(
            num_envs=1,
            continuous=continuous,
            draws=True,
            autoreset=_native.Autoreset.DISABLED,
            max_episode_steps=limit,
            num_threads=1,
            obs=obs,
            rewards=np.zeros(1),
            terminated=terminated,
            truncated=truncated,
            ended=ended,
            outcomes=np.zeros(1, np.uint8),
            on_pad=on_pad,
            final_obs=final_obs,
        )

    def memory(self) -> tuple[bytes, bytes]:
        return self._batch.memory(0)

    def restore_state(self, state: bytes, elapsed: int, ended: bool) -> None:
        self._batch.restore_state(0, state, elapsed, ended)

    def holding(self, state: bytes) -> _native.Batch:
        """The host's batch, with the state of a lander in its place 0."""
        self._batch.restore_state(0, state, 0)
        return self._batch


def seed_digits(seeds: list[int | None]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Seeds as 32-bit digits, lowest first.

    Returns:
        Digits (num_envs, longest seed), padded with zeros, and the lengths (num_envs,): at least
        1, for None 0.
    """
    lengths = np.array(
        [0 if seed is None else max(1, -(-seed.bit_length() // 32)) for seed in seeds], np.int32
    )
    width = 4 * max(1, int(lengths.max()))
    content = b"".join((seed or 0).to_bytes(width, "little") for seed in seeds)
    return np.frombuffer(content, "<u4").reshape(len(seeds), -1), lengths
