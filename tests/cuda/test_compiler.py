"""Compilation of the kernels and the cache of images, on the stand-in for NVRTC."""

import os

import pytest

from lander_envs.cuda import compiler
from lander_envs.cuda.compiler import CompilationError, Compiler

IMAGE, PTX = b"image of the test", b"image of the test: PTX\0"  # what the stand-in makes


def test_an_image_is_compiled_once_for_all_processes(machine) -> None:
    assert Compiler().image("state_kernels", (9, 0)) == IMAGE
    assert Compiler().image("state_kernels", (9, 0)) == IMAGE
    assert len(machine.compilations) == 1


def test_the_options_name_the_gpu_and_forbid_fused_multiply_adds(machine) -> None:
    Compiler().image("state_kernels", (8, 6))
    (options,) = machine.compilations
    assert options.startswith("--gpu-architecture=sm_86 --std=c++20 --fmad=false --include-path=")


@pytest.mark.parametrize("capability", [(10, 0), (12, 1)])
def test_a_gpu_newer_than_hopper_gets_hoppers_ptx(machine, capability) -> None:
    assert Compiler().image("state_kernels", capability) == PTX
    (options,) = machine.compilations
    assert options.startswith("--gpu-architecture=compute_90 --std=c++20 --fmad=false ")
    (path,) = compiler.cache_folder().iterdir()
    assert path.suffix == ".ptx"


@pytest.mark.parametrize("other", ["gpu", "file", "sources", "version"])
def test_another_gpu_file_source_or_version_is_compiled_again(machine, monkeypatch, other) -> None:
    first = Compiler()
    first.image("state_kernels", (9, 0))
    second, kernels, capability = Compiler(), "state_kernels", (9, 0)
    if other == "gpu":
        capability = (8, 0)
    elif other == "file":
        kernels = "picture_kernels"
    elif other == "sources":
        monkeypatch.setattr(compiler, "sources_digest", lambda: "other headers")
    else:
        second.version = (12, 9)
    second.image(kernels, capability)
    assert len(machine.compilations) == 2
    assert len(list(compiler.cache_folder().iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"short", bytes(60)])
def test_a_damaged_file_of_the_cache_is_compiled_again(machine, damage) -> None:
    Compiler().image("state_kernels", (9, 0))
    (path,) = compiler.cache_folder().iterdir()
    path.write_bytes(damage)
    assert Compiler().image("state_kernels", (9, 0)) == IMAGE
    assert len(machine.compilations) == 2
    assert path.read_bytes().endswith(IMAGE)


def test_without_a_folder_to_write_to_nothing_is_cached(machine, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(compiler.CACHE_VARIABLE, str(tmp_path / "file" / "cubins"))
    for _ in range(2):
        assert Compiler().image("state_kernels", (9, 0)) == IMAGE
    assert len(machine.compilations) == 2


@pytest.mark.skipif(os.name != "posix", reason="other systems have other folders")
def test_the_cache_is_in_the_users_cache_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(compiler.CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiler.cache_folder() == tmp_path / "lander_envs" / "cubins"


def test_what_nvrtc_refuses_is_told_with_its_first_line(machine) -> None:
    machine.fail("nvrtcCompileProgram", 6)
    with pytest.raises(CompilationError) as refused:
        Compiler().image("state_kernels", (8, 9))
    assert str(refused.value) == (
        "NVRTC 13.5 could not compile state_kernels.cu with --gpu-architecture=sm_89: "
        "landers.h(1): error: a fault of the test"
    )
    assert not compiler.cache_folder().exists()


@pytest.mark.parametrize("changed", ["math/a.h", "kernels/b.cu"])
def test_the_digest_covers_text_and_path_of_headers_and_kernels(
    changed, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(compiler, "get_include", lambda: str(tmp_path))
    digest = compiler.sources_digest.__wrapped__  # the function without its cache
    file = tmp_path / changed
    for folder in ("math", "kernels"):
        (tmp_path / folder).mkdir()
    for name in ("math/a.h", "kernels/b.cu", "notes.txt"):
        (tmp_path / name).write_text("before")
    found = [digest()]
    file.write_text("after")
    found.append(digest())
    file.rename(file.with_stem("c"))
    found.append(digest())
    assert len({*found}) == 3
    (tmp_path / "notes.txt").write_text("after")
    assert digest() == found[-1]


def test_an_image_that_cannot_be_put_in_its_place_leaves_nothing_behind(tmp_path) -> None:
    (tmp_path / "a.cubin" / "folder").mkdir(parents=True)
    compiler._write(tmp_path / "a.cubin", IMAGE)
    assert [path.name for path in tmp_path.iterdir()] == ["a.cubin"]
