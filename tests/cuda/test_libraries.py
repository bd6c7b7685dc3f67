"""Libraries of CUDA, and the sentences where one is missing."""

import pytest
from gymnasium.error import DependencyNotInstalled

from lander_envs.cuda import libraries


@pytest.fixture
def nothing_loads(monkeypatch) -> list[str]:
    """No library can be loaded; the list holds the names that were tried."""
    tried = []

    def refuse(name):
        tried.append(name)
        raise OSError(name)

    monkeypatch.setattr(libraries.ctypes, "CDLL", refuse)
    return tried


def test_a_missing_driver_is_told_in_one_sentence(nothing_loads) -> None:
    with pytest.raises(DependencyNotInstalled, match="needs NVIDIA's driver, whose library"):
        libraries.driver_library()
    assert len(nothing_loads) == 1


def test_a_missing_nvrtc_is_told_with_the_package_that_has_it(nothing_loads) -> None:
    with pytest.raises(DependencyNotInstalled, match="try `pip install nvidia-cuda-nvrtc`"):
        libraries.nvrtc_library()
    assert "libnvrtc.so.13" in nothing_loads


def test_the_newest_packaged_nvrtc_comes_before_the_systems(
    tmp_path, monkeypatch, nothing_loads
) -> None:
    for name in ("cuda_nvrtc/lib/libnvrtc.so.12", "cu13/lib/libnvrtc.so.13"):
        path = tmp_path / "nvidia" / name
        path.parent.mkdir(parents=True)
        path.touch()
    (tmp_path / "nvidia" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(libraries.sys.modules, "nvidia", raising=False)
    with pytest.raises(DependencyNotInstalled):
        libraries.nvrtc_library()
    packaged = [name for name in nothing_loads if str(tmp_path) in name]
    assert [name.split("/")[-1] for name in packaged] == ["libnvrtc.so.13", "libnvrtc.so.12"]
    assert nothing_loads[:2] == packaged
