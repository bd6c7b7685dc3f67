"""Variants on a GPU: each the form on the CPU, with its arithmetic in PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium.vector import AutoresetMode, VectorEnv
from torch import Tensor

from lander_envs import _native, spaces
from lander_envs.transforms import shaping
from lander_envs.transforms.pixels import observed
from lander_envs.vector.device import tensors
from lander_envs.vector.device.lander import OnDevice
from lander_envs.vector.device.landers import DeviceLanders, Timing
from lander_envs.vector.device.pictures import DevicePictures
from lander_envs.vector.lander import LanderVectorEnv
from lander_envs.vector.pixel import PixelLanderVectorEnv
from lander_envs.vector.variants import (
    MaskedVelocityLanderVectorEnv,
    NormalizedLanderVectorEnv,
    ShapedLanderVectorEnv,
)


class DeviceLanderVectorEnv(OnDevice, VectorEnv[Any, Any, Any]):
    """:class:`LanderVectorEnv` on a GPU; see :class:`OnDevice`."""


class DeviceMaskedVelocityLanderVectorEnv(
    OnDevice, MaskedVelocityLanderVectorEnv, VectorEnv[Any, Any, Any]
):
    """:class:`MaskedVelocityLanderVectorEnv` on a GPU; see :class:`OnDevice`."""

    def _observe(self, states: Any) -> Any:
        masked = states.clone()
        masked[..., spaces.VX : spaces.VY + 1] = 0.0
        if self._angular:
            masked[..., spaces.ANGULAR_VELOCITY] = 0.0
        return masked


class DeviceNormalizedLanderVectorEnv(
    OnDevice, NormalizedLanderVectorEnv, VectorEnv[Any, Any, Any]
):
    """:class:`NormalizedLanderVectorEnv` on a GPU; see :class:`OnDevice`."""

    _made_anew = OnDevice._made_anew | {"_offset", "_factor"}

    def _make_batch(self) -> None:
        super()._make_batch()
        self._offset, self._factor = (torch.from_numpy(a).to(self._device) for a in self._scaling)

    def _observe(self, states: Any) -> Any:
        return (states - self._offset) * self._factor


class DeviceShapedLanderVectorEnv(OnDevice, ShapedLanderVectorEnv, VectorEnv[Any, Any, Any]):
    """:class:`ShapedLanderVectorEnv` on a GPU; see :class:`OnDevice`."""

    def _step(self, checked: Any) -> Any:
        """Results of a step with the shaping added to the rewards."""
        resetting = self._ended & (self.autoreset_mode == AutoresetMode.NEXT_STEP)
        before = potential(self._states, self._weights)
        obs, _, terminations, truncations, infos = super()._step(checked)
        reached = self._states
        if self.autoreset_mode == AutoresetMode.SAME_STEP:
            reached = torch.where(self._ended[:, None], self._final_states, self._states)
        after = potential(reached, self._weights)
        extra = shaping_reward(before, after, terminations, self._weights)
        shaped = self._rewards + torch.where(resetting, torch.zeros_like(extra), extra)
        return obs, shaped.to(self._reward_dtype), terminations, truncations, infos

    def _info_columns(self) -> Any:
        return {**OnDevice._info_columns(self), "raw_reward": self._rewards.clone()}

    def _state_parts(self, index: int) -> dict[str, bytes]:
        parts = OnDevice._state_parts(self, index)
        return parts | {
            "shaping": potential(self._states[index], self._weights).cpu().numpy().tobytes()
        }


class DevicePixelLanderVectorEnv(OnDevice, PixelLanderVectorEnv, VectorEnv[Any, Any, Any]):
    """:class:`PixelLanderVectorEnv` on a GPU; see :class:`OnDevice`.

    A picture's cell is drawn by one thread, so that ``obs_size`` has a lower bound there:
    24 by 24.
    """

    _made_anew = OnDevice._made_anew | {"_stacks", "_kept_pixels"}
    _pixels = None  # no arrays: the stacks and the observations are the device's

    def _make_landers(self) -> DeviceLanders:
        _native.check_gpu_picture(*self._stack_shape[1:])
        landers = DeviceLanders(
            self._gpu,
            self._device,
            self.num_envs,
            continuous=self._continuous,
            autoreset=self.autoreset_mode,
            timing=Timing(self.frame_skip, spaces.TIME_LIMIT, self._max_episode_steps),
            simulates_particles=True,
        )
        landers.pictures = DevicePictures(
            self._gpu,
            landers.drawn(),
            self._camera,
            self._stack_shape,
            self._frame_stack,
            keeps_final=self.autoreset_mode == AutoresetMode.SAME_STEP,
        )
        return landers

    def _bind(self, landers: DeviceLanders) -> None:
        super()._bind(landers)
        assert landers.pictures is not None
        self._stacks = landers.pictures
        kept = not (self._copy or self._layout.is_stacks)
        # Returned by each call without ``copy``.
        self._kept_pixels = (
            tensors.arranged(landers.pictures.stacks, self._layout) if kept else None
        )

    def _observation(self) -> Any:
        stacks: Any = self._stacks.stacks
        if self._layout.is_stacks:
            pixels = self._returned(stacks)
        else:
            pixels = tensors.arranged(stacks, self._layout, self._kept_pixels)
        return observed(pixels, self._returned(self._states), self._obs)

    def _final_observations(self) -> Any:
        last: Any = tensors.arranged(self._stacks.final_stacks, self._layout)
        return observed(last, self._final_states.clone(), self._obs)

    def _restore_parts(self, parts: dict[str, bytes], index: int, steps: int, ended: bool) -> None:
        super()._restore_parts(parts, index, steps, ended)
        if self._kept_pixels is not None:
            self._observation()  # writes them


def potential(states: Tensor, weights: shaping.ShapingWeights) -> Tensor:
    """Potential of states (..., 8), float64 of shape (...); see ``transforms.shaping``."""
    state = states.to(torch.float64)
    nearness = (1.0 - state[..., spaces.Y] / shaping.NEAR_GROUND).clamp(0.0, 1.0)
    falling = (-state[..., spaces.VY]).clamp(min=0.0)
    standing = torch.minimum(state[..., spaces.LEG_1], state[..., spaces.LEG_2])
    return (
        -weights.distance * state[..., spaces.X].abs()
        - weights.touchdown_speed * nearness * falling
        + weights.legs * standing
    )


def shaping_reward(
    before: Tensor, after: Tensor, terminated: Tensor, weights: shaping.ShapingWeights
) -> Tensor:
    """Shaping reward of a step, float64 (num_envs,); see ``transforms.shaping``."""
    if not weights.potential_based:
        return after
    return weights.gamma * torch.where(terminated, torch.zeros_like(after), after) - before


_FORMS: dict[type[LanderVectorEnv], type[OnDevice]] = {
    LanderVectorEnv: DeviceLanderVectorEnv,
    MaskedVelocityLanderVectorEnv: DeviceMaskedVelocityLanderVectorEnv,
    NormalizedLanderVectorEnv: DeviceNormalizedLanderVectorEnv,
    PixelLanderVectorEnv: DevicePixelLanderVectorEnv,
    ShapedLanderVectorEnv: DeviceShapedLanderVectorEnv,
}


def device_form(on_cpu: type[LanderVectorEnv]) -> type[OnDevice]:
    """The form on a GPU of a vector env on the CPU."""
    return _FORMS[on_cpu]
