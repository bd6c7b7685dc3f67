"""Compilation of the kernels and the cache of cubins, on the stand-in for NVRTC."""

import os
import shutil

import pytest

from lander_envs.cuda import compiler
from lander_envs.cuda.compiler import CompilationError, Compiler

CUBIN = b"cubin of the test"  # what the stand-in makes of everything


def test_a_cubin_is_compiled_once_for_all_processes(machine) -> None:
    assert Compiler().cubin("state_kernels", (9, 0)) == CUBIN
    assert Compiler().cubin("state_kernels", (9, 0)) == CUBIN
    assert len(machine.compilations) == 1


def test_the_options_name_the_gpu_and_forbid_fused_multiply_adds(machine) -> None:
    Compiler().cubin("state_kernels", (8, 6))
    (options,) = machine.compilations
    assert options.startswith("--gpu-architecture=sm_86 --std=c++20 --fmad=false --include-path=")


@pytest.mark.parametrize("other", ["gpu", "file", "sources", "version"])
def test_another_gpu_file_source_or_version_is_compiled_again(machine, monkeypatch, other) -> None:
    first = Compiler()
    first.cubin("state_kernels", (9, 0))
    second, kernels, capability = Compiler(), "state_kernels", (9, 0)
    if other == "gpu":
        capability = (8, 0)
    elif other == "file":
        kernels = "picture_kernels"
    elif other == "sources":
        monkeypatch.setattr(compiler, "sources_digest", lambda: "other headers")
    else:
        second.version = (12, 9)
    second.cubin(kernels, capability)
    assert len(machine.compilations) == 2
    assert len(list(compiler.cache_folder().iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"short", bytes(60)])
def test_a_damaged_file_of_the_cache_is_compiled_again(machine, damage) -> None:
    Compiler().cubin("state_kernels", (9, 0))
    (path,) = compiler.cache_folder().iterdir()
    path.write_bytes(damage)
    assert Compiler().cubin("state_kernels", (9, 0)) == CUBIN
    assert len(machine.compilations) == 2
    assert path.read_bytes().endswith(CUBIN)


def test_without_a_folder_to_write_to_nothing_is_cached(machine, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(compiler.CACHE_VARIABLE, str(tmp_path / "file" / "cubins"))
    for _ in range(2):
        assert Compiler().cubin("state_kernels", (9, 0)) == CUBIN
    assert len(machine.compilations) == 2


@pytest.mark.skipif(os.name != "posix", reason="other systems have other folders")
def test_the_cache_is_in_the_users_cache_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(compiler.CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiler.cache_folder() == tmp_path / "lander_envs" / "cubins"


def test_what_nvrtc_refuses_is_told_with_its_first_line(machine) -> None:
    machine.fail("nvrtcCompileProgram", 6)
    with pytest.raises(CompilationError) as refused:
        Compiler().cubin("state_kernels", (12, 1))
    assert str(refused.value) == (
        "NVRTC 13.5 could not compile state_kernels.cu with --gpu-architecture=sm_121: "
        "landers.h(1): error: a fault of the test"
    )
    assert not compiler.cache_folder().exists()


def test_the_digest_covers_the_headers_that_the_kernels_include(tmp_path, monkeypatch) -> None:
    copy = shutil.copytree(compiler.get_include(), tmp_path / "native")
    monkeypatch.setattr(compiler, "get_include", lambda: str(copy))
    before = compiler.sources_digest.__wrapped__()
    header = copy / "physics" / "world.h"
    header.write_text(header.read_text() + "// changed\n")
    assert compiler.sources_digest.__wrapped__() != before
