"""Atomic writes and strict JSON."""

import pytest

from baselines.runs.files import read_json, to_json, write_atomically


def test_a_write_replaces_the_file_and_leaves_nothing_else(tmp_path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text is not bytes")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_strict_when_written_and_lenient_when_read(tmp_path) -> None:
    assert to_json({"a": 1.5}) == b'{\n  "a": 1.5\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"a": float("nan")})
    (tmp_path / "old.json").write_text('{"best": -Infinity, "n": 2}')
    assert read_json(tmp_path / "old.json") == {"best": None, "n": 2}
