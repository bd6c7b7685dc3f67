"""Progress bars."""

from lander_envs.commands.progress import progress_bar


def test_without_a_terminal_nothing_is_shown(capfd) -> None:
    with progress_bar("episodes", 2) as advance:
        advance(2)
    assert capfd.readouterr() == ("", "")
