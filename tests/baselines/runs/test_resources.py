"""Devices and memory that the machine has, or has not."""

import pytest
import torch

from baselines.runs import resources
from baselines.runs.config import ConfigError
from baselines.runs.resources import installed_memory, require_device, require_memory


@pytest.mark.parametrize(
    ("device", "devices", "is_there"),
    [
        ("cpu", 0, True),
        ("cuda", 0, False),
        ("cuda", 1, True),
        ("cuda:0", 1, True),
        ("cuda:1", 1, False),
    ],
)
def test_a_device_that_is_not_there_is_refused(device, devices, is_there, monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: devices > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: devices)
    if is_there:
        require_device(device)
        return
    with pytest.raises(ConfigError, match=f"of the {devices} CUDA devices of this machine, got"):
        require_device(device)


def test_more_memory_than_the_machine_has_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(resources, "installed_memory", lambda: 8_000_000_000)
    require_memory("buffer_size", 8_000_000_000)
    with pytest.raises(ConfigError, match=r"buffer_size: they need 16.0 GB, .* has 8.0 GB"):
        require_memory("buffer_size", 16_000_000_000)


def test_a_system_that_does_not_tell_its_memory_refuses_nothing(monkeypatch) -> None:
    assert (installed_memory() or 1) > 0
    monkeypatch.delattr(resources.os, "sysconf")
    assert installed_memory() is None
    require_memory("buffer_size", 10**18)
