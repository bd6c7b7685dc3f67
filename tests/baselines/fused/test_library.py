"""Compilers and what they make of a source."""

from pathlib import Path

import pytest

from baselines.fused.library import load_library
from baselines.optim.compiled import NoCompilerError

SOURCE = Path("baselines/fused/gru.cpp")


def test_without_a_compiler_nothing_is_fused(monkeypatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    sentence = r"fused: needs a C\+\+ compiler, and there is no no-such-compiler"
    with pytest.raises(NoCompilerError, match=sentence):
        load_library(SOURCE)


def test_a_compiler_that_refuses_the_source_is_named(monkeypatch) -> None:
    monkeypatch.setenv("CXX", "false")
    sentence = "fused: false could not compile gru.cpp: it does not say why"
    with pytest.raises(NoCompilerError, match=sentence):
        load_library(SOURCE)


def test_a_compiler_that_makes_no_library_is_named(monkeypatch) -> None:
    monkeypatch.setenv("CXX", "true")
    sentence = r"fused: what true made of gru.cpp cannot be loaded: .*\.so"
    with pytest.raises(NoCompilerError, match=sentence):
        load_library(SOURCE)


def test_a_source_is_compiled_once(tmp_path) -> None:
    source = tmp_path / "three.cpp"
    source.write_text('extern "C" int three() { return 3; }')
    library = load_library(source)
    source.unlink()
    assert load_library(source) is library
    assert library.three() == 3


def test_the_line_of_an_error_is_shown(tmp_path) -> None:
    source = tmp_path / "wrong.cpp"
    source.write_text("int three() { return tree; }")
    with pytest.raises(NoCompilerError, match=r"wrong\.cpp:1:.*error: .*tree"):
        load_library(source)
