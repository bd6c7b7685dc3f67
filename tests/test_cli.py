"""The console script, in a real terminal and without one."""

import os
import signal
import subprocess
import sys

import pexpect
import pytest

from lander_envs.cli import main, script

LANDER_ENVS = [sys.executable, "-m", "lander_envs.cli"]
TERMINAL = {**os.environ, "TERM": "xterm"}  # a dumb one gets no progress bar
COMMANDS = ("list", "play", "watch", "record", "score", "bench", "check")


def test_a_terminal_sees_a_progress_bar_with_time_left_and_a_table() -> None:
    terminal = pexpect.spawn(
        LANDER_ENVS[0],
        [*LANDER_ENVS[1:], "score", "heuristic", "--episodes", "300"],
        timeout=120,
        encoding="utf-8",
        env=TERMINAL,
        dimensions=(40, 100),
    )
    terminal.expect("episodes")
    terminal.expect("/300")
    terminal.expect("left")
    terminal.expect("heuristic on lander_envs/Lander-v0")
    terminal.expect("episodes_sha256")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_control_c_in_a_terminal_ends_with_status_130() -> None:
    terminal = pexpect.spawn(
        LANDER_ENVS[0],
        [*LANDER_ENVS[1:], "bench"],
        timeout=120,
        encoding="utf-8",
        env=TERMINAL,
        dimensions=(40, 100),
        # A shell's background commands ignore Ctrl-C, and so does all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    terminal.expect("measurements")
    terminal.sendintr()
    terminal.expect("interrupted")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130


def test_help_names_every_command(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(f"• {command} " in out for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["score"], ["score", "lander", "--episodes", "x"]]
)
def test_a_command_line_that_is_none_is_status_2(arguments) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_completion_script_is_printed(shell, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--tyro-print-completion", shell])
    assert not ended.value.code
    assert "lander-envs" in capsys.readouterr().out


def test_the_script_ends_with_the_status_of_its_command(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["lander-envs", "score", "nobody"])
    with pytest.raises(SystemExit) as ended:
        script()
    assert ended.value.code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["list"], 0, ""),
        (["score", "nobody"], 2, "error: agent must be one of "),
        (["fly"], 2, "Unrecognized options: fly"),
    ],
)
def test_a_closed_output_is_no_traceback(arguments, status, told) -> None:
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *LANDER_ENVS, *arguments]
    done = subprocess.run(closed, env={**os.environ, "FORCE_COLOR": "1"}, stderr=-1, text=True)
    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
@pytest.mark.parametrize("arguments", ["list", "list --json", "--help"])
def test_a_reader_that_has_ended_ends_a_command_quietly_with_status_141(arguments) -> None:
    # The reader's end of the pipe is closed before the command starts.
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*LANDER_ENVS, *arguments.split()], stdout=writer, stderr=-1, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a file of Linux")
@pytest.mark.parametrize("arguments", ["score nobody", "fly"])
def test_a_sentence_that_cannot_be_written_changes_no_status(arguments) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*LANDER_ENVS, *arguments.split()], stdout=-1, stderr=full)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a file of Linux")
@pytest.mark.parametrize("arguments", ["list --json", "--help"])
def test_a_full_disk_is_a_sentence(arguments) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*LANDER_ENVS, *arguments.split()], stdout=full, stderr=-1, text=True)
    assert done.returncode == 2
    assert done.stderr == "error: [Errno 28] No space left on device\n"
