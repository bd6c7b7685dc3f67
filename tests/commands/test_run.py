"""Exit statuses."""

import pytest

from lander_envs.commands.run import run_command


def failing(error):
    def command():
        raise error

    return command


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
