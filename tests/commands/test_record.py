"""Command ``record``."""

import json

import imageio.v3 as iio
import pytest

from lander_envs.cli import main


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
