"""Compilers and what they make of a source."""

from pathlib import Path

import pytest

from baselines.fused.library import load_library
from baselines.optim.compiled import NoCompilerError

SOURCE = Path("baselines/fused/gru.cpp")


@pytest.mark.parametrize(
    ("compiler", "sentence"),
    [
        ("no-such-compiler", r"needs a C\+\+ compiler, and there is no no-such-compiler"),
        ("false", "false could not compile gru.cpp: it does not say why"),
        ("true", r"what true made of gru.cpp cannot be loaded: .*\.so"),
    ],
    ids=["missing", "that refuses the source", "that makes no library"],
)
def test_a_compiler_that_gives_no_library_is_named(compiler, sentence, monkeypatch) -> None:
    monkeypatch.setenv("CXX", compiler)
    with pytest.raises(NoCompilerError, match=f"fused: {sentence}"):
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
