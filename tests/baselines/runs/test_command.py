"""Commands: a sentence and a status, whatever a user asked for."""

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import gymnasium as gym
import pytest

from baselines.optim.compiled import NoCompilerError
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs.command import (
    require_count,
    require_return,
    run_command,
    terminated_as_interrupted,
)


def raising(problem):
    def command() -> int:
        raise problem

    return command


@pytest.mark.parametrize("status", [0, 1])
def test_a_command_that_ends_gives_its_status(status, capsys) -> None:
    assert run_command(lambda: status) == status
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "problem",
    [
        ValueError("why"),
        OSError(28, "why"),
        gym.error.NameNotFound("why"),
        NoCompilerError("why"),
        NonFiniteError("why"),
        MemoryError("why"),
    ],
)
def test_an_error_of_the_user_is_a_sentence_and_status_2(problem, capsys) -> None:
    assert run_command(raising(problem)) == 2
    assert capsys.readouterr().err == f"error: {problem}\n"
    assert run_command(raising(problem), "nothing was done") == 2
    assert capsys.readouterr().err == f"error: nothing was done: {problem}\n"


def test_a_full_disk_in_a_trackers_thread_is_left_to_the_main_thread(capsys) -> None:
    def command() -> int:
        for problem in (OSError(28, "No space left"), KeyError("mine")):
            thread = threading.Thread(target=raising(problem))
            thread.start()
            thread.join()
        return 0

    assert run_command(command) == 0
    told = capsys.readouterr().err
    assert "No space left" not in told
    assert "KeyError: 'mine'" in told


def test_an_error_without_a_text_is_named(capsys) -> None:
    assert run_command(raising(MemoryError())) == 2
    assert capsys.readouterr().err == "error: MemoryError\n"


def test_a_mistake_of_the_program_keeps_its_traceback() -> None:
    with pytest.raises(KeyError):
        run_command(raising(KeyError("mine")))


def test_ctrl_c_ends_with_status_130(capsys) -> None:
    assert run_command(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a file of Linux")
def test_output_onto_a_full_disk_is_status_2_without_a_traceback() -> None:
    code = (
        "import sys; from baselines.runs.command import run_command; "
        "sys.exit(run_command(lambda: print('a score') or 0))"
    )
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.decode() == "error: [Errno 28] No space left on device\n"


@pytest.mark.parametrize("value", [-3, 0, 11])
def test_a_count_out_of_range_is_refused_by_name(value) -> None:
    with pytest.raises(ValueError, match=f"episodes must be from 1 to 10, got {value}"):
        require_count("episodes", value, 10)
    require_count("episodes", 1, 10)
    require_count("episodes", 10, 10)
    require_count("episodes", 10**9)
    require_count("seed", 0, least=0)


def test_a_return_that_is_not_a_number_is_refused() -> None:
    for value in (None, -250.0, float("inf")):
        require_return("until", value)
    with pytest.raises(ValueError, match="until must be a number, got nan"):
        require_return("until", float("nan"))


def run_closed(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with its output closed."""
    asked = [sys.executable, "-m", f"baselines.{command}", *arguments]
    shell = ["sh", "-c", '"$@" >&-', "sh", *asked]
    return subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False)


# Read by read_options, as a function's arguments, and by the settings of a config.
@pytest.mark.parametrize("command", [["report"], ["land"], ["train", "lander_ppo"]])
def test_a_wrong_option_is_refused_without_a_traceback(command) -> None:
    done = run_closed(*command, "--no-such-option")
    assert done.returncode == 2
    assert "--no-such-option" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_without_an_output_is_no_error() -> None:
    done = run_closed("report", "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_no_command_reads_its_options_before_streams_are_open() -> None:
    for path in Path("baselines").rglob("*.py"):
        before, *reads = re.split(r"tyro\.cli\(", path.read_text())
        assert not reads or re.search("open_missing_streams|run_command", before), path


def test_a_termination_interrupts_the_block_and_no_other() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), terminated_as_interrupted():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
