"""Command ``record``."""

import json
import os
import subprocess
import sys

import imageio.v3 as iio
import pytest

from lander_envs.cli import main
from lander_envs.commands import record


def test_a_film_has_the_seed_and_the_score_in_its_name(tmp_path, capsys) -> None:
    assert main(["record", "lander", "--out", str(tmp_path), "--seed", "3", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    (path,) = tmp_path.iterdir()
    assert written["path"] == str(path)
    assert path.name == f"lander_seed-3_score-{written['score']:.1f}.gif"
    assert iio.imread(path).shape[1:] == (200, 300, 3)


def test_attempts_under_the_wanted_score_leave_no_file(tmp_path, capsys) -> None:
    arguments = ["random", "--until", "1000", "--episodes", "2", "--out", str(tmp_path)]
    assert main(["record", *arguments]) == 1
    assert capsys.readouterr().err == "no episode of 2 scored 1000\n"
    assert list(tmp_path.iterdir()) == []


def test_the_first_attempt_that_scores_enough_is_the_only_one(tmp_path) -> None:
    arguments = ["lander", "--until", "200", "--episodes", "5", "--out", str(tmp_path)]
    assert main(["record", *arguments]) == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_film_that_was_found_among_others_can_be_made_again(tmp_path) -> None:
    arguments = ["record", "random", "--out", str(tmp_path)]
    assert main([*arguments, "--seed", "0", "--episodes", "2"]) == 0
    films = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main([*arguments, "--seed", "1"]) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == films


@pytest.mark.parametrize(("kind", "module"), [("gif", "PIL"), ("mp4", "imageio_ffmpeg")])
def test_a_missing_writer_is_told_before_the_first_flight(
    kind, module, tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(record, "fly_filmed", None)  # a call would raise
    assert main(["record", "random", "--format", kind, "--out", str(tmp_path)]) == 2
    assert 'pip install "lander-envs[record]"' in capsys.readouterr().err


def test_where_opencv_cannot_load_the_command_ends_in_a_sentence(tmp_path) -> None:
    refusal = "libGL.so.1: cannot open shared object file"
    (tmp_path / "cv2.py").write_text(f"raise ImportError({refusal!r})")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "lander_envs.cli", "record", "random", "--out", str(tmp_path)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: reducing a frame needs OpenCV: ")
    assert done.stderr.count("\n") == 1
    assert refusal in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--episodes", "0"], "episodes must be an integer at least 1, got 0"),
        (["--until", "nan"], "until must be a finite number, got nan"),
        (["--out", __file__], "out must be a folder that can be written to, got"),
    ],
)
def test_bad_requests_end_with_status_2(arguments, told, capsys) -> None:
    assert main(["record", *arguments]) == 2
    assert told in capsys.readouterr().err
