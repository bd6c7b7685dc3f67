"""Dashboard of trained agents in a browser; it talks to a service, see ``baselines.serve``.

python -m baselines.dashboard
python -m baselines.dashboard --service http://127.0.0.1:8080 --port 8600
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import tyro
from streamlit.web import bootstrap

from baselines.service.dashboard import page
from lander_envs.checks import address, listening, whole
from lander_envs.commands.run import parsed, run_command

_LARGEST_PORT = 65_535


@dataclass
class Options:
    """Options of the dashboard."""

    service: str = page.DEFAULT_URL
    """Address of the service."""
    host: str = "127.0.0.1"
    """Address to listen on; the default is reached from this machine only."""
    port: int = 8501
    """Port to listen on."""
    browser: bool = True
    """Whether to open the page in a browser."""


def main(arguments: list[str] | None = None) -> int:
    """Shows the dashboard until it is interrupted, and returns the exit status."""
    options = parsed(lambda: tyro.cli(Options, args=arguments, description=__doc__))
    return run_command(lambda: _show(options))


def _show(options: Options) -> int:
    whole("port", options.port, 1, _LARGEST_PORT)
    address("service", options.service)
    listening(options.host, options.port).close()  # Streamlit names neither argument nor value
    os.environ[page.URL_VARIABLE] = options.service
    flags = {
        "server_address": options.host,
        "server_port": options.port,
        "server_headless": not options.browser,
        "browser_gatherUsageStats": False,
        "client_toolbarMode": "viewer",
    }
    bootstrap.load_config_options(flags)
    bootstrap.run(str(Path(page.__file__)), is_hello=False, args=[], flag_options=flags)
    return 0


if __name__ == "__main__":
    sys.exit(main())
