"""The command that films: names, formats, attempts."""

import gc
import sys

import imageio.v3 as iio
import pygame
import pytest

from baselines import record
from baselines.results import pretrained


def test_a_film_is_named_by_episode_and_return_and_plays_in_real_time(short_run, tmp_path) -> None:
    assert record.main([str(short_run), "--out", str(tmp_path), "--episodes", "2"]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.split("_return")[0] for name in names] == [
        "lander-v0_episode-0",
        "lander-v0_episode-1",
    ]
    assert all(name.endswith(".gif") for name in names)
    frames = iio.imread(tmp_path / names[0])
    assert frames.shape[1:] == (200, 300, 3)
    assert iio.immeta(tmp_path / names[0])["duration"] == 40  # every second frame of 50 a second


def test_the_best_episodes_are_filmed_in_one_grid(short_run, tmp_path, capsys) -> None:
    wanted = ["--best", "3", "--of", "5"]
    assert record.main([str(short_run), "--out", str(tmp_path), *wanted]) == 0
    (film,) = tmp_path.iterdir()
    assert film.name == "lander-v0_best-3-of-5.gif"
    assert iio.imread(film).shape[1:] == (400, 600, 3)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("episode ")]
    returns = [float(line.split("return ")[1]) for line in lines]
    assert len(returns) == 3
    assert returns == sorted(returns, reverse=True)


@pytest.mark.parametrize("wanted", [[], ["--best", "2", "--of", "2"]], ids=["one", "grid"])
def test_where_opencv_cannot_load_a_film_is_refused(
    wanted, short_run, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert record.main([str(short_run), "--out", str(tmp_path), *wanted]) == 2
    assert capsys.readouterr().err.startswith("error: reducing a frame needs OpenCV: ")


@pytest.mark.parametrize(
    ("module", "wanted"),
    [
        ("PIL", ["lander_dqn"]),
        ("PIL", ["--all"]),
        ("imageio_ffmpeg", ["lander_dqn", "--format", "mp4"]),
        ("cv2", ["lander_dqn", "--best", "2", "--format", "mp4"]),
    ],
)
def test_a_missing_package_is_told_before_the_first_episode(
    module, wanted, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(pretrained, "load", None)  # a call would raise
    assert record.main([*wanted, "--out", str(tmp_path)]) == 2
    assert "needs " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--best", "4", "--of", "3"], "best must be from 1 to 3, got 4"),
        (["--best", "17"], "best must be from 1 to 16, got 17"),
        (["--best", "0"], "best must be from 1 to 16, got 0"),
        (["--best", "2", "--of", "0"], "of must be from 1 to 100,000, got 0"),
        (["--best", "2", "--human"], "--best goes with agent, --of, --out, --format only, got --h"),
        (["--best", "2", "--until", "0"], "only, got --until"),
        (["--best", "2", "--episodes", "3"], "only, got --episodes"),
    ],
)
def test_a_grid_that_cannot_be_made_is_refused(arguments, told, short_run, capsys) -> None:
    assert record.main([str(short_run), *arguments]) == 2
    assert told in capsys.readouterr().err


def test_all_committed_landers_are_filmed_in_a_small_file_each(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(pretrained, "committed", lambda: ["cartpole_dqn", "lander_ppo"])
    assert record.main(["--all", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"lander_ppo.gif"}
    # The first episode of its committed score: 294.6, 254 decisions and the first frame.
    assert "lander_ppo: episode 0 of its score, return 294.6" in capsys.readouterr().out
    frames = len(iio.imread(tmp_path / "lander_ppo.gif"))
    assert frames <= 128  # every second one, and one where two are equal


def test_an_agent_that_never_lands_has_no_film(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(pretrained, "committed", lambda: ["lander_ppo"])
    monkeypatch.setattr(record, "film_landing", lambda agent, attempts: None)
    assert record.main(["--all", "--out", str(tmp_path), "--attempts", "2"]) == 1
    assert "lander_ppo: no episode of 2 was solved" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--all", "lander_ppo"], ["nowhere"]])
def test_a_wrong_request_is_answered_in_a_sentence(arguments, capsys) -> None:
    assert record.main(arguments) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--all", "--human"], "--all goes with --out, --attempts only, got --human"),
        (["--all", "--format", "mp4"], "--all goes with --out, --attempts only, got --format"),
        (["lander_ppo", "--until", "0", "--episodes", "3"], "got --episodes"),
        (["lander_ppo", "--attempts", "3"], "--episodes goes with agent, --out, --format, --human"),
        (["lander_ppo", "--of", "3"], "only, got --of"),
    ],
)
def test_an_option_that_would_be_dropped_is_refused(arguments, told, tmp_path, capsys) -> None:
    assert record.main([*arguments, "--out", str(tmp_path)]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_until_gives_up_after_its_attempts(short_run, tmp_path, capsys) -> None:
    wanted = ["--until", "1000", "--attempts", "2"]
    assert record.main([str(short_run), "--out", str(tmp_path), *wanted]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "no episode of 2" in capsys.readouterr().err


# imageio's FFmpeg plugin leaves its pipes to the garbage collector, which is therefore called here.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_mp4_is_written(short_run, tmp_path) -> None:
    assert record.main([str(short_run), "--out", str(tmp_path), "--format", "mp4"]) == 0
    films = list(tmp_path.iterdir())
    assert [path.suffix for path in films] == [".mp4"]
    assert iio.imread(films[0]).shape[1:] == (400, 600, 3)
    gc.collect()


def test_an_agent_can_be_watched_in_a_window(short_run, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert record.main([str(short_run), "--human"]) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", [("--out", "films"), ("--format", "mp4")])
def test_a_window_takes_no_option_of_files(option, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert record.main(["lander_ppo", "--human", *option]) == 2
    told = f"error: {option[0][2:]}: --human writes no files, got {option[1]}\n"
    assert capsys.readouterr().err == told
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_a_window_is_refused_in_a_sentence(monkeypatch, capsys) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER", "SDL_VIDEO_DRIVER"):
        monkeypatch.delenv(variable, raising=False)
    pygame.quit()
    assert record.main(["lander_ppo", "--human"]) == 2
    assert 'error: render_mode="human" needs a display and found none' in capsys.readouterr().err
