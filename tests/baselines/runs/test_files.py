"""Atomic writes, locks of folders, strict JSON."""

import os
import signal
import subprocess
import sys

import pytest

from baselines.runs import files
from baselines.runs.files import (
    LockedError,
    locked,
    make_folder,
    read_json,
    remove_temporaries,
    require_writable,
    require_writable_folder,
    to_json,
    write_atomically,
)


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
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        read_json(tmp_path / "deep.json")


def test_a_write_flushes_the_file_and_then_its_folder(tmp_path, monkeypatch) -> None:
    flushed = []
    monkeypatch.setattr(
        files.os, "fsync", lambda handle: flushed.append(os.readlink(f"/proc/self/fd/{handle}"))
    )
    write_atomically(tmp_path / "a.json", b"new")
    assert flushed[0].startswith(str(tmp_path / ".a.json."))
    assert flushed[1:] == [str(tmp_path)]
    make_folder(tmp_path / "a" / "b")
    assert flushed[2:] == [str(tmp_path), str(tmp_path / "a")]


def test_a_link_stays_one_and_what_is_no_file_is_written_to(tmp_path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    write_atomically(link, b"content")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"content"
    write_atomically(files.Path("/dev/null"), b"content")
    assert files.Path("/dev/null").is_char_device()


def test_temporaries_of_the_given_names_alone_are_removed(tmp_path) -> None:
    for name in (".a.json.x.tmp", ".b.json.x.tmp", "a.json", ".a.json.tmp", "a.json.x.tmp"):
        (tmp_path / name).touch()
    remove_temporaries(tmp_path, r"a\.json")
    assert len(list(tmp_path.iterdir())) == 4
    assert not (tmp_path / ".a.json.x.tmp").exists()


def test_a_path_that_cannot_be_written_is_refused_before_the_work(tmp_path) -> None:
    require_writable(tmp_path / "new" / "a.csv")
    require_writable(files.Path("/dev/null"))
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="is a folder; give the path of a file"):
        require_writable(tmp_path)
    with pytest.raises(OSError, match=r"out must be a folder .*/file': File exists"):
        require_writable(tmp_path / "file" / "a.csv")
    with pytest.raises(OSError, match="out must be a folder that can be written to, got"):
        require_writable_folder(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        require_writable_folder(tmp_path / "file" / "deeper")


def test_a_locked_folder_is_refused_until_it_is_released(tmp_path) -> None:
    refused = pytest.raises(LockedError, match="is being written by another")
    with locked(tmp_path), refused, locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_lock_dies_with_its_process(tmp_path) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from baselines.runs.files import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n"
        "    print('locked', flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "locked\n"
    with pytest.raises(LockedError), locked(tmp_path):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with locked(tmp_path):
        pass
