"""Exit statuses."""

import io
import os
import sys

import pytest

from lander_envs.commands.run import parsed, run_command


def failing(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(("forced", "redraws"), [("1", "0"), (None, None)])
def test_in_a_pipe_forced_colours_redraw_no_bars(forced, redraws, monkeypatch) -> None:
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    if forced is None:
        monkeypatch.delenv("FORCE_COLOR", raising=False)
    else:
        monkeypatch.setenv("FORCE_COLOR", forced)
    told = []
    assert run_command(lambda: told.append(os.environ.get("TTY_COMPATIBLE")) or 0) == 0
    assert told == [redraws]
    monkeypatch.setenv("TTY_COMPATIBLE", "")  # so that it is taken back


@pytest.mark.parametrize("closed", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids="+".join)
def test_closed_streams_change_no_status(closed, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "")
    for name in closed:
        monkeypatch.setattr(sys, name, None)
    assert run_command(lambda: print("a result") or 1) == 1
    assert run_command(failing(ValueError("x must be 1"))) == 2
    assert run_command(failing(KeyboardInterrupt())) == 130
    shown = capsys.readouterr()
    assert shown.out == ("" if "stdout" in closed else "a result\n")
    assert shown.err == ("" if "stderr" in closed else "error: x must be 1\ninterrupted\n")


def test_a_path_that_the_output_cannot_encode_is_escaped(monkeypatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    assert run_command(lambda: print(f"wrote {os.fsdecode(b'a' + bytes([255]))}.gif") or 0) == 0
    assert out.buffer.getvalue() == b"wrote a\\udcff.gif\n"


def test_an_exit_inside_a_command_is_passed_on() -> None:
    with pytest.raises(SystemExit) as ended:
        run_command(failing(SystemExit(1)))
    assert ended.value.code == 1


def test_a_pipe_that_rich_found_closed_is_status_141() -> None:
    def command():
        try:
            raise BrokenPipeError
        except BrokenPipeError:
            raise SystemExit(1)  # noqa: B904  # as rich does

    assert run_command(command) == 141


def test_a_broken_pipe_to_another_process_is_an_error(capfd) -> None:
    assert run_command(failing(BrokenPipeError("a worker has ended"))) == 2
    assert capfd.readouterr().err == "error: a worker has ended\n"


def test_a_broken_pipe_beside_an_output_without_a_file_is_an_error(capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # as in a notebook
    assert run_command(failing(BrokenPipeError(32, "Broken pipe"))) == 2
    assert capsys.readouterr().err == "error: [Errno 32] Broken pipe\n"


def test_options_that_are_wrong_end_with_status_2_and_others_are_given(capsys) -> None:
    assert parsed(lambda: 5) == 5
    with pytest.raises(SystemExit) as ended:
        parsed(failing(OSError("a disk is full")))
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: a disk is full\n"


def test_a_command_gives_its_own_status() -> None:
    assert run_command(lambda: 1) == 1


@pytest.mark.parametrize(
    ("failed", "told"),
    [("", "error: x must be 1\n"), ("no score", "error: no score: x must be 1\n")],
)
def test_an_error_that_a_user_can_mend_is_a_sentence_and_status_2(failed, told, capsys) -> None:
    assert run_command(failing(ValueError("x must be 1")), failed) == 2
    assert capsys.readouterr().err == told


def test_control_c_is_status_130_and_a_fault_of_ours_is_a_traceback(capsys) -> None:
    assert run_command(failing(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "interrupted\n"
    with pytest.raises(ZeroDivisionError):
        run_command(failing(ZeroDivisionError()))


def test_further_errors_can_be_named() -> None:
    assert run_command(failing(ZeroDivisionError("0")), errors=(ZeroDivisionError,)) == 2
