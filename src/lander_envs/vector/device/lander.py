"""Base of the vector environments on a GPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from torch import Tensor

from lander_envs import checks, spaces
from lander_envs.cuda import driver
from lander_envs.cuda.structures import Fault
from lander_envs.vector.device import operator, tensors
from lander_envs.vector.device.landers import DeviceLanders, Timing
from lander_envs.vector.device.tensors import Columns, Infos
from lander_envs.vector.exclusive import exclusive
from lander_envs.vector.lander import LanderVectorEnv

_ASYNCHRONOUS = ("step",)  # calls that do not wait for the device


class OnDevice(LanderVectorEnv):
    """Mixin: the landers live on a GPU, and what a call returns are PyTorch tensors there.

    The numbers are those of the form on the CPU, byte for byte; docs/gpu.md says what has been
    tested without a GPU. Two things differ, because a step does not wait for the device:

    - The kernel checks the values of the actions. An env with an invalid action, or under DISABLED
      one whose episode is over, stays as it was, and the next call that waits for the device
      (:meth:`synchronize`, ``reset``, ``clone_state``, ``render`` ...) raises the error.
    - Under SAME_STEP ``infos`` has ``final_obs``, ``final_info`` and their masks in each step;
      where the masks are False, the numbers mean nothing.

    Args:
        num_envs: number of environments, at least 1.
        device: "cuda", or "cuda:1" for the second GPU.
        reward_dtype: "float64", as on the CPU, or "float32".
        num_threads: not a GPU's argument; None.
        randomize: the same.
        **lander: arguments of the form on the CPU.

    Raises:
        ValueError: if an argument is outside its range.
        RuntimeError: if PyTorch sees no GPU, or the GPU is too old.
        gymnasium.error.DependencyNotInstalled: if the driver or NVRTC is not installed.
    """

    _made_anew = LanderVectorEnv._made_anew | {"_gpu", "_number", "_batch_memory", "_operator"}

    # Tensors, where the form on the CPU has arrays.
    _batch: Any
    _states: Any
    _final_states: Any
    _rewards: Any
    _terminated: Any
    _truncated: Any
    _ended: Any
    _outcomes: Any
    _on_pad: Any

    def __init__(
        self,
        num_envs: int = 1,
        *,
        device: Any = "cuda",
        reward_dtype: str = "float64",
        num_threads: None = None,
        randomize: None = None,
        **lander: Any,
    ) -> None:
        if randomize is not None:
            raise ValueError(
                "randomize must be None on a GPU, where the arguments can be arrays, got "
                f"{checks.shown(randomize)}"
            )
        if num_threads is not None:
            raise ValueError(f"num_threads must be None on a GPU, got {checks.shown(num_threads)}")
        self._device = tensors.cuda_device(device)
        checks.one_of("reward_dtype", reward_dtype, list(tensors.REWARD_DTYPES))
        self._reward_dtype = tensors.REWARD_DTYPES[reward_dtype]
        super().__init__(num_envs, **lander)
        self._make_operator()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Build new landers on the device and restore their states."""
        super().__setstate__(state)
        self._make_operator()

    @property
    def device(self) -> torch.device:
        """GPU on which the landers live."""
        return self._device

    @exclusive
    def synchronize(self) -> None:
        """Wait for the device, and raise the error of an earlier step.

        Raises:
            ValueError: if an action was not in the action space.
            gymnasium.error.ResetNeeded: if, under DISABLED, an episode was over before a step.
        """
        self._require_running("synchronize")

    @exclusive
    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, Infos]:
        """Start episodes in all envs, or in those of ``options["reset_mask"]``.

        Like :meth:`LanderVectorEnv.reset`. The mask can be a tensor.
        """
        self._require_open("reset")
        self._raise_faults()
        if options is not None and isinstance(options.get("reset_mask"), Tensor):
            options = {**options, "reset_mask": options["reset_mask"].cpu().numpy()}
        return super().reset(seed=seed, options=options)

    def step(self, actions: Any) -> Any:
        """Step all envs; under NEXT_STEP an env whose episode ended is reset instead.

        In a function of ``torch.compile`` a step is an operator of its graph.

        Args:
            actions: integers of shape (num_envs,), or throttles of shape (num_envs, 2): a tensor,
                an array, a list, or an object with ``__dlpack__``.
        """
        if torch.compiler.is_compiling():  # no graph holds a lock: the operator takes it
            self._require_running("step")
            checked = self._check_actions(actions)
            results = self._operator(checked, self._batch_memory, self._number)
            return operator.filled(self._result_form, iter(results))
        with self._lock:
            self._require_running("step")
            return self._step(self._check_actions(actions))

    def _step(self, checked: Tensor) -> Any:
        """Results of a step under checked actions."""
        self._batch.step(checked)
        return self._results()

    def _results(self) -> Any:
        """Results of the last step."""
        return (
            self._observation(),
            self._returned(self._rewards).to(self._reward_dtype),
            self._returned(self._terminated),
            self._returned(self._truncated),
            self._tensor_infos(),
        )

    @exclusive
    def step_in_graph(self, actions: Tensor, memory: list[Tensor]) -> list[Tensor]:
        """Step in a compiled function; see :mod:`lander_envs.vector.device.operator`.

        Args:
            actions: checked actions.
            memory: the landers' memory, or copies that take its place.
        """
        return operator.leaves(self._at(memory)._step(actions))

    def _at(self, memory: list[Tensor]) -> OnDevice:
        """The same environments in other memory, returning copies."""
        batch = self._batch.at(memory)
        if batch is self._batch and self._copy:
            return self
        moved = object.__new__(type(self))
        moved.__dict__.update(self.__dict__, _copy=True)
        moved._bind(batch)
        return moved

    # --- Parts of the form on the CPU ---------------------------------------------------------

    def _make_batch(self) -> None:
        self._make_lock()
        self._gpu = driver.gpu(self._device.index)
        try:
            landers = self._make_landers()
        except torch.cuda.OutOfMemoryError:
            raise MemoryError from None
        self._bind(landers)
        self._batch_memory, self._number = landers.memory(), operator.register(self)

    def _make_operator(self) -> None:
        """Describe the results of a step, and choose the operator that returns so many."""
        results = self._results()
        self.result_kinds = [(leaf.shape, leaf.dtype) for leaf in operator.leaves(results)]
        self._result_form = operator.form(results)
        self._operator = operator.step_operator(len(self.result_kinds))

    def _bind(self, landers: DeviceLanders) -> None:
        """Set the landers, and the attributes that are their tensors."""
        self._batch = landers
        self._states, self._final_states = landers.obs, landers.final_obs
        self._rewards, self._terminated = landers.rewards, landers.terminated
        self._truncated, self._ended = landers.truncated, landers.ended
        self._outcomes, self._on_pad = landers.outcomes, landers.on_pad

    def _timing(self) -> Timing:
        return Timing(frame_skip=1, base_steps=self._max_episode_steps, decisions=None)

    def _make_landers(self) -> DeviceLanders:
        return DeviceLanders(
            self._gpu,
            self._device,
            self.num_envs,
            continuous=self._continuous,
            autoreset=self.autoreset_mode,
            timing=self._timing(),
            simulates_particles=self.render_mode is not None,
        )

    def _check_actions(self, actions: Any) -> Any:
        return tensors.actions(actions, self.num_envs, self._continuous, self._device)

    def _require_running(self, call: str) -> None:
        super()._require_running(call)
        if call not in _ASYNCHRONOUS:
            self._raise_faults()

    def _raise_faults(self) -> None:
        """Wait for the device; raise the error of an earlier step, once."""
        faults = self._batch.faults.clone().cpu().numpy()
        if not faults.any():
            return
        self._batch.faults.zero_()
        first = int(np.argmax(faults != Fault.NONE))
        if faults[first] == Fault.ENDED:
            over = np.flatnonzero(faults == Fault.ENDED).tolist()
            raise ResetNeeded(
                f"the episodes of envs {over} were over before a step: reset them with "
                'reset(options={"reset_mask": ...})'
            )
        wanted = "two real numbers" if self._continuous else f"from 0 to {spaces.NUM_ACTIONS - 1}"
        raise ValueError(f"the action of env {first} in an earlier step must be {wanted}")

    def _returned(self, array: Any) -> Any:
        return array.clone() if self._copy else array

    def _observe(self, states: Any) -> Any:
        return states

    def _info_columns(self) -> Any:
        return {"outcome": self._outcomes.to(torch.int64), "on_pad": self._on_pad.clone()}

    def _reset_infos(self, mask: NDArray[np.bool_]) -> Infos:
        columns: Columns = self._info_columns()
        return tensors.masked(columns, tensors.to_device(mask, self._device))

    def _tensor_infos(self) -> Infos:
        columns: Columns = self._info_columns()
        if self.autoreset_mode != AutoresetMode.SAME_STEP:
            return tensors.unmasked(columns)
        last = self._final_observations()
        return tensors.same_step_infos(columns, self._ended, self._states, last)

    def _final_observations(self) -> Any:
        """Last observations of episodes under SAME_STEP, new tensors with one item an env."""
        observed = self._observe(self._final_states)
        return observed.clone() if observed is self._final_states else observed
