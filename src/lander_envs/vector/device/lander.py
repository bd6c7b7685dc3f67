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
from lander_envs.vector.device import tensors
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

    _made_anew = LanderVectorEnv._made_anew | {"_gpu"}

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

    @exclusive
    def step(self, actions: Any) -> Any:
        """Step all envs; under NEXT_STEP an env whose episode ended is reset instead.

        Args:
            actions: integers of shape (num_envs,), or throttles of shape (num_envs, 2): a tensor,
                an array, a list, or an object with ``__dlpack__``.
        """
        obs, rewards, *rest = self._stepped(actions)
        return obs, rewards.to(self._reward_dtype), *rest

    def _stepped(self, actions: Any) -> Any:
        """Result of a step, as the form on the CPU returns it, in tensors."""
        return LanderVectorEnv.step(self, actions)

    # --- Parts of the form on the CPU ---------------------------------------------------------

    def _make_batch(self) -> None:
        self._make_lock()
        self._gpu = driver.gpu(self._device.index)
        try:
            self._batch = self._make_landers()
        except torch.cuda.OutOfMemoryError:
            raise MemoryError from None
        self._drawn = {}
        landers = self._batch
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

    def _require_reset_where_ended(self) -> None:
        """Left to the kernel."""

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

    def _step_infos(self) -> Infos:
        columns: Columns = self._info_columns()
        if self.autoreset_mode != AutoresetMode.SAME_STEP:
            return tensors.unmasked(columns)
        last = self._final_observations()
        return tensors.same_step_infos(columns, self._ended, self._states, last)

    def _final_observations(self) -> Any:
        """Last observations of episodes under SAME_STEP, new tensors with one item an env."""
        observed = self._observe(self._final_states)
        return observed.clone() if observed is self._final_states else observed
