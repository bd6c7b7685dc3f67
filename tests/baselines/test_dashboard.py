"""The command of the dashboard: its options reach Streamlit and the page."""

import socket
from pathlib import Path

import pytest
from streamlit.web import bootstrap

from baselines import dashboard
from baselines.service.dashboard import page
from tests.baselines.service.conftest import free_port


@pytest.fixture
def started(monkeypatch):
    """Calls of Streamlit's runner: script and options."""
    calls = []
    monkeypatch.setattr(bootstrap, "load_config_options", lambda flags: None)
    monkeypatch.setattr(bootstrap, "run", lambda script, **how: calls.append((script, how)))
    monkeypatch.setenv(page.URL_VARIABLE, "unset")
    return calls


def test_the_dashboard_is_reached_from_this_machine_only_unless_told(started) -> None:
    dashboard.main(["--port", str(free_port())])
    script, how = started[0]
    assert Path(script) == Path(page.__file__)
    assert how["flag_options"]["server_address"] == "127.0.0.1"
    assert how["flag_options"]["browser_gatherUsageStats"] is False


def test_the_page_asks_the_service_of_the_option(started) -> None:
    port = free_port()
    dashboard.main(["--service", "http://127.0.0.1:8123", "--port", str(port), "--no-browser"])
    assert page.os.environ[page.URL_VARIABLE] == "http://127.0.0.1:8123"
    assert started[0][1]["flag_options"]["server_port"] == port
    assert started[0][1]["flag_options"]["server_headless"] is True


def test_a_port_that_is_taken_is_refused_in_a_sentence(started, capsys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert dashboard.main(["--port", str(port)]) == 2
    told = f"error: host, port: cannot listen on 127.0.0.1:{port}: "
    assert capsys.readouterr().err.startswith(told)
    assert not started


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "no.invalid"], "error: host, port: cannot listen on no.invalid:8501: "),
        (["--host", ""], "error: host must be a name or an address such as 127.0.0.1, got ''"),
        (["--port", "65536"], "error: port must be an integer from 1 to 65535, got 65536"),
        (["--service", "ftp://a"], "error: service must be an address such as"),
    ],
)
def test_bad_options_end_with_status_2_and_a_sentence(arguments, told, started, capsys) -> None:
    assert dashboard.main(arguments) == 2
    assert told in capsys.readouterr().err
    assert not started
