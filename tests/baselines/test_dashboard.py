"""The command of the dashboard: its options reach Streamlit and the page."""

from pathlib import Path

import pytest
from streamlit.web import bootstrap

from baselines import dashboard
from baselines.service.dashboard import page


@pytest.fixture
def started(monkeypatch):
    """Calls of Streamlit's runner: script and options."""
    calls = []
    monkeypatch.setattr(bootstrap, "load_config_options", lambda flags: None)
    monkeypatch.setattr(bootstrap, "run", lambda script, **how: calls.append((script, how)))
    monkeypatch.setenv(page.URL_VARIABLE, "unset")
    return calls


def test_the_dashboard_is_reached_from_this_machine_only_unless_told(started) -> None:
    dashboard.main([])
    script, how = started[0]
    assert Path(script) == Path(page.__file__)
    assert how["flag_options"]["server_address"] == "127.0.0.1"
    assert how["flag_options"]["browser_gatherUsageStats"] is False


def test_the_page_asks_the_service_of_the_option(started) -> None:
    dashboard.main(["--service", "http://127.0.0.1:8123", "--port", "8600", "--no-browser"])
    assert page.os.environ[page.URL_VARIABLE] == "http://127.0.0.1:8123"
    assert started[0][1]["flag_options"]["server_port"] == 8600
    assert started[0][1]["flag_options"]["server_headless"] is True


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "65536"], "error: port must be an integer from 1 to 65535, got 65536"),
        (["--service", "ftp://a"], "error: service must be an address such as"),
    ],
)
def test_bad_options_end_with_status_2_and_a_sentence(arguments, told, started, capsys) -> None:
    assert dashboard.main(arguments) == 2
    assert told in capsys.readouterr().err
    assert not started
