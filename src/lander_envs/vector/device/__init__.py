"""Vector environments on a GPU: ``gym.make_vec(id, num_envs=N, device="cuda")``.

Observations, rewards, flags and infos are PyTorch tensors on the GPU; a step neither copies to the
host nor waits for it.
"""

from lander_envs.vector.device.lander import OnDevice
from lander_envs.vector.device.variants import (
    DeviceLanderVectorEnv,
    DeviceMaskedVelocityLanderVectorEnv,
    DeviceNormalizedLanderVectorEnv,
    DevicePixelLanderVectorEnv,
    DeviceShapedLanderVectorEnv,
    device_form,
)

__all__ = [
    "DeviceLanderVectorEnv",
    "DeviceMaskedVelocityLanderVectorEnv",
    "DeviceNormalizedLanderVectorEnv",
    "DevicePixelLanderVectorEnv",
    "DeviceShapedLanderVectorEnv",
    "OnDevice",
    "device_form",
]
