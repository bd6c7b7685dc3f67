"""The script that compiles the kernels, on the stand-in for NVRTC."""

import sys

from tests.cuda.machine.build import KERNELS
from tests.gpu import warm_cache


def test_all_files_are_compiled_into_the_cache(machine, monkeypatch, capsys) -> None:
    monkeypatch.setattr("lander_envs.cuda.compiler.nvrtc_library", lambda: machine.library)
    monkeypatch.setattr(sys, "argv", ["warm_cache", "--capability", "8.0"])
    warm_cache.main()
    assert len(machine.compilations) == len(KERNELS)
    assert all("sm_80" in options for options in machine.compilations)
    assert "state_kernels" in capsys.readouterr().out
    warm_cache.main()
    assert len(machine.compilations) == len(KERNELS)  # cached
